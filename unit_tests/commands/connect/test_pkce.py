"""PKCE as RFC 7636 defines it."""

from __future__ import annotations

import re

from source_xero_gl.commands.connect.pkce import challenge, new_verifier


def test_the_challenge_of_the_standards_example() -> None:
    """The example of RFC 7636, appendix B."""
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_verifier_has_the_standards_form() -> None:
    """A verifier has 43 to 128 unreserved characters, and no two are alike (RFC 7636, section 4.1)."""
    verifiers = {new_verifier() for _ in range(100)}
    assert len(verifiers) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier) for verifier in verifiers)
