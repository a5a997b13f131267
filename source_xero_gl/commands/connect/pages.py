"""The local pages: what they say. Where they stand in the course of things is up to ``site``."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from source_xero_gl.commands.connect.filters import FIELDS, Field
from source_xero_gl.commands.connect.onboarding import Onboarding
from source_xero_gl.commands.connect.paste import Entry, entries
from source_xero_gl.commands.connect.templates import Html, fill, flag, joined
from source_xero_gl.xero.tenants import Tenant

NOTHING = Html("")
JOURNALS_HELP = (
    "Xero allows them to some apps only: after approval from the Advanced tier up, and to custom connections made before "
    "29 April 2026. Without them everything else is read."
)
STEPS = {False: ("Your app", "Allow in Xero", "Choose", "Done"), True: ("Your app", "Choose", "Done")}


class Pages:
    """Writes pages about one onboarding."""

    def __init__(self, onboarding: Onboarding) -> None:
        self._onboarding = onboarding

    def start(self, csrf: str, entered: Mapping[str, str] | None = None, sentence: str = "") -> Html:
        """Ask for the app.

        Args:
            csrf: token of the forms.
            entered: what was entered and is wrong; None to begin with what is known.
            sentence: what is wrong with it.
        """
        custom, known = self._onboarding.custom, self._onboarding.app_in_use or self._onboarding.draft.known_app
        client_id = entered.get("client_id", "") if entered else (known.client_id if known else "")
        saved = known is not None and known.client_secret is not None and known.client_id == client_id.strip()
        checked = "journals" in entered if entered else self._onboarding.draft.reads_journals
        notice = self._bad(sentence) if sentence else self._awaiting(csrf)
        content = fill(
            "start_custom" if custom else "start",
            csrf=csrf,
            notice=notice,
            credentials=fill(
                "credentials",
                client_id=client_id,
                optional=NOTHING if custom else Html('<span class="optional">(not for PKCE apps)</span>'),
                secret_help=_secret_help(custom=custom, saved=saved),
                id_invalid=flag('aria-invalid="true"', on="Client ID" in sentence),
                secret_invalid=flag('aria-invalid="true"', on="Client Secret" in sentence),
            ),
            journals=fill("journals", help=JOURNALS_HELP, checked=flag("checked", on=checked)),
            **({} if custom else {"redirect_uri": self._onboarding.redirect_uri}),
        )
        return self._page("Connect to Xero", 0, content)

    def problem(self, sentence: str, actions: Sequence[Html], title: str = "That did not work") -> Html:
        """Say what went wrong and what can be done."""
        step = 1 if self._onboarding.signed_in or not self._onboarding.custom else 0
        return self._page(title, step, fill("problem", sentence=sentence, actions=joined(actions)))

    def choose(self, csrf: str, tenant_id: str | None, texts: Mapping[str, str], wrong: Mapping[str, str]) -> Html:
        """Ask for organisation and filters.

        Args:
            csrf: token of the form.
            tenant_id: of the organisation that is selected.
            texts: of the fields by name.
            wrong: sentences by name of the field.
        """
        choices = self._onboarding.choices or []
        notice = self._bad(wrong.get("") or "Nothing was saved yet: see the fields below.") if wrong else NOTHING
        content = fill(
            "choose",
            csrf=csrf,
            notice=notice,
            organisations=self._organisations(choices, tenant_id),
            tenant_error=_error("tenant", wrong.get("tenant", "")),
            fields=_fields(texts, wrong),
        )
        return self._page("Choose what to read", -2, content)

    def done(self, csrf: str) -> Html:
        """Show what the check came to, and what to enter where."""
        verdict = self._onboarding.verdict
        succeeded = verdict is not None and not verdict.problem
        content = fill(
            "done",
            csrf=csrf,
            notice=self._verdict(),
            details=self._handover() if succeeded else self._remedies(csrf),
            finish_style="primary" if succeeded else "quiet",
        )
        title = f"Connected to {self._onboarding.organisation_name}" if succeeded else "Saved, but the check failed"
        return self._page(title, -1, content)

    def ended(self) -> Html:
        """Say goodbye."""
        return self._page("All done", -1, fill("ended"))

    def stranger(self) -> Html:
        """Tell a browser without a session where to begin; nothing about the onboarding stands here."""
        sentence = (
            "The page is open in another browser, or in none yet. A link works once: open the terminal's last one."
        )
        content = fill("problem", sentence=sentence, actions=NOTHING)
        title = "Open the link from the terminal"
        return fill("page", title=title, steps=NOTHING, content=content, destination=NOTHING)

    def _page(self, title: str, step: int, content: Html) -> Html:
        """Put a page together; ``step`` counts from the first one, or back from behind the last."""
        names = STEPS[self._onboarding.custom]
        now = step % len(names)
        items = joined(_step(number, name, now) for number, name in enumerate(names))
        steps = fill("steps", items=items)
        destination = fill("destination", path=self._onboarding.draft.file.path)
        return fill("page", title=title, steps=steps, content=content, destination=destination)

    def _bad(self, sentence: str) -> Html:
        return fill("notice", kind="bad", role="alert", content=fill("sentence", sentence=sentence))

    def _awaiting(self, csrf: str) -> Html:
        """Help someone who came back from a page of Xero's that does not lead back."""
        consent = self._onboarding.consents.awaited
        if consent is None or not consent.journals:
            return NOTHING
        text = fill(
            "sentence",
            sentence="Did Xero show an error such as “unauthorized_client” or “Invalid scope for client”? Then your app may "
            "not read journals. (“Invalid redirect_uri” means that the address below is not registered with it.)",
        )
        offer = button(csrf, "/without-journals", "quiet", "Connect without journals")
        return fill("notice", kind="warn", role="status", content=joined((text, offer)))

    def _organisations(self, choices: Sequence[Tenant], tenant_id: str | None) -> Html:
        allowed = self._onboarding.just_allowed
        parts = []
        for choice in choices:
            badge = fill("badge", label="Just allowed") if choice.tenant_id == allowed else NOTHING
            values = {"name": choice.name or "Unnamed organisation", "tenant_id": choice.tenant_id, "badge": badge}
            if len(choices) == 1:
                parts.append(fill("one_organisation", **values))
            else:
                parts.append(fill("organisation", checked=flag("checked", on=choice.tenant_id == tenant_id), **values))
        return joined(parts)

    def _verdict(self) -> Html:
        verdict = self._onboarding.verdict
        if verdict is not None and verdict.problem:
            return self._bad(verdict.problem)
        sentence = "The settings are saved, and Xero answers: everything that they ask for can be read."
        return fill("notice", kind="good", role="status", content=fill("sentence", sentence=sentence))

    def _handover(self) -> Html:
        onboarding = self._onboarding
        return fill(
            "handover",
            once=NOTHING if onboarding.custom else _ONE_PLACE,
            entries=joined(_entry(number, entry) for number, entry in enumerate(entries(onboarding.draft.config))),
            command=f"source-xero-gl check --config {shlex.quote(str(onboarding.draft.file.path))}",
        )

    def _remedies(self, csrf: str) -> Html:
        verdict = self._onboarding.verdict
        again = button(csrf, "/check", "primary", "Check again")
        offers = [again]
        if verdict is not None and verdict.journals_refused:
            label = "Go on without journals"
            without = button(csrf, "/leave-journals-out", "primary", label)
            offers = [without, button(csrf, "/check", "quiet", "Check again")]
        offers.append(link("/", "quiet", "Connect again"))
        return fill("remedies", offers=joined(offers))


_ONE_PLACE = (
    "Use the refresh token in one place only: Xero replaces it at every use, so what you enter in Airbyte must not be used with "
    "this file as well."
)


def button(csrf: str, action: str, style: str, label: str) -> Html:
    """Offer something that is a form of its own."""
    return fill("button", csrf=csrf, action=action, style=style, label=label)


def link(href: str, style: str, label: str) -> Html:
    """Lead to another page."""
    return fill("link", href=href, style=style, label=label)


def _secret_help(*, custom: bool, saved: bool) -> str:
    if saved:
        return "The secret of this client ID is known. Leave this empty to keep it."
    return "It is kept in the config file only." if custom else "Leave this empty for a PKCE app, which has none."


def _step(number: int, name: str, now: int) -> Html:
    state = "past" if number < now else "now" if number == now else "next"
    spoken = {"past": " (done)", "now": " (this step)", "next": ""}[state]
    mark = "\N{CHECK MARK}" if state == "past" else number + 1
    current = flag(' aria-current="step"', on=state == "now")
    return fill("step", state=state, current=current, mark=mark, name=name, spoken=spoken)


def _fields(texts: Mapping[str, str], wrong: Mapping[str, str]) -> Html:
    sections: dict[str, list[Html]] = {}
    for field in FIELDS:
        sections.setdefault(field.section or "Pace", []).append(
            _field(field, texts.get(field.name, ""), wrong.get(field.name, ""))
        )
    return joined(fill("section", title=title, fields=joined(parts)) for title, parts in sections.items())


def _field(field: Field, text: str, sentence: str) -> Html:
    return fill(
        "field",
        name=field.name,
        title=field.title,
        value=text,
        hint=field.hint,
        description=field.description,
        mode=flag('inputmode="numeric"', on=field.is_number),
        state="wrong" if sentence else "",
        invalid=flag('aria-invalid="true"', on=bool(sentence)),
        name_error=f" {field.name}-error" if sentence else "",
        error=_error(field.name, sentence),
    )


def _error(name: str, sentence: str) -> Html:
    return fill("error", id=f"{name}-error", sentence=sentence) if sentence else NOTHING


def _entry(number: int, entry: Entry) -> Html:
    name = f"entry-{number}"
    show = fill("show", id=name) if entry.secret else NOTHING
    kind = "password" if entry.secret else "text"
    return fill("entry", id=name, title=entry.title, value=entry.value, kind=kind, show=show)
