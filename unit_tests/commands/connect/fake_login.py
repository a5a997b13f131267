"""An onboarding in front of a Xero that requests-mock plays, and a browser for its pages without sockets."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests_mock

from source_xero_gl.commands.connect.config_file import ConfigFile
from source_xero_gl.commands.connect.folder import Folder
from source_xero_gl.commands.connect.guard import Guard
from source_xero_gl.commands.connect.onboarding import Onboarding
from source_xero_gl.commands.connect.site import Site
from source_xero_gl.commands.connect.web import FORM_TYPE, Request, Response
from source_xero_gl.settings.environment import Environment
from source_xero_gl.xero.scopes import SCOPES
from unit_tests.xero.fakes import CONNECTIONS_URL, TOKEN_URL, list_url

PORT = 8722
HOST = f"localhost:{PORT}"
REDIRECT_URI = f"http://{HOST}/callback"
EVENT = "d99ecdfe-391d-43d2-b834-17636ba90e8d"
FIRST, SECOND = "e1eede29-f875-4a5d-8470-17f6a29a88b1", "70784a63-d24b-46a9-a4db-0e70a274b056"
SECRETS = ("client-s3cret", "refresh-s3cret")


def access_token(user: str = "user") -> str:
    """Give a token of Xero's form that names the consent and the user."""
    named = {"authentication_event_id": EVENT, "xero_userid": user}
    claims = base64.urlsafe_b64encode(json.dumps(named).encode()).rstrip(b"=").decode()
    return f"e30.{claims}.signature"


def connection(tenant_id: str, name: str, event: str = "", kind: str = "ORGANISATION") -> dict[str, str]:
    """Give a row of ``GET /connections``."""
    return {"id": "x", "authEventId": event, "tenantId": tenant_id, "tenantType": kind, "tenantName": name}


class FakeLogin:
    """Xero as far as signing in goes; every code is accepted once."""

    def __init__(self, mocker: requests_mock.Mocker) -> None:
        self.mocker = mocker
        self.forms: list[dict[str, str]] = []
        self.refusal = ""
        self.user, self.refresh_token = "user", "refresh-s3cret"
        self.connections = [connection(FIRST, "Fernside"), connection(SECOND, "Kowhai & <Co>", EVENT)]
        mocker.post(TOKEN_URL, json=self._token)
        mocker.get(CONNECTIONS_URL, json=lambda *_: self.connections)
        organisation = {"OrganisationID": FIRST, "Name": "Fernside"}
        mocker.get(list_url("Organisation"), json={"Organisations": [organisation]})
        for endpoint in SCOPES.keys() - {"Organisation"}:
            mocker.get(list_url(endpoint), json={endpoint.partition("/")[0]: []})

    def _token(self, request: Any, context: Any) -> dict[str, Any]:
        form = dict(parse_qsl(request.text))
        context.headers["Content-Type"] = "application/json"
        spent = form in self.forms and "code" in form
        refusal = "invalid_grant" if spent else self.refusal
        self.forms.append(form)
        if refusal:
            context.status_code = 400
            return {"error": refusal}
        token = {"access_token": access_token(self.user), "expires_in": 1800, "token_type": "Bearer"}
        return token if form["grant_type"] == "client_credentials" else {**token, "refresh_token": self.refresh_token}

    def refuse_everything(self) -> None:
        """Let every list be refused from now on."""
        for endpoint in SCOPES:
            self.mocker.get(list_url(endpoint), status_code=403)


def onboarding(place: Path | Folder, *, custom: bool = False) -> Onboarding:
    """Give an onboarding that writes to a file or into a folder."""
    file = place if isinstance(place, Folder) else ConfigFile(place)
    return Onboarding(file, Environment(), REDIRECT_URI, custom=custom)


class Browser:
    """Follows the site's redirects to itself, sends its cookie and its forms."""

    def __init__(self, place: Path | Folder, *, custom: bool = False) -> None:
        self.guard = Guard(PORT)
        self.onboarding = onboarding(place, custom=custom)
        self.told: list[str] = []
        self.site = Site(self.onboarding, self.guard, self.told.append)
        self.cookie = ""
        self.leaves_for = ""
        self.csrf = ""

    def open(self) -> str:
        """Open the address that the terminal shows, after asking for a new one should the last be used up."""
        if not self.guard.key:
            self.send("GET", "/", cookie="")
        return self.get(f"/?key={self.guard.key}")

    def get(self, target: str) -> str:
        """Get a page."""
        return self.follow(self.send("GET", target))

    def post(self, target: str, **fields: str) -> str:
        """Send a form with the token of the last page; a double underscore stands for a dot."""
        form = {name.replace("__", "."): value for name, value in fields.items()}
        return self.follow(self.send("POST", target, {"csrf": self.csrf, **form}))

    def send(self, method: str, target: str, form: dict[str, str] | None = None, **headers: str) -> Response:
        """Send one request; headers, with underscores for dashes, add to or replace what a browser sends."""
        sent = {"host": HOST, "cookie": f"other=1; {self.cookie}", "content-type": FORM_TYPE}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.site(Request(method, target, sent, urlencode(form or {}).encode()))

    def follow(self, response: Response) -> str:
        """Give the page that an answer leads to; the address of another site stays in ``leaves_for``."""
        self.cookie = response.headers.get("Set-Cookie", self.cookie).partition(";")[0]
        location = response.headers.get("Location", "")
        if location.startswith("/"):
            return self.get(location)
        self.leaves_for = location
        page = response.body.decode()
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        self.csrf = found[1] if found else self.csrf
        return page

    def begin(self, **fields: str) -> dict[str, str]:
        """Enter an app and press Connect; give what Xero is asked."""
        self.open()
        self.post("/connect", client_id="app", client_secret="client-s3cret", **fields)
        return self.asked()

    def asked(self) -> dict[str, str]:
        """Give what Xero was asked when the browser left for it."""
        return dict(parse_qsl(urlsplit(self.leaves_for).query))

    def sign_in(self, **fields: str) -> str:
        """Go on to the page where the organisation is chosen."""
        asked = self.begin(**fields)
        return self.get(f"/callback?code=c0de&state={asked['state']}")
