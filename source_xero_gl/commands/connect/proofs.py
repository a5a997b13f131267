"""Texts that nobody can guess, by which one is known again: keys, cookies, a sign-in's ``state`` and its PKCE verifier.

See https://developer.xero.com/documentation/guides/oauth2/pkce-flow.
"""

from __future__ import annotations

import base64
import hashlib
import secrets

_BYTES = 48
"""Random bytes of a proof: 64 characters, of the 43 to 128 that RFC 7636 allows for a verifier."""


def new_proof() -> str:
    """Return a text that nobody can guess; all of its characters may be in an address."""
    return secrets.token_urlsafe(_BYTES)


def same(given: str, expected: str) -> bool:
    """Tell whether a text is the expected one, in a time that does not show how much of it is right."""
    return secrets.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def challenge(verifier: str) -> str:
    """Return what Xero's sign-in page gets in place of the verifier (method S256): its SHA-256 in base64url, without padding."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
