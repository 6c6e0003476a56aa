"""`make run`: the whole API on this machine, store and all. For trying it out and for building clients against it."""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any

from chalice.cli.factory import CLIFactory
from chalice.local import LocalDevServer, create_local_server

from infra import schedule, store

PROJECT = Path(__file__).parent.parent
STAGE = "dev"


def main(arguments: Sequence[str] | None = None) -> None:
    """Serves until Ctrl-C or SIGTERM. Whatever keeps it from starting is said in one line."""
    parser = argparse.ArgumentParser(prog="infra.serve", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="where the API listens on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--data", type=Path, default=Path(".local"), help="the folder that keeps the store")
    options = parser.parse_args(arguments)
    try:
        _serve(options.port, options.data.absolute())
    except store.Refusal as refusal:
        sys.exit(f"Cannot start: {refusal}.")


def _serve(port: int, folder: Path) -> None:
    with ExitStack() as stack:
        stack.enter_context(store.claimed(folder))
        embedded = store.Store(folder)
        os.environ.update(embedded.environment | embedded.mail_environment)
        server = listen(port)
        stack.callback(server.server.server_close)
        _stop_on_signals(server)  # a stop that comes before serve_forever ends it as it begins
        embedded.start()
        stack.callback(embedded.stop)
        url = f"http://127.0.0.1:{server.server.server_address[1]}"
        credentials = _prepare(folder)
        _write_card(folder, url, embedded.environment, credentials)
        _greet(url, folder, credentials[0])
        stack.enter_context(schedule.running())
        server.server.serve_forever()
        print("Stopping: everything is being written to the data folder.", flush=True)


def listen(port: int) -> LocalDevServer:
    """The API on a port of this machine, not serving yet. Raises store.Refusal."""
    # Chalice writes the stage's environment into os.environ before it imports app.py.
    factory = CLIFactory(str(PROJECT), environ=os.environ)
    config = factory.create_config_obj(chalice_stage_name=STAGE)
    app = config.chalice_app
    from chalicelib.http import local_server

    local_server.install()
    try:
        return create_local_server(app, config, "127.0.0.1", port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", "there is no such port")
        raise store.Refusal(f"port {port} on 127.0.0.1 cannot be used: {reason}") from None


def _prepare(folder: Path) -> list[dict[str, Any]]:
    """The demo's credentials: made anew with the store, else those of the last run."""
    from chalicelib.domain.accounts import accounts, users
    from chalicelib.mail import sending
    from chalicelib.storage import table
    from infra import demo

    table.create_table()
    sending.verify_sender()
    account = next(accounts.list_accounts(), None)
    if account is None:
        return demo.create()
    card = folder / "server.json"
    try:
        known: list[dict[str, Any]] = json.loads(card.read_text())["credentials"]
    except (OSError, ValueError, LookupError, TypeError):  # the card is gone, and secrets cannot be read back
        known = []
    admin = next(user for user in users.list_users(account.id) if user.role == "admin")
    return known or [demo.credential_of(admin)]


def _write_card(folder: Path, url: str, environment: dict[str, str], credentials: list[dict[str, Any]]) -> None:
    """server.json, for other processes: how to reach the API and its table. Only its owner may read the secrets."""
    card = folder / "server.json"
    text = json.dumps({"api": url, "env": environment | _table(), "credentials": credentials}, indent=2)
    fresh = card.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text + "\n")
    fresh.replace(card)


def _table() -> dict[str, str]:
    from chalicelib import config

    return {"TABLE_NAME": config.TABLE_NAME}


def _greet(url: str, folder: Path, credential: dict[str, Any]) -> None:
    print(f"The API is at {url}; credentials and settings are in {folder / 'server.json'}. Ctrl-C stops it. Try:\n")
    print(f"curl -u {credential['key']}:{credential['secret']} {url}/api/v2/actions.json\n", flush=True)


def _stop_on_signals(server: LocalDevServer) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()  # from this thread it would wait for itself

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


if __name__ == "__main__":
    main()
