"""Importing Airbyte's CDK, PyAirbyte or dbt takes seconds, and looking for garbage an eighth of the rest: less of both."""

from __future__ import annotations

import ast
import functools
import gc
from collections.abc import Iterator
from contextlib import contextmanager

COLLECT_AFTER = 50_000
"""Objects that may be new before the collector looks at them; a page of journals has a few thousand."""


@contextmanager
def quick_imports() -> Iterator[None]:
    """Import for the time of the block without looking for garbage, and without parsing a source text twice.

    Nothing that an import makes is garbage. The serializers of Airbyte's messages look at the source of each message class when
    they are imported. Before Python 3.13 each look parses the whole module again, which is a fifth of the time that all imports
    take.
    """
    parse = ast.parse
    ast.parse = functools.cache(parse)  # type: ignore[assignment]  # it is called in the same ways
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        ast.parse = parse


def spare_the_collector() -> None:
    """Look for garbage less often: pages of Xero and projects of dbt are trees, which go without it."""
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    gc.enable()
