"""Where a sync keeps rotated tokens, and how it knows that it could not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from source_xero_gl.commands.sync.kept_config import KeptConfig


@pytest.mark.parametrize(("in_file", "unkept"), [("refresh-0", True), ("refresh-1", False), ("of-another-sync", False)])
def test_a_token_that_the_connector_could_not_write_is_noticed(tmp_path: Path, in_file: str, *, unkept: bool) -> None:
    """The file of a shared sign-in still has the spent token; with a newer one, of whatever sync, nothing is lost."""
    tokens, path = tmp_path / "sign-in.tokens.json", tmp_path / "config.json"
    tokens.write_text(json.dumps({"refresh_token": "refresh-0"}), encoding="utf-8")
    path.write_text(json.dumps({"credentials": {"token_file": tokens.name}}), encoding="utf-8")
    config = KeptConfig.from_file(path)
    tokens.write_text(json.dumps({"refresh_token": in_file}), encoding="utf-8")
    config.keep({"refresh_token": "refresh-1"})
    assert config.unkept is unkept
    assert config.settings["credentials"]["refresh_token"] == "refresh-1"
