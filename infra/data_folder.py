"""The data folder of the local server: its lock, the data file and the log of the store, and server.json."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LOCK_FILE = "lock"
SERVER_FILE = "server.json"
STATE_FILE = "dynamodb.json"  # the last snapshot, as ministack writes it
LOG_FILE = "dynamodb.log"  # the writes since then
STATE_FORMAT = 2  # the format of that file in this version of ministack


class StartupError(Exception):
    """The local server cannot start. The message says why, in full sentences on one line."""


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Create the data folder if necessary, and keep other servers from using it while the block runs.

    Raises StartupError if the folder cannot be used, if another server uses it, or if the data is damaged.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock_file = (folder / LOCK_FILE).open("w")
    except OSError as error:
        raise StartupError(f"The data folder {folder} cannot be used: {error.strerror}.") from None
    with lock_file:
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StartupError(
                f"The data folder {folder} is in use by another server. Stop that server or choose another folder."
            ) from None
        _require_readable(folder / STATE_FILE)
        yield


def _require_readable(state_file: Path) -> None:
    """Raise StartupError if the file is damaged. ministack would take a damaged file for an empty store."""
    if not state_file.exists():
        return
    try:
        state = json.loads(state_file.read_bytes())
        readable = state["__ministack_format__"] == STATE_FORMAT and all(state["payload"]["tables"]["data"].values())
    except (AttributeError, OSError, ValueError, LookupError, TypeError):
        readable = False
    if not readable:
        raise StartupError(
            f"The data file {state_file} is damaged or has another format. Move it and {LOG_FILE} away to start with "
            "an empty store."
        )


def read_credentials(folder: Path) -> list[dict[str, Any]]:
    """Return the credentials in server.json of the last run, or none if the file is missing or damaged."""
    try:
        credentials: list[dict[str, Any]] = json.loads((folder / SERVER_FILE).read_text())["credentials"]
    except (OSError, ValueError, LookupError, TypeError):
        return []
    return credentials


def write_server_file(folder: Path, url: str, environment: dict[str, str], credentials: list[dict[str, Any]]) -> Path:
    """Write server.json, which tells other programs how to reach the API and its table. Return its path.

    Only the owner of the file can read it, because it contains secrets.
    """
    server_file = folder / SERVER_FILE
    new_file = server_file.with_suffix(".new")
    new_file.unlink(missing_ok=True)
    content = {"api": url, "env": environment, "credentials": credentials}
    with os.fdopen(os.open(new_file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(json.dumps(content, indent=2) + "\n")
    new_file.replace(server_file)
    return server_file
