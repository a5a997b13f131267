"""Xero's identity server: apps, consents, rotating refresh tokens, short access tokens, connections."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from local_xero.clock import Clock
from local_xero.consent_page import consent_page
from local_xero.endpoints import DEFAULT_SCOPES
from local_xero.http import Request, Response
from local_xero.problems import HTML, gateway_page, oauth_error
from local_xero.switches import Switches
from local_xero.wire import encode_bytes

REFRESH_IDLE_MS = 60 * 86_400_000
"""A refresh token that nobody uses for 60 days is dead."""
USER_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, "user"))
"""The one user, who signs in everywhere."""
CODE_LIFE_MS = 5 * 60_000
"""An authorization code lives five minutes and works once."""


@dataclass
class App:
    """One registered app; ``secret`` is None for a PKCE app, ``tenant_id`` is set for a custom connection only."""

    client_id: str
    secret: str | None
    tenant_id: str | None = None
    scopes: str = DEFAULT_SCOPES


@dataclass
class Grant:
    """A refresh token, an access token or an authorization code; ``family`` is the consent that it comes from, an authEventId."""

    value: str
    app: App
    scopes: str
    born_ms: int
    expires_ms: int
    family: str
    revoked: bool = False
    replaced: bool = False
    redirect_uri: str = ""
    challenge: str = ""


@dataclass
class Connection:
    """One organisation (or practice) that the user has connected."""

    tenant_id: str
    name: str
    type: str = "ORGANISATION"
    connection_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    auth_event_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def wire(self) -> dict[str, str]:
        """Write the connection as ``GET /connections`` does: seven decimals, no zone."""
        return {
            "id": self.connection_id,
            "authEventId": self.auth_event_id,
            "tenantId": self.tenant_id,
            "tenantType": self.type,
            "tenantName": self.name,
            "createdDateUtc": "2025-12-07T18:46:19.5165400",
            "updatedDateUtc": "2025-12-07T18:46:19.5187840",
        }


class OAuth:
    """Issues and checks tokens. All instants come from the server's clock."""

    def __init__(self, clock: Clock, switches: Switches, tenant_id: str) -> None:
        self._clock = clock
        self._switches = switches
        self.web = App(secrets.token_hex(16).upper(), secrets.token_urlsafe(36))
        self.pkce = App(secrets.token_hex(16).upper(), None)
        self.custom = App(secrets.token_hex(16).upper(), secrets.token_urlsafe(36), tenant_id)
        self._apps = {app.client_id: app for app in (self.web, self.pkce, self.custom)}
        self._refresh: dict[str, Grant] = {}
        self._access: dict[str, Grant] = {}
        self._codes: dict[str, Grant] = {}
        self.connections: list[Connection] = []
        self._grants: dict[str, Callable[[App, dict[str, str]], Response]] = {
            "refresh_token": self._refresh_grant,
            "client_credentials": self._client_grant,
            "authorization_code": self._code_grant,
        }

    def new_refresh_token(self, app: App, scopes: str | None = None, family: str | None = None) -> str:
        """Issue a refresh token, as a consent or a refresh does."""
        grant = self._grant(secrets.token_urlsafe(32), app, scopes or app.scopes, REFRESH_IDLE_MS, family)
        self._refresh[grant.value] = grant
        return grant.value

    def new_access_token(self, app: App, scopes: str | None = None, family: str | None = None) -> Grant:
        """Issue an access token; it looks like a JWT."""
        family = family or str(uuid.uuid4())
        claims = {"client_id": app.client_id, "scope": (scopes or app.scopes).split(), "jti": secrets.token_hex(16)}
        claims |= {"authentication_event_id": family, "xero_userid": USER_ID}
        parts = [{"alg": "RS256", "typ": "JWT"}, claims]
        texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
        value = ".".join((*texts, secrets.token_urlsafe(32)))
        grant = self._grant(value, app, scopes or app.scopes, self._switches.access_token_seconds * 1000, family)
        self._access[value] = grant
        return grant

    def _grant(self, value: str, app: App, scopes: str, life_ms: int, family: str | None) -> Grant:
        now = self._clock.now_ms()
        return Grant(value, app, scopes, now, now + life_ms, family or str(uuid.uuid4()))

    def bearer(self, request: Request) -> Grant | None:
        """Find the access token of a request; an expired one is found too."""
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        grant = self._access.get(value.strip()) if kind.lower() == "bearer" else None
        return None if grant is None or grant.revoked else grant

    def token(self, request: Request) -> Response:
        """Answer ``POST /connect/token``."""
        form = request.form
        app = self._client(request, form)
        if app is None:
            return oauth_error("invalid_client")
        grant = self._grants.get(form.get("grant_type", ""))
        return grant(app, form) if grant else oauth_error("unsupported_grant_type")

    def _client(self, request: Request, form: dict[str, str]) -> App | None:
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        if kind.lower() == "basic":
            try:
                client_id, _, secret = base64.b64decode(value).decode().partition(":")
            except ValueError:
                return None
        app = self._apps.get(client_id)
        if app is None or (app.secret is not None and not hmac.compare_digest(app.secret, secret)):
            return None
        return app

    def _refresh_grant(self, app: App, form: dict[str, str]) -> Response:
        grant = self._refresh.get(form.get("refresh_token", ""))
        if grant is None or grant.app is not app or grant.revoked or grant.expires_ms <= self._clock.now_ms():
            return oauth_error("invalid_grant")
        grace_end = self._clock.now_ms() + self._switches.refresh_grace_seconds * 1000
        for other in self._refresh.values():
            if other.family == grant.family and not other.replaced:
                other.replaced, other.expires_ms = True, min(other.expires_ms, grace_end)
            if other.family != grant.family and other.app is app and self._switches.one_sign_in_per_user:
                other.revoked = True
        return self._tokens(app, grant.scopes, grant.family)

    def _client_grant(self, app: App, form: dict[str, str]) -> Response:
        if app.tenant_id is None:
            return oauth_error("unauthorized_client")
        if "scope" in form and self._switches.reject_scope_parameter:
            return oauth_error("invalid_scope")
        asked = set(form.get("scope", "").split())
        if asked & set(self._switches.forbidden_scopes) or not asked <= set(app.scopes.split()):
            return oauth_error("invalid_scope")
        grant = self.new_access_token(app, " ".join(sorted(asked)) or None)
        return Response(200, encode_bytes(self._token_body(grant)), "application/json")

    def _code_grant(self, app: App, form: dict[str, str]) -> Response:
        grant = self._codes.pop(form.get("code", ""), None)
        if grant is None or grant.app is not app or grant.expires_ms <= self._clock.now_ms():
            return oauth_error("invalid_grant")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if form.get("redirect_uri") != grant.redirect_uri or (grant.challenge and proof != grant.challenge):
            return oauth_error("invalid_grant")
        return self._tokens(app, grant.scopes, grant.family)

    def _tokens(self, app: App, scopes: str, family: str) -> Response:
        body = self._token_body(self.new_access_token(app, scopes, family))
        if "offline_access" in scopes.split():
            body["refresh_token"] = self.new_refresh_token(app, scopes, family)
        return Response(200, encode_bytes(body), "application/json")

    def _token_body(self, grant: Grant) -> dict[str, Any]:
        seconds = (grant.expires_ms - grant.born_ms) // 1000
        return {"access_token": grant.value, "expires_in": seconds, "token_type": "Bearer", "scope": grant.scopes}

    def authorize(self, request: Request) -> Response:
        """Answer the sign-in page: browsers get the consent page, for others the user agrees at once."""
        refusal = self._consent_refused(request.query)
        if refusal is not None:
            return refusal
        if "text/html" in request.headers.get("accept", ""):
            organisations = [(connection.tenant_id, connection.name) for connection in self.connections]
            return Response(200, consent_page(request.query, organisations), HTML)
        first = self.connections[0].tenant_id if self.connections else ""
        return self._decide(request.query, first, allowed=not self._switches.deny_consent)

    def decide(self, request: Request) -> Response:
        """Answer a button of the consent page."""
        form = request.form
        refusal = self._consent_refused(form)
        return refusal or self._decide(form, form.get("tenant", ""), allowed=form.get("decision") == "allow")

    def _consent_refused(self, query: Mapping[str, str]) -> Response | None:
        # Xero's page gives one code for all three, and the reason behind it: https://github.com/XeroAPI/xero-python/issues/110,
        # .../xero-python-oauth2-app/issues/14, .../xero-netstandard-oauth2-samples/issues/5.
        app = self._apps.get(query.get("client_id", ""))
        asked = query.get("scope", "").split()
        if app is None or app.tenant_id is not None or query.get("response_type") != "code":
            return gateway_page(400, "unauthorized_client : Unknown client or client not enabled")
        if not asked or set(asked) & set(self._switches.forbidden_scopes):
            return gateway_page(400, "unauthorized_client : Invalid scope for client")
        if app.secret is None and query.get("code_challenge_method") != "S256":
            return gateway_page(400, "invalid_request")
        if not query.get("redirect_uri", "").startswith(("https://", "http://localhost:", "http://localhost/")):
            return gateway_page(400, "unauthorized_client : Invalid redirect_uri")
        return None

    def _decide(self, query: Mapping[str, str], tenant_id: str, *, allowed: bool) -> Response:
        answer = {"state": query.get("state", "")}
        if allowed:
            app, scopes = self._apps[query["client_id"]], " ".join(query["scope"].split())
            grant = self._grant(secrets.token_urlsafe(24), app, scopes, CODE_LIFE_MS, None)
            grant.redirect_uri, grant.challenge = query.get("redirect_uri", ""), query.get("code_challenge", "")
            self._codes[grant.value] = grant
            for connection in self.connections:
                if connection.tenant_id == tenant_id:
                    connection.auth_event_id = grant.family
            answer["code"] = grant.value
        else:
            answer["error"] = "access_denied"
        location = f"{query.get('redirect_uri', '')}?{urlencode(answer)}"
        return Response(302, b"", HTML, {"Location": location})

    def revoke(self, request: Request) -> Response:
        """Answer ``POST /connect/revocation``: the user's tokens for this app end, and the connections go."""
        app = self._client(request, request.form)
        if app is None:
            return oauth_error("invalid_client")
        grant = self._refresh.get(request.form.get("token", ""))
        if grant is not None and grant.app is app:
            self.revoke_all(app)
            self.connections.clear()
        return Response(200, b"", "application/json")

    def revoke_all(self, app: App | None = None) -> None:
        """End every token of an app, or of all apps."""
        for grant in (*self._refresh.values(), *self._access.values()):
            grant.revoked = grant.revoked or app in (None, grant.app)

    def expire_access_tokens(self) -> int:
        """Let every access token expire now; say how many were alive."""
        now = self._clock.now_ms()
        alive = [grant for grant in self._access.values() if grant.expires_ms > now]
        for grant in alive:
            grant.expires_ms = now
        return len(alive)

    def set_scopes(self, scopes: str) -> None:
        """Change what all apps and all tokens, also those already issued, are allowed."""
        for app in self._apps.values():
            app.scopes = scopes
        for grant in (*self._refresh.values(), *self._access.values()):
            grant.scopes = scopes
