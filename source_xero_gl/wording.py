"""What sentences of all commands share: the name of the program, what there is without journals, numbers, names of users."""

from __future__ import annotations

PROGRAM = "source-xero-gl"

WITHOUT_JOURNALS = (
    "Without journals you get a ledger rebuilt from documents and compared with Xero's trial balance; "
    "docs/ledger.md says how."
)
"""What there is for an app that may not read journals. It is never called journals."""

_MINUTE = 60


def counted(number: int, what: str) -> str:
    """Return a number of things, such as ``1 call`` or ``1,500 records``; their plural takes an s."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    """Return how long something takes, such as ``3 s``, ``12 min`` or ``1 h 5 min``."""
    if round(seconds) < _MINUTE:
        return f"{round(seconds)} s"
    hours, minutes = divmod(round(seconds / _MINUTE), 60)
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min"


def one_line(text: str) -> str:
    """Return a text that users have entered, without line breaks: on a terminal what follows one would look like ours."""
    return " ".join(text.splitlines())


def shown_name(text: str) -> str:
    """Return a name that users have given, as a terminal may show it: on one line, and without control characters."""
    return printable(one_line(text))


def printable(text: str) -> str:
    """Return a text for a terminal: what Xero's users have named could hold control characters, and none gets there."""
    return "".join(character if character.isprintable() or character == "\n" else "?" for character in text)
