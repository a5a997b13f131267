"""Whether a stream may go on from the state that the platform hands it."""

from __future__ import annotations

from airbyte_cdk.sources.streams import NO_CURSOR_STATE_KEY

from source_xero_gl.readers.batch import State
from source_xero_gl.readers.errors import unreadable
from source_xero_gl.readers.state import TENANT_KEY, VERSION, VERSION_KEY
from source_xero_gl.xero.errors import CONFIG, Kind, XeroError
from source_xero_gl.xero.tenants import same_tenant

NO_CURSOR_STATE = {NO_CURSOR_STATE_KEY: True}
"""The state of a stream that is read whole each time; the platform expects one of every stream."""

_ENGINE_PREFIX = "__ab"
"""Keys of the CDK, in states of streams without a cursor."""


def accept_state(state: State, stream: str, cursor_field: str | None, tenant_id: str) -> State | None:
    """Return a state that this organisation can go on from, with its tenant ID as spelled now; None to begin.

    Raises:
        XeroError: config, when the state is of another organisation, of another version, or none of ours.
    """
    if cursor_field is None or all(key.startswith(_ENGINE_PREFIX) for key in state):
        return None
    # A tenant ID is a GUID, and a setting may have been typed in upper or lower case.
    if not same_tenant(state.get(TENANT_KEY, tenant_id), tenant_id):
        raise XeroError(
            CONFIG,
            f"The state of {stream} belongs to another organisation than the one that is read now. Use one connection for each "
            "organisation, or clear the stream's data and state to begin with this one.",
            kind=Kind.OTHER_ORGANISATION,
        )
    if state.get(VERSION_KEY, VERSION) != VERSION:
        raise XeroError(
            CONFIG, f"The state of {stream} was written by another version of this connector. Update the connector."
        )
    if cursor_field not in state:
        raise unreadable(cursor_field).named(stream)
    return {**state, TENANT_KEY: tenant_id} if TENANT_KEY in state else state
