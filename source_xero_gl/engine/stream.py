"""A stream is a declaration: what it is called, where it comes from, how it is keyed and read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, ClassVar

from airbyte_cdk.sources.utils.schema_helpers import ResourceSchemaLoader

from source_xero_gl.readers.batch import Fetch, Object, Params, Reader
from source_xero_gl.readers.state import TENANT_KEY
from source_xero_gl.xero.client import Page, XeroClient
from source_xero_gl.xero.gate import Caller

PACKAGE = "source_xero_gl"


class XeroStream:
    """A stream of Xero's objects, one record for each.

    Attributes:
        name: snake case, plural; the schema is ``schemas/<name>.json``.
        path: of the endpoint, below ``/api.xro/2.0/``.
        key: fields that with TenantID make the primary key; Xero's ID of an object is the first.
        reader: how the list is read.
        params: of every query.
        fixed_pages: Xero pages the list by a hundred; its description knows no ``pageSize`` for it, so none is sent.
        switch: place of the setting that must be on for the stream to be offered, such as ``journals.include``; None: always.
    """

    name: ClassVar[str]
    path: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    reader: ClassVar[Reader]
    params: ClassVar[Mapping[str, str | int]] = {}
    fixed_pages: ClassVar[bool] = False
    switch: ClassVar[str | None] = None

    @property
    def parent(self) -> XeroStream:
        """The stream of the objects that the records are made of: this one, but for a flat table."""
        return self

    @property
    def records_key(self) -> str:
        """Key of the list in the answer: mostly the name of the endpoint."""
        return self.path

    @property
    def primary_key(self) -> list[str]:
        """The primary key."""
        return [TENANT_KEY, *self.key]

    @property
    def cursor_field(self) -> str | None:
        """The field by which the stream is incremental; None for a full refresh each time."""
        return self.parent.reader.cursor_field

    @cached_property
    def schema(self) -> Mapping[str, Any]:
        """The JSON schema, its references resolved.

        Raises:
            OSError: there is no such file in ``schemas/``.
        """
        return ResourceSchemaLoader(PACKAGE).get_schema(self.name)

    def fetch_with(self, client: XeroClient, waits: Callable[[float], None] = lambda _: None) -> Fetch:
        """Return what reads pages of the stream's list; ``waits`` is told the seconds of a long wait for Xero's limits."""

        def fetch(
            params: Params,
            modified_since: int | None = None,
            withdrawn: threading.Event | None = None,
            below: str = "",
        ) -> Page:
            caller = Caller(withdrawn or threading.Event(), waits)
            query = {**self.params, **params}
            if self.fixed_pages:
                query.pop("pageSize", None)
            return client.page(self.path + below, self.records_key, query, modified_since, caller)

        return fetch

    def records(self, found: Object) -> Iterable[Object]:
        """Return the records that an object becomes, without the TenantID."""
        return (found,)
