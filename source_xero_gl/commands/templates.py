"""Pages for people are filled in from templates."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined


def templates_of(package: str) -> Environment:
    """Return the templates in the folder ``templates`` of a package.

    Everything is escaped: names of organisations, accounts and contacts are texts that Xero's users have chosen.
    """
    return Environment(
        autoescape=True, loader=PackageLoader(package), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
