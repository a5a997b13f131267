"""Wiring the Xero side: from settings and environment to a client that is signed in and knows its tenant."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from source_xero_gl.settings.environment import Environment
from source_xero_gl.settings.settings import (
    AccessTokenCredentials,
    CustomConnectionCredentials,
    OAuthCredentials,
    Settings,
)
from source_xero_gl.xero.client import XeroClient
from source_xero_gl.xero.errors import CONFIG, XeroError
from source_xero_gl.xero.gate import Gate
from source_xero_gl.xero.organisation import OrganisationCall
from source_xero_gl.xero.tenants import canonical, choose_tenant, did_you_mean, is_tenant_id, same_tenant
from source_xero_gl.xero.tokens.endpoint import App, TokenEndpoint
from source_xero_gl.xero.tokens.file import TokenFile, TokenKeeper
from source_xero_gl.xero.tokens.rotating import RotatingTokens, TokenSet
from source_xero_gl.xero.tokens.shared import shared_file_of
from source_xero_gl.xero.tokens.tokens import ClientCredentials, GivenToken, Tokens
from source_xero_gl.xero.transport import Transport

CONFIG_SECTION = "credentials"


class Connection:
    """A client for the organisation that the settings name."""

    def __init__(
        self,
        settings: Settings,
        environment: Environment,
        stop: threading.Event,
        announce: Callable[[dict[str, str]], None],
        *,
        config_path: Path | None = None,
        tries: int | None = None,
    ) -> None:
        """Wire a client, and ``organisation``, through which all ask for the Organisation object; no call is made yet.

        Rotated credentials are handed to ``announce``, and kept in the config file where there is one and it can be written.
        ``tries`` bounds the calls for each answer, for a person who waits; None for the patience of a sync.
        """
        self._settings = settings
        transport = Transport(stop, tries)
        gate = Gate(environment.calls_per_minute or settings.calls_per_minute, stop, settings.daily_call_reserve)
        endpoint = TokenEndpoint(environment.identity_url, transport)
        match settings.credentials:
            case AccessTokenCredentials(access_token):
                self.tokens: Tokens = GivenToken(access_token)
            case CustomConnectionCredentials(client_id, client_secret):
                self.tokens = ClientCredentials(endpoint, App(client_id, client_secret))
            case OAuthCredentials() as given:
                tokens = TokenSet(given.refresh_token, given.access_token, given.token_expiry)
                app, file = App(given.client_id, given.client_secret), _token_file(environment, config_path)
                self.tokens = RotatingTokens(endpoint, app, tokens, announce, stop, file)
        self.client = XeroClient(environment.api_url, transport, self.tokens, gate)
        self.organisation = OrganisationCall(self.client)

    def open(self, *, verify: bool = False) -> str:
        """Choose the organisation and return the TenantID of its records; ``verify`` also finds out whether it can be read.

        Raises:
            XeroError: config, when the choice is not clear or the organisation is not connected; or by the error table.
        """
        wanted = self._settings.tenant
        if isinstance(self._settings.credentials, CustomConnectionCredentials):
            return self._custom_connection(wanted)
        if wanted is None or verify or not is_tenant_id(wanted):
            self.client.tenant_id = choose_tenant(self.client.connections(), wanted).tenant_id
        else:
            self.client.tenant_id = canonical(wanted)
        if verify:
            self.organisation.tenant()
        return self.client.tenant_id

    def _custom_connection(self, wanted: str | None) -> str:
        """Return the OrganisationID: a custom connection reaches one organisation and has no tenant header."""
        tenant = self.organisation.tenant()
        if wanted and not same_tenant(wanted, tenant.tenant_id) and wanted != tenant.name:
            raise XeroError(
                CONFIG,
                f"The custom connection belongs to the organisation {tenant}, but tenant names another one."
                f"{did_you_mean([tenant], wanted)} Correct tenant or leave it empty, or use the credentials of the other "
                "connection.",
            )
        return tenant.tenant_id


def _token_file(environment: Environment, config_path: Path | None) -> TokenFile | None:
    if config_path and config_path.is_file():
        return TokenFile(*_kept_in(environment, config_path))
    return TokenFile(environment.token_file) if environment.token_file else None


def token_keeper(environment: Environment, config_path: Path) -> TokenKeeper:
    """Return the keeper of the file into which a connection puts rotated tokens."""
    return TokenKeeper(*_kept_in(environment, config_path))


def _kept_in(environment: Environment, config_path: Path) -> tuple[Path, str | None]:
    """Return the file that keeps rotated tokens, and the section in it; None where the whole file is for tokens."""
    apart = environment.token_file or shared_file_of(config_path)
    return (apart, None) if apart else (config_path, CONFIG_SECTION)
