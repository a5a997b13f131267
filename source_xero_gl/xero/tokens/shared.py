"""A sign-in that several configs share: its tokens are in a file of their own beside the configs, and each config names it.

The entry ``credentials.token_file`` takes the place of the tokens in a config file. It is understood where a config file is
read, and nowhere else: a platform knows no such file, so each of its connections has a sign-in of its own.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from source_xero_gl.xero.errors import CONFIG, XeroError
from source_xero_gl.xero.tokens.file import TokenFile

FILE_KEY = "token_file"
"""Key in ``credentials``: the name of a file in the folder of the config."""

SUFFIX = ".tokens.json"
"""How the names of such files end, so that nobody takes one for a config."""

TOKENS = ("refresh_token", "access_token", "token_expiry_date")
"""Keys of ``credentials`` that change with each renewal."""

_SECTION = "credentials"
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


def shared_file(config: Mapping[str, Any], config_path: Path) -> Path | None:
    """Return the token file that a config names; None where the config has its tokens itself.

    Raises:
        XeroError: config, when it names something else than a token file in its own folder.
    """
    credentials = config.get(_SECTION)
    if not isinstance(credentials, Mapping) or FILE_KEY not in credentials:
        return None
    name = credentials[FILE_KEY]
    # A name alone: whoever may edit a config must not choose any file of the machine to be read and written.
    if not isinstance(name, str) or not _NAME.fullmatch(name) or not name.endswith(SUFFIX):
        raise XeroError(
            CONFIG,
            f"credentials.token_file must be the name of a file in the folder of the config, which ends in {SUFFIX}; correct it.",
        )
    return Path(os.path.realpath(config_path)).with_name(name)


def shared_file_of(config_path: Path) -> Path | None:
    """Return the token file that the config in a file names; None where it names none, or cannot be read."""
    try:
        config = json.loads(config_path.read_bytes())
    except (OSError, ValueError):
        return None
    return shared_file(config, config_path) if isinstance(config, dict) else None


def tokens_kept_in(config: Mapping[str, Any], config_path: Path, environ: Mapping[str, str]) -> Path | None:
    """Return the file with the tokens of a config that shares a sign-in; None for one that has its tokens itself.

    The file that XERO_TOKEN_FILE names takes the place of the one that the config names.
    """
    path, instead = shared_file(config, config_path), environ.get("XERO_TOKEN_FILE", "").strip()
    return Path(instead) if path and instead else path


def with_tokens(
    config: MutableMapping[str, Any], config_path: Path, environ: Mapping[str, str]
) -> MutableMapping[str, Any]:
    """Return a config with the tokens of the sign-in that it shares; as it is, where it has its tokens itself.

    Raises:
        XeroError: config, when there are no tokens in the file.
    """
    path = tokens_kept_in(config, config_path, environ)
    if path is None:
        return config
    stored = TokenFile(path).read()
    if not stored.get("refresh_token"):
        raise XeroError(
            CONFIG,
            f"The config shares a sign-in, but there is no refresh token in {path}. Put the file back, or connect to Xero again "
            "with --folder. A platform needs a config with a refresh token of its own: connect without --folder for it.",
        )
    own = {name: value for name, value in config[_SECTION].items() if name not in (FILE_KEY, *TOKENS)}
    return {**config, _SECTION: {**own, **{name: stored[name] for name in TOKENS if name in stored}}}
