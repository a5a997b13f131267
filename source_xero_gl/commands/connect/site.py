"""The local web site: which page follows on which, and who may see it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from source_xero_gl.commands.connect.guard import Guard
from source_xero_gl.commands.connect.onboarding import Onboarding
from source_xero_gl.commands.connect.pages import Action, Pages
from source_xero_gl.commands.connect.web import Request, Response, redirect
from source_xero_gl.xero.errors import TRANSIENT, Kind, XeroError, unforeseen
from source_xero_gl.xero.tokens.endpoint import App

_STATIC = {"/style.css": "text/css; charset=utf-8", "/pages.js": "text/javascript; charset=utf-8"}
_WITHOUT_JOURNALS = Action("Connect without journals", "/without-journals", is_form=True)


class Site:
    """Answers requests, one at a time; ``finished`` is set when the user is done."""

    def __init__(self, onboarding: Onboarding, guard: Guard, tell: Callable[[str], None]) -> None:
        """Show an onboarding to the browser that the guard lets in; ``tell`` writes a line to the terminal."""
        self._onboarding = onboarding
        self._guard = guard
        self._tell = tell
        self._pages = Pages(onboarding, guard)
        self._lock = threading.Lock()
        self._last_step = time.monotonic()
        # What was entered wrongly is shown after a redirect: going back to the answer of a POST is an error in browsers.
        self._wrong_app: tuple[dict[str, str], dict[str, str]] | None = None
        self._last_problem: Response | None = None
        self._wrong_choice: tuple[dict[str, str], dict[str, str]] | None = None
        self.finished = threading.Event()
        self._routes: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "/"): lambda _: self._start(),
            ("POST", "/connect"): self._connect,
            ("POST", "/without-journals"): lambda _: self._without_journals(),
            ("GET", "/callback"): self._callback,
            ("GET", "/problem"): lambda _: self._last_problem or redirect("/"),
            ("GET", "/choose"): lambda _: self._show_choices(),
            ("POST", "/choose"): self._choose,
            ("POST", "/leave-journals-out"): lambda _: self._leave_journals_out(),
            ("POST", "/check"): lambda _: self._check_again(),
            ("GET", "/done"): lambda _: self._done(),
            ("POST", "/another"): lambda _: self._another(),
            ("POST", "/another-sign-in"): lambda _: self._another_sign_in(),
            ("POST", "/finish"): lambda _: self._finish(),
        }

    @property
    def idle_seconds(self) -> float:
        """Seconds since the user's last step."""
        return time.monotonic() - self._last_step

    @property
    def busy(self) -> bool:
        """Whether a step is under way."""
        return self._lock.locked()

    def settle(self, seconds: float) -> None:
        """Wait at most ``seconds`` seconds for a step that is under way, and let no other one begin: the process ends."""
        self._onboarding.stop.set()
        self._lock.acquire(timeout=seconds)

    def __call__(self, request: Request) -> Response:
        """Answer a request."""
        if not self._guard.knows_host(request):
            return Response(421, b"Open the address that the terminal shows.\n", "text/plain; charset=utf-8")
        if request.method == "GET" and request.path in _STATIC:
            body = Path(__file__).with_name("static").joinpath(request.path[1:]).read_bytes()
            return Response(200, body, _STATIC[request.path])
        with self._lock:
            return self._entrance(request) or self._inside(request)

    def _entrance(self, request: Request) -> Response | None:
        """Answer a browser that is not let in, or is let in just now; None for one that is in."""
        guard = self._guard
        if request.method == "GET" and request.path == "/" and guard.has_key(request):
            if guard.is_elsewhere(request):
                return redirect(guard.address)
            return redirect("/", guard.let_in(request))
        if guard.is_elsewhere(request) or not guard.has_session(request):
            # A person who opens a page gets a new address on the terminal; what browsers load by themselves does not count.
            if request.method == "GET" and (request.method, request.path) in self._routes and guard.renew_key():
                self._tell(
                    "A browser without the cookie of this session has asked for the page. To go on there, open\n\n"
                    f"  {guard.address}\n"
                )
            return self._pages.stranger()
        if request.method == "POST" and not guard.may_post(request):
            sentence = "This form is out of date, or another website has sent it. Nothing was done."
            return self._pages.problem(sentence, [Action("Back to the beginning", "/")], 403)
        return None

    def _inside(self, request: Request) -> Response:
        route = self._routes.get((request.method, request.path))
        if route is None:
            return self._pages.problem("There is no such page.", [Action("To the beginning", "/")], 404)
        self._last_step = time.monotonic()
        try:
            return route(request)
        except XeroError as error:
            return self._failed(error)
        except Exception as error:  # noqa: BLE001 - its own text may quote a token
            return self._failed(unforeseen("This step", error))

    def _start(self) -> Response:
        (entered, wrong), self._wrong_app = self._wrong_app or (None, {}), None
        return self._pages.start(entered, wrong)

    def _connect(self, request: Request) -> Response:
        form = request.form
        app = self._onboarding.app(form.get("client_id", ""), form.get("client_secret", ""))
        wrong = self._onboarding.faults(app)
        if not wrong:
            try:
                return self._begin(app, journals="journals" in form)
            except XeroError as error:
                wrong = {"": error.message or ""}
        self._wrong_app = (form, wrong)
        return redirect("/")

    def _without_journals(self) -> Response:
        app = self._onboarding.app_in_use
        return self._begin(app, journals=False) if app else redirect("/")

    def _begin(self, app: App, *, journals: bool) -> Response:
        if self._onboarding.custom:
            self._onboarding.sign_in(app, journals=journals)
            return self._signed_in()
        self._tell("Waiting for Xero: allow the organisation in the browser.")
        return redirect(self._onboarding.consent_address(app, journals=journals))

    def _callback(self, request: Request) -> Response:
        """Leave the address with the code in it, whatever came of it."""
        try:
            self._onboarding.receive(request.query)
        except XeroError as error:
            self._last_problem = self._failed(error)
            return redirect("/problem")
        return self._signed_in()

    def _signed_in(self) -> Response:
        self._tell("Signed in. The credentials are kept; now choose what to read in the browser.")
        return redirect("/choose")

    def _show_choices(self) -> Response:
        if not self._onboarding.signed_in:
            return redirect("/")
        self._onboarding.organisations()
        if self._wrong_choice:
            (form, wrong), self._wrong_choice = self._wrong_choice, None
            return self._pages.choose(form.get("tenant"), form, wrong)
        first = self._onboarding.preselected
        return self._pages.choose(first, self._onboarding.filters(first), {})

    def _choose(self, request: Request) -> Response:
        if not self._onboarding.signed_in:
            return redirect("/")
        form = request.form
        self._onboarding.organisations()
        wrong = self._onboarding.choose(form.get("tenant", ""), form)
        if wrong:
            self._wrong_choice = (form, wrong)
            return redirect("/choose")
        return redirect("/done")

    def _leave_journals_out(self) -> Response:
        if self._onboarding.chosen:
            self._onboarding.leave_journals_out()
        return redirect("/done")

    def _check_again(self) -> Response:
        self._onboarding.verdict = None
        return redirect("/done")

    def _done(self) -> Response:
        if not self._onboarding.chosen:
            return redirect("/choose")
        if self._onboarding.verdict is None:
            verdict = self._onboarding.check()
            self._tell(f"The check failed. {verdict.problem}" if verdict.problem else "Saved, and the check succeeded.")
        return self._pages.done()

    def _another(self) -> Response:
        self._onboarding.another()
        return redirect("/choose")

    def _another_sign_in(self) -> Response:
        """Ask for what the last sign-in has: the new one takes its place, also for the organisations that are connected."""
        app = self._onboarding.app_in_use
        return self._begin(app, journals=self._onboarding.asked_for_journals) if app else redirect("/")

    def _finish(self) -> Response:
        self.finished.set()
        return self._pages.ended()

    def _failed(self, error: XeroError) -> Response:
        """Say what went wrong, with the ways on that fit, the best one first."""
        onboarding = self._onboarding
        actions = [Action("Connect again", "/")]
        if error.kind is Kind.CONSENT_REFUSED_FOR_SCOPES and onboarding.asked_for_journals:
            actions = [_WITHOUT_JOURNALS, Action("Back", "/")]
        elif error.kind in (Kind.WRONG_APP, Kind.CONSENT_REFUSED):
            actions = [Action("Correct the app", "/")]
            if error.kind is Kind.CONSENT_REFUSED and onboarding.asked_for_journals:
                actions.append(_WITHOUT_JOURNALS)
        elif onboarding.signed_in and error.kind is not Kind.CONSENT_DENIED:
            actions = [Action("Try again", "/choose"), Action("Connect again", "/")]
        if onboarding.file.several and onboarding.chosen:
            actions.append(Action("Back to what is connected", "/done"))
        title = "Access was not allowed" if error.kind is Kind.CONSENT_DENIED else "That did not work"
        self._tell(error.message or "")
        status = 502 if error.failure_type is TRANSIENT else 422
        return self._pages.problem(error.message or "", actions, status, title)
