"""Where rotated tokens go is the config file, unless a file of their own is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from source_xero_gl.commands.sync.kept_config import KeptConfig

GIVEN = {"credentials": {"client_id": "app", "refresh_token": "first"}}


@pytest.mark.parametrize(("named", "kept"), [("", "second"), ("tokens.json", "first")], ids=["config", "token file"])
def test_config_file_is_not_written_where_tokens_have_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, kept: str
) -> None:
    """With XERO_TOKEN_FILE the config stays as it is: others that share the sign-in know the token file by its token."""
    monkeypatch.setenv("XERO_TOKEN_FILE", named and str(tmp_path / named))
    path = tmp_path / "config.json"
    path.write_text(json.dumps(GIVEN), encoding="utf-8")
    config = KeptConfig.from_file(path)
    config.keep({"refresh_token": "second"})
    assert config.settings["credentials"]["refresh_token"] == "second"
    assert json.loads(path.read_text(encoding="utf-8"))["credentials"]["refresh_token"] == kept
    assert not config.unkept
