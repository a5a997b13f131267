"""Importing Airbyte's CDK and PyAirbyte takes seconds; here it takes fewer."""

from __future__ import annotations

import ast
import functools
import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
