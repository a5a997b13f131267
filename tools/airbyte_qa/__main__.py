"""``make qa``: Airbyte's own checks of a connector, in a copy of this tree; with ``--image``, those of the image.

Exit status: 0 when every check passed but those that ``docs/registry.md`` explains, 1 when another one failed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from tools.airbyte_qa import operations, standard_tests
from tools.airbyte_qa.copied import ROOT, copy_to

FOLDER = ROOT / ".tmp" / "qa"

Part = tuple[str, Callable[[], list[str]]]


def main(arguments: list[str]) -> int:
    """Run the checks of the tree, or those of an image; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.airbyte_qa", description="Airbyte's own checks of a connector."
    )
    parser.add_argument("--image", help="check this image instead of the tree")
    image = parser.parse_args(arguments).image
    connector = copy_to(FOLDER / ("image" if image else "tree"))
    parts: list[Part] = (
        [("airbyte-cdk image test", lambda: standard_tests.image_test(connector, image))]
        if image
        else [("airbyte-cdk connector test", lambda: standard_tests.connector_test(connector))]
    )
    if operations.PYTHONS[0] <= sys.version_info < operations.PYTHONS[1]:
        parts.append(_operations(connector, image))
    else:
        print("SKIPPED: airbyte-ops, which runs on Python 3.11 and 3.12 only")
    return run(parts)


def _operations(connector: Path, image: str | None) -> Part:
    python = operations.install(Path(sys.prefix) / "airbyte-ops")
    if image:
        title = "airbyte-ops registry connector-version artifacts generate"
        return title, lambda: operations.artifacts(python, connector, image)
    return "airbyte-ops local connector qa", lambda: operations.qa(python, connector)


def run(parts: list[Part]) -> int:
    """Run the parts, print what each found, and return the exit status."""
    failed = False
    for title, part in parts:
        print(title, flush=True)
        problems = part()
        for problem in problems:
            print(f"  FAILED {problem}")
        failed = failed or bool(problems)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
