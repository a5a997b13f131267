"""A state for each organisation in a cache of PyAirbyte's: PyAirbyte itself keeps one state for each table.

Imported only when PyAirbyte's environment is set: it is read once.
"""

from __future__ import annotations

from typing import ClassVar

from airbyte.caches.base import CacheBase
from airbyte.shared.state_providers import StateProviderBase, StaticInputState
from airbyte.shared.state_writers import StateWriterBase


class OrganisationStates(CacheBase):
    """The tables of all organisations, and the states of one.

    Attributes:
        tenant_id: the organisation.
        fresh: streams that are read again from their beginning: their states are not handed out.
    """

    destination: ClassVar[str]
    """States are kept by destination, source and stream; the source is the organisation."""

    tenant_id: str
    fresh: frozenset[str] = frozenset()

    def get_state_provider(
        self,
        source_name: str,
        *,
        refresh: bool = True,
        destination_name: str | None = None,
    ) -> StateProviderBase:
        """Return the states from which the organisation is read on."""
        del source_name, destination_name
        found = super().get_state_provider(self.tenant_id, refresh=refresh, destination_name=self.destination)
        names = found.known_stream_names - self.fresh
        return StaticInputState([found.get_stream_state(name) for name in sorted(names)])

    def get_state_writer(self, source_name: str, destination_name: str | None = None) -> StateWriterBase:
        """Return what keeps the states of the organisation."""
        del source_name, destination_name
        return super().get_state_writer(self.tenant_id, destination_name=self.destination)
