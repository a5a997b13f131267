"""PKCE: proof that the sign-in is finished by the one who began it (RFC 7636, method S256).

See https://developer.xero.com/documentation/guides/oauth2/pkce-flow.
"""

from __future__ import annotations

import base64
import hashlib
import secrets

VERIFIER_BYTES = 48
"""Random bytes of a verifier: 64 characters, of the 43 to 128 that the standard allows."""


def new_verifier() -> str:
    """Return a verifier that nobody can guess."""
    return secrets.token_urlsafe(VERIFIER_BYTES)


def challenge(verifier: str) -> str:
    """Return what the sign-in page is told of a verifier: its SHA-256 in base64url, without padding."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
