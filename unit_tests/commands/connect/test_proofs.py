"""Texts that nobody can guess, and PKCE as RFC 7636 defines it."""

from __future__ import annotations

import re

from source_xero_gl.commands.connect.proofs import challenge, new_proof, same


def test_the_challenge_of_the_standards_example() -> None:
    """The example of RFC 7636, appendix B."""
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_verifier_has_the_standards_form() -> None:
    """A verifier has 43 to 128 unreserved characters, and no two are alike (RFC 7636, section 4.1)."""
    verifiers = {new_proof() for _ in range(100)}
    assert len(verifiers) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier) for verifier in verifiers)


def test_texts_are_compared_whatever_was_sent() -> None:
    """Only the very text is the same, and what a browser may send besides is another one and no failure."""
    assert same("key", "key")
    assert not any(same(given, "key") for given in ("", "ke", "keyy", "K\u00eby", "\ud800"))
