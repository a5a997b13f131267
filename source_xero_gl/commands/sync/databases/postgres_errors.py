"""Errors of PostgreSQL as sentences, without the rows and the SQL that PostgreSQL quotes."""

from __future__ import annotations

import psycopg

from source_xero_gl.commands.sync.databases.base import chain

LOST = (
    "The connection to PostgreSQL was lost, or the server was restarted. What was received is kept: "
    "run the same command again."
)
_GONE = ("57P01", "57P02", "57P03", "25P03", "57P05")
"""The server was shut down, has crashed or is starting, or has ended the session."""

_SENTENCES = {
    "42501": "The user may not do that in PostgreSQL: {said}. Its owner can allow it: GRANT CREATE ON DATABASE …, "
    "and GRANT CREATE ON SCHEMA public, to the user.",
    "53100": "The disk of PostgreSQL is full. What was received is kept: make room, and run the same command again.",
    "25006": "PostgreSQL only allows reading there: {said}. Name the primary server, not a replica.",
}


def sentence(error: BaseException) -> str | None:
    """Return a sentence about the error of PostgreSQL behind an exception; None when there is none."""
    for found in chain(error):
        if isinstance(found, psycopg.Error):
            return _sentence(found)
    return None


def _sentence(error: psycopg.Error) -> str:
    state, said = error.sqlstate or "", error.diag.message_primary or ""
    if state in _GONE or state.startswith("08") or (not state and isinstance(error, psycopg.OperationalError)):
        return LOST
    if state.startswith("22"):  # the message quotes the value
        return f"PostgreSQL refuses a value that Xero has sent ({type(error).__name__}, {state})."
    return _SENTENCES.get(state, "PostgreSQL says: {said} ({state}).").format(said=said, state=state)


def why_not_connected(error: psycopg.Error) -> str:
    """Return why there is no connection, in libpq's words. They name host, port, user and database, never the password."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines).rstrip(".")
