"""The local pages, filled in. ``site`` knows which page follows on which."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from source_xero_gl.commands.connect.filters import CAUTION, FIELDS, Field
from source_xero_gl.commands.connect.guard import Guard
from source_xero_gl.commands.connect.onboarding import Onboarding
from source_xero_gl.commands.connect.paste import entries
from source_xero_gl.commands.connect.web import Response
from source_xero_gl.commands.templates import templates_of
from source_xero_gl.wording import WITHOUT_JOURNALS

_STEPS = {False: ("Your app", "Allow in Xero", "Choose", "Done"), True: ("Your app", "Choose", "Done")}
_TEMPLATES = templates_of(__package__)


@dataclass(frozen=True)
class Action:
    """A way on from a problem; ``is_form`` where it does something and does not only lead to a page."""

    label: str
    target: str
    is_form: bool = False


class Pages:
    """The pages of one onboarding; the guard's token is in every form."""

    def __init__(self, onboarding: Onboarding, guard: Guard) -> None:
        self._onboarding = onboarding
        self._guard = guard

    def start(self, entered: Mapping[str, str] | None, wrong: Mapping[str, str]) -> Response:
        """Ask for the app.

        Args:
            entered: the form as it was sent last and is wrong; None to begin with what is known.
            wrong: sentences by name of the field, under an empty name what Xero says of the app.
        """
        known = self._onboarding.known_app
        client_id = entered.get("client_id", "") if entered else (known.client_id if known else "")
        return self._page(
            "start.html",
            "Connect to Xero",
            step=0,
            wrong=wrong,
            awaited=self._onboarding.consents.awaited,
            redirect_uri=self._onboarding.redirect_uri,
            client_id=client_id,
            secret_known=bool(known and known.client_secret and known.client_id == client_id.strip()),
            journals="journals" in entered if entered else self._onboarding.file.reads_journals,
            without_journals=WITHOUT_JOURNALS,
        )

    def problem(
        self, sentence: str, actions: Sequence[Action], status: int, title: str = "That did not work"
    ) -> Response:
        """Say what went wrong and what can be done; the first action is the one to recommend."""
        step = 1 if self._onboarding.signed_in or not self._onboarding.custom else 0
        return self._page("problem.html", title, step=step, status=status, sentence=sentence, actions=actions)

    def choose(self, tenant_id: str | None, texts: Mapping[str, str], wrong: Mapping[str, str]) -> Response:
        """Ask for organisation and filters; ``texts`` and ``wrong``, by name of the field, are those of ``Onboarding.choose``."""
        sections: dict[str, list[Field]] = {}
        for field in FIELDS:
            sections.setdefault(field.section or "Pace", []).append(field)
        return self._page(
            "choose.html",
            "Choose what to read",
            step=-2,
            choices=self._onboarding.offered,
            connected=self._onboarding.connected if self._onboarding.file.several else {},
            just_allowed=self._onboarding.just_allowed,
            earlier=self._onboarding.earlier,
            tenant_id=tenant_id,
            fields=FIELDS,
            sections=sections,
            caution=CAUTION,
            texts=texts,
            wrong=wrong,
        )

    def done(self) -> Response:
        """Show what the check came to, and what to enter where."""
        onboarding, verdict = self._onboarding, self._onboarding.verdict
        failed = verdict is None or verdict.problem
        return self._page(
            "done.html",
            "Saved, but the check failed" if failed else f"Connected to {onboarding.organisation_name}",
            step=-1,
            verdict=verdict,
            several=onboarding.file.several,
            connected=onboarding.connected.values(),
            others=onboarding.others,
            entries=entries(onboarding.file.config),
            command=f"source-xero-gl check --config {shlex.quote(str(onboarding.file.path))}",
        )

    def ended(self) -> Response:
        """Say goodbye."""
        return self._page("ended.html", "All done", step=-1)

    def stranger(self) -> Response:
        """Tell a browser without a session where to begin, and nothing about the onboarding."""
        html = _TEMPLATES.get_template("problem.html").render(
            title="Open the link from the terminal",
            sentence="The page is open in another browser, or in none yet. A link works once: open the terminal's last one.",
            actions=(),
            steps=(),
            path="",
            csrf="",
        )
        return Response(403, html.encode())

    def _page(self, template: str, title: str, *, step: int, status: int = 200, **values: object) -> Response:
        """Fill in a template; ``step`` counts from the first one, or back from the last, which is -1."""
        steps = _STEPS[self._onboarding.custom]
        html = _TEMPLATES.get_template(template).render(
            title=title,
            steps=steps,
            now=step % len(steps),
            custom=self._onboarding.custom,
            path=self._onboarding.file.path,
            csrf=self._guard.csrf,
            **values,
        )
        return Response(status, html.encode())
