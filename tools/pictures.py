"""Make the README's pictures anew: ``python -m tools.pictures`` runs the demo, and draws its output and the page that it makes.

The page needs Chromium: ``.ci/with-packages.sh chromium .venv/bin/python -m tools.pictures``. Without it that picture stays.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
TERMINAL, PAGE = PICTURES / "demo.svg", PICTURES / "ledger.png"

_COLUMNS = 118
_WINDOW = "1280,900"
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_HIDDEN = re.compile(r"^(Xero has replaced the refresh token|   +\d+ s  ).*\n", re.MULTILINE)
"""What says where this machine keeps its files, and how slow it is."""
_ROWS = re.compile(r"((?:^   \w+ +[\d,]+ +[\d,]+\n){3})(?:^   \w+ +[\d,]+ +[\d,]+\n)+(?=^   -)", re.MULTILINE)
"""Rows of the tables of streams: three are enough for a picture."""
_TITLES = re.compile(r"^(?! |\$|-)\S.*$")


def main() -> int:
    """Draw both pictures, or one of them from what is there; return the exit status."""
    options = _options()
    if options.output is None:
        done = subprocess.run([sys.executable, "-m", "demo"], cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.stderr.write(done.stdout + done.stderr)
            return done.returncode
        output = done.stdout
    else:
        output = options.output.read_text(encoding="utf-8")
    PICTURES.mkdir(exist_ok=True)
    TERMINAL.write_text(terminal(output), encoding="utf-8")
    if options.page.exists() and (chromium := shutil.which("chromium")):
        screenshot(options.page, chromium)
    return 0


def terminal(output: str) -> str:
    """Draw the output of ``make demo`` as a terminal shows it, without a font that is fetched from elsewhere."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), color_system="truecolor", force_terminal=True)
    console.print(Text("$ make demo", "bold green"))
    for line in _ROWS.sub(r"\1   …\n", _HIDDEN.sub("", output)).splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        for part in textwrap.wrap(line, _COLUMNS, subsequent_indent=indent, break_on_hyphens=False) or [""]:
            console.print(Text(part, _style(line)))
    return _FONT_FACE.sub("", console.export_svg(title="make demo"))


def _style(line: str) -> str:
    if line.startswith("$ "):
        return "bold green"
    return "bold" if _TITLES.match(line) else ""


def screenshot(page: Path, chromium: str) -> None:
    """Draw the first screen of a page in the light scheme."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                chromium, "--headless", "--no-sandbox", "--hide-scrollbars", "--disable-gpu", f"--user-data-dir={profile}",
                f"--window-size={_WINDOW}", f"--screenshot={PAGE}", page.resolve().as_uri(),
            ],
            check=True, capture_output=True,
        )  # fmt: skip


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.pictures", description=__doc__)
    parser.add_argument("--output", type=Path, help="what make demo has printed; without it, the demo runs")
    page = ROOT / "build" / "demo" / "with-journals" / "ledger.html"
    parser.add_argument("--page", type=Path, default=page, help="the page; default: the one that the demo has made")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
