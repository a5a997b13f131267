"""The page on which a user allows an app to read an organisation: a plain form of Xero's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Local Xero | Authorise</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; background: #eef1f5; color: #000a1e; margin: 0; padding: 3rem 1rem; }}
main {{ background: #fff; max-width: 26rem; margin: auto; padding: 2rem; border: 1px solid #d6dae2; border-radius: 4px; }}
select, button {{ font: inherit; width: 100%; padding: .6rem; margin-top: .8rem; }}
</style>
</head>
<body>
<main>
<h1>An app wants access to</h1>
<form method="post" action="/identity/connect/consent">
{hidden}
<label for="tenant">Organisation data of</label>
<select id="tenant" name="tenant">
{options}
</select>
<p>It may read: {scopes}</p>
<button name="decision" value="allow">Allow access</button>
<button name="decision" value="deny">Cancel</button>
</form>
</main>
</body>
</html>
"""


def consent_page(query: Mapping[str, str], organisations: Iterable[tuple[str, str]]) -> bytes:
    """Write the page.

    Args:
        query: what the app asked for; the page's form sends it along.
        organisations: tenant ID and name of each organisation that the user may allow.
    """
    hidden = [f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">' for key, value in query.items()]
    options = [f'<option value="{escape(key)}">{escape(name)}</option>' for key, name in organisations]
    scopes = escape(", ".join(query.get("scope", "").split()))
    return _PAGE.format(hidden="\n".join(hidden), options="\n".join(options), scopes=scopes).encode()
