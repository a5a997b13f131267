"""The steps from a Xero app to a config that works. The web pages and the terminal take a person through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from source_xero_gl.commands.connect.config_file import ConfigFile
from source_xero_gl.commands.connect.consent import Consents, auth_event, exchange_code, explained
from source_xero_gl.commands.connect.filters import FIELDS, app_faults, faults, with_filters
from source_xero_gl.commands.connect.folder import Folder
from source_xero_gl.commands.connect.verdict import Connected, Verdict, checked
from source_xero_gl.connection import Connection
from source_xero_gl.settings.environment import Environment
from source_xero_gl.settings.settings import AccessTokenCredentials, Settings, parse_settings
from source_xero_gl.wording import one_line
from source_xero_gl.xero.errors import CONFIG, Kind, XeroError
from source_xero_gl.xero.tenants import Tenant, canonical, same_tenant, tenants_of, text_of
from source_xero_gl.xero.tokens.endpoint import App, TokenEndpoint
from source_xero_gl.xero.transport import Transport

TRIES = 3
"""Calls for one answer, where a person waits."""


class Onboarding:
    """One run of the command. Not safe under threads: callers take turns.

    Attributes:
        custom: whether a custom connection is set up, and not a user's sign-in.
        file: the config so far, and where it is kept: a file, or a folder for several organisations.
        signed_in: whether there are credentials of this run in the config.
        choices: the organisations that the sign-in reaches; none until they were asked for.
        verdict: what the last check came to; None before one.
        chosen: whether organisation and filters have been chosen since the sign-in.
        app_in_use: the app that was last tried; None before.
        asked_for_journals: whether the last consent was to include journals.
        connected: the organisations that were checked, by tenant ID.
    """

    def __init__(self, file: ConfigFile | Folder, environment: Environment, redirect_uri: str, *, custom: bool) -> None:
        """Begin with what the file holds.

        Raises:
            XeroError: config, when the file is no config or cannot be written.
        """
        file.open()
        self.file = file
        self.custom = custom
        self.redirect_uri = redirect_uri
        self.signed_in = False
        self.choices: list[Tenant] = []
        self.verdict: Verdict | None = None
        self.chosen = False
        self.app_in_use: App | None = None
        self.asked_for_journals = False
        self.connected: dict[str, Connected] = {}
        self.stop = file.stop
        self.consents = Consents()
        self._environment = environment
        self._auth_type = "custom_connection" if custom else "oauth2.0"
        self._auth_event: str | None = None
        self._endpoint = TokenEndpoint(environment.identity_url, Transport(self.stop, TRIES))

    @property
    def known_app(self) -> App | None:
        """The app that was last tried, else the one in the config; None where there is neither."""
        given = self.file.credentials
        client_id = text_of(given, "client_id")
        if self.app_in_use or not client_id or given.get("auth_type") != self._auth_type:
            return self.app_in_use
        return App(client_id, text_of(given, "client_secret") or None)

    def app(self, client_id: str, client_secret: str) -> App:
        """Return the app as entered; without a secret the one that is known for the same client ID."""
        client_id, secret, known = client_id.strip(), client_secret.strip(), self.known_app
        if not secret and known and known.client_id == client_id:
            return known
        return App(client_id, secret or None)

    def faults(self, app: App) -> dict[str, str]:
        """Return why an app cannot be one: a sentence by name of the field; empty when Xero may be asked."""
        return app_faults(app, needs_secret=self.custom)

    def consent_address(self, app: App, *, journals: bool) -> str:
        """Return the address of Xero's consent page for a new sign-in."""
        self.app_in_use, self.asked_for_journals = app, journals
        return self.consents.begin(app, self.redirect_uri, journals=journals).address(self._environment.login_url)

    def receive(self, query: Mapping[str, str]) -> None:
        """Take the answer of the consent page: exchange its code, and keep the tokens before anything else is done.

        Raises:
            XeroError: the answer is not ours, says no, or the code is not accepted.
        """
        consent, code = self.consents.answered(query)
        try:
            tokens = exchange_code(self._endpoint, consent, code)
        except XeroError as error:
            self._forget_secret(error)
            raise
        self.choices, self._auth_event = [], auth_event(tokens.access_token or "")
        self._keep({**self._app_settings(consent.app), **tokens.as_credentials()}, journals=consent.journals)

    def sign_in(self, app: App, *, journals: bool) -> None:
        """Sign in as a custom connection, which needs no consent, and keep its credentials once Xero accepts them."""
        self.app_in_use, self.chosen = app, False
        credentials = self._app_settings(app)
        connection = self._connection(parse_settings({"credentials": credentials}))
        try:
            tenant = connection.organisation.tenant()
        except XeroError as error:
            self._forget_secret(error)
            raise explained(error, journals=False) from None
        self.choices = [_shown(tenant)]
        self.file.config.pop("tenant", None)  # a custom connection belongs to one organisation
        self._keep(credentials, journals=journals)

    def organisations(self) -> list[Tenant]:
        """Return the organisations that the sign-in reaches, asked for once.

        Raises:
            XeroError: by the error table, or config when there is none.
        """
        if not self.choices:
            signed_in = Settings(AccessTokenCredentials(str(self.file.credentials.get("access_token", ""))))
            found = map(_shown, tenants_of(self._connection(signed_in).client.connections()))
            self.choices = sorted(found, key=lambda tenant: ((tenant.name or "").casefold(), tenant.tenant_id))
        if not self.choices:
            raise XeroError(
                CONFIG,
                "The sign-in reaches no organisation. Connect to Xero again and choose the organisation to read.",
            )
        return self.choices

    @property
    def offered(self) -> list[Tenant]:
        """The organisations to choose from: of a folder those that are not connected yet, and the one that is being changed."""
        done = self.connected.keys() - {self.file.config.get("tenant")} if self.file.several else ()
        return [choice for choice in self.choices if choice.tenant_id not in done] or self.choices

    @property
    def others(self) -> list[Tenant]:
        """The organisations of a folder that this sign-in reaches and that are not connected yet."""
        return [choice for choice in self.choices if self.file.several and choice.tenant_id not in self.connected]

    @property
    def earlier(self) -> dict[str, str]:
        """The organisations that the folder has a config of from an earlier run: its name, by tenant ID."""
        names = self.file.names() if isinstance(self.file, Folder) else {}
        new = (choice.tenant_id for choice in self.choices if choice.tenant_id not in self.connected)
        return {tenant_id: names[canonical(tenant_id)] for tenant_id in new if canonical(tenant_id) in names}

    @property
    def worked(self) -> bool:
        """Whether there is a config that works, and in a folder none whose last check has failed."""
        verdicts: list[Verdict | None] = [found.verdict for found in self.connected.values()]
        last = verdicts if self.file.several else [self.verdict]
        return bool(last) and all(verdict is not None and not verdict.problem for verdict in last)

    @property
    def just_allowed(self) -> str | None:
        """Tenant ID of the organisation that this sign-in has connected, None when that is not known."""
        event = self._auth_event
        return next((choice.tenant_id for choice in self.offered if event and choice.auth_event == event), None)

    @property
    def organisation_name(self) -> str:
        """Name of the organisation that was chosen."""
        chosen = self.file.config.get("tenant")
        names = [choice.name for choice in self.choices if self.custom or choice.tenant_id == chosen]
        return next(iter(names), "") or "Xero"

    @property
    def preselected(self) -> str | None:
        """Tenant ID of the organisation to offer first: just allowed, named by an earlier config, or the only one; else None."""
        earlier, choices = self.file.config.get("tenant"), self.offered
        named = [
            choice for choice in choices if same_tenant(choice.tenant_id, earlier) or choice.name == earlier
        ] or choices
        return self.just_allowed or (named[0].tenant_id if len(named) == 1 else None)

    def filters(self, tenant_id: str | None) -> dict[str, str]:
        """Return the texts of the fields to begin with, by name, for the organisation that is offered first."""
        settings = self.file.settings_of(tenant_id)
        return {field.name: field.value(settings) for field in FIELDS}

    def another(self) -> None:
        """Go on with another organisation of the same sign-in; only in a folder."""
        if isinstance(self.file, Folder) and self.signed_in:
            self.verdict, self.chosen = None, False
            self.file.begin()

    def choose(self, tenant_id: str, entered: Mapping[str, str]) -> dict[str, str]:
        """Take the choice of organisation and filters; keep it in the file when nothing is wrong.

        Args:
            tenant_id: of one of the organisations.
            entered: texts of the fields by name.

        Returns:
            What is wrong, a sentence by name of the field; ``tenant`` for the organisation, an empty name for the rest.

        Raises:
            XeroError: config, when the file cannot be written.
        """
        chosen = next((choice for choice in self.choices if choice.tenant_id == tenant_id), None)
        if chosen:
            self.file.choose(chosen)
        config = with_filters(self.file.config, entered)
        if not self.custom:
            config["tenant"] = tenant_id
        wrong = faults(config)
        if not chosen:
            wrong["tenant"] = "Choose the organisation to read."
        if not wrong:
            self.verdict, self.chosen = None, True
            self.file.save(config)
        return wrong

    def leave_journals_out(self) -> None:
        """Go on without journals."""
        self.file.include_journals(included=False)
        self.verdict = None
        self.file.save(self.file.config)

    def check(self) -> Verdict:
        """Find out whether ``check`` succeeds with this config, and which streams can be read."""
        self.file.catch_up()
        self.verdict = checked(self.file.config, self._connection)
        tenant_id = str(self.file.config.get("tenant", ""))
        self.connected[tenant_id] = Connected(self.organisation_name, self.file.path, self.verdict)
        return self.verdict

    def _app_settings(self, app: App) -> dict[str, str]:
        secret = {"client_secret": app.client_secret} if app.client_secret else {}
        return {"auth_type": self._auth_type, "client_id": app.client_id, **secret}

    def _keep(self, credentials: Mapping[str, str], *, journals: bool) -> None:
        self.signed_in, self.chosen, self.verdict = True, False, None
        self.file.include_journals(included=journals)
        self.file.keep(credentials)

    def _connection(self, settings: Settings) -> Connection:
        environment = self._environment
        if self.file.tokens:
            environment = replace(environment, token_file=self.file.tokens)
        return Connection(settings, environment, self.stop, self.file.rotated, config_path=self.file.path, tries=TRIES)

    def _forget_secret(self, error: XeroError) -> None:
        """Do not offer a secret again that Xero did not accept."""
        if error.kind is Kind.WRONG_APP and self.app_in_use:
            self.app_in_use = App(self.app_in_use.client_id, None)


def _shown(tenant: Tenant) -> Tenant:
    return replace(tenant, name=one_line(tenant.name or ""))
