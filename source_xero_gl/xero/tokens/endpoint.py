"""Xero's token endpoint, which exchanges grants for access tokens. See https://developer.xero.com/documentation/guides/oauth2/auth-flow."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

import requests

from source_xero_gl.xero.answers import parse_json
from source_xero_gl.xero.errors import SIGN_IN
from source_xero_gl.xero.transport import Transport

ACCESS_TOKEN_SECONDS = 1800
"""Life of an access token, if the answer does not say."""


@dataclass(frozen=True)
class App:
    """A Xero app: its client ID and its secret; PKCE apps have no secret."""

    client_id: str
    client_secret: str | None = field(repr=False)


@dataclass(frozen=True)
class Grant:
    """What the token endpoint gave: the tokens, and the life of the access token in seconds."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_in: int


class TokenEndpoint:
    """Exchanges grants for tokens. Safe under threads."""

    def __init__(self, identity_url: str, transport: Transport) -> None:
        self._url = f"{identity_url}/connect/token"
        self._transport = transport

    def exchange(self, form: Mapping[str, str], app: App) -> Grant:
        """Exchange a grant, ``grant_type`` and its other fields; after a failure that may pass, the same one again.

        That is safe for a refresh token, too: Xero accepts one for 30 minutes after it was used first.

        Raises:
            XeroError: config when Xero refuses, transient when the endpoint cannot be reached.
        """
        return self._transport.patiently(lambda: self._exchange(form, app))

    def _exchange(self, form: Mapping[str, str], app: App) -> Grant:
        headers = {"Accept": "application/json"}
        fields = dict(form)
        if app.client_secret:
            pair = base64.b64encode(f"{app.client_id}:{app.client_secret}".encode("utf-8", "replace")).decode()
            headers["Authorization"] = f"Basic {pair}"
        else:
            fields["client_id"] = app.client_id
        answer = self._transport.send(SIGN_IN, requests.Request("POST", self._url, headers=headers, data=fields))
        grant = _grant(answer.body) if answer.status == requests.codes.ok else None
        if grant is None:
            raise answer.as_error()
        return grant


def _grant(body: bytes) -> Grant | None:
    try:
        value = parse_json(body)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    access, refresh, life = value.get("access_token"), value.get("refresh_token"), value.get("expires_in")
    if not isinstance(access, str) or not access:
        return None
    return Grant(
        access_token=access,
        refresh_token=refresh if isinstance(refresh, str) and refresh else None,
        expires_in=life if isinstance(life, int) and life > 0 else ACCESS_TOKEN_SECONDS,
    )
