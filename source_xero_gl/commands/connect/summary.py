"""The last words of ``connect``: what was connected, where it is, and what comes next."""

from __future__ import annotations

import shlex

from source_xero_gl.commands.connect.onboarding import Onboarding
from source_xero_gl.commands.connect.prompts import say


def summary(onboarding: Onboarding) -> int:
    """Say where the settings are, what cannot be read, and what comes next; return the exit status."""
    if onboarding.file.several and onboarding.connected:
        return _of_folder(onboarding)
    verdict, path = onboarding.verdict, onboarding.file.path
    if verdict is None:
        kept = (
            f" The credentials are kept in {onboarding.file.tokens or path}; run it again to go on."
            if onboarding.signed_in
            else ""
        )
        say(f"Nothing was finished.{kept}")
        return 1
    if verdict.problem:
        say(f"\nThe settings are in {path}, but the check failed. {verdict.problem}")
        return 1
    say(f"\nThe settings are in {path}, readable by you only. The check succeeded.")
    for missing in verdict.missing:
        say(f"Cannot be read: {', '.join(missing.streams)}. {missing.reason}")
    config = shlex.quote(str(path))
    say("\nNext:\n")
    say(f"  source-xero-gl estimate --config {config}    (what a first sync will take)")
    say(f"  source-xero-gl sync --config {config}    (into DuckDB; needs the extra sync)")
    if not onboarding.custom:
        say("\nXero replaces the refresh token at every use: use it with this file or in Airbyte, not in both.")
    return 0


def _of_folder(onboarding: Onboarding) -> int:
    """The same for a folder, an organisation after the other."""
    say()
    for found in onboarding.connected.values():
        say(f"{found.name}: {found.path}. {found.verdict.problem or 'The check succeeded.'}")
        for missing in found.verdict.missing:
            say(f"  Cannot be read: {', '.join(missing.streams)}. {missing.reason}")
    config = shlex.quote(str(onboarding.file.path.parent if onboarding.chosen else onboarding.file.path))
    say(
        "\nTheir tokens are in the token file beside them, which Xero's answers change: use the folder in one place only."
    )
    say("\nNext:\n")
    say(f"  source-xero-gl sync --config {config}    (all of them into DuckDB; needs the extra sync)")
    return 0 if onboarding.worked else 1
