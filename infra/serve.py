"""`make run`: serve the whole API on this machine, with a store of its own, to try it out or to build clients."""

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
SERVER_FILE = "server.json"  # in the data folder


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until Ctrl-C or SIGTERM. If the server cannot start, print the reason in one line and exit with 1."""
    parser = argparse.ArgumentParser(prog="python -m infra.serve", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8000, help="The port of the API on 127.0.0.1. 0 chooses a free port."
    )
    parser.add_argument("--data", type=Path, default=Path(".local"), help="The folder in which the store is saved.")
    options = parser.parse_args(arguments)
    try:
        _serve(options.port, options.data.absolute())
    except store.StartupError as error:
        sys.exit(f"The server cannot start. {error}")


def _serve(port: int, folder: Path) -> None:
    with ExitStack() as stack:
        stack.enter_context(store.lock_data_folder(folder))
        embedded = store.EmbeddedStore(folder)
        os.environ.update(embedded.environment | embedded.mail_environment)
        server = listen(port)
        stack.callback(server.server.server_close)
        _stop_on_signals(server)  # a signal that arrives before serve_forever ends serve_forever at once
        embedded.start()
        stack.callback(embedded.stop)
        url = f"http://127.0.0.1:{server.server.server_address[1]}"
        server_file = folder / SERVER_FILE
        credentials = _prepare_table(server_file)
        _write_server_file(server_file, url, embedded.environment, credentials)
        _print_welcome(url, server_file, credentials[0])
        stack.enter_context(schedule.running())
        server.server.serve_forever()
        print(f"Stopping. All data is being saved to {folder}.", flush=True)


def listen(port: int) -> LocalDevServer:
    """Return the server of the API, bound to a port of this machine but not serving yet. Raises store.StartupError."""
    # Chalice copies the stage's environment variables into os.environ before it imports app.py.
    factory = CLIFactory(str(PROJECT), environ=os.environ)
    config = factory.create_config_obj(chalice_stage_name=STAGE)
    app = config.chalice_app
    from chalicelib.http import local_server

    local_server.install()
    try:
        return create_local_server(app, config, "127.0.0.1", port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", "there is no such port")
        raise store.StartupError(f"Port {port} on 127.0.0.1 cannot be used: {reason}.") from None


def _prepare_table(server_file: Path) -> list[dict[str, Any]]:
    """Create the table and the demo account if they do not exist yet. Return the credentials of the demo account."""
    from chalicelib.domain.accounts import accounts, users
    from chalicelib.mail import sending
    from chalicelib.storage import table
    from infra import demo

    table.create_table()
    sending.verify_sender()
    account = next(accounts.list_accounts(), None)
    if account is None:
        return demo.create_demo_account()
    credentials = _read_credentials(server_file)
    if not credentials:  # the store has only hashes of the secrets, so a lost file needs a new credential
        admin = next(user for user in users.list_users(account.id) if user.role == "admin")
        credentials = [demo.create_credential(admin)]
    return credentials


def _read_credentials(server_file: Path) -> list[dict[str, Any]]:
    """Return the credentials in the file of the last run, or none if the file is missing or damaged."""
    try:
        credentials: list[dict[str, Any]] = json.loads(server_file.read_text())["credentials"]
    except (OSError, ValueError, LookupError, TypeError):
        return []
    return credentials


def _write_server_file(
    server_file: Path, url: str, environment: dict[str, str], credentials: list[dict[str, Any]]
) -> None:
    """Write how other programs reach the API and its table. Only the owner of the file can read the secrets in it."""
    from chalicelib import config

    content = {"api": url, "env": environment | {"TABLE_NAME": config.TABLE_NAME}, "credentials": credentials}
    new_file = server_file.with_suffix(".new")
    new_file.unlink(missing_ok=True)
    with os.fdopen(os.open(new_file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(json.dumps(content, indent=2) + "\n")
    new_file.replace(server_file)


def _print_welcome(url: str, server_file: Path, credential: dict[str, Any]) -> None:
    print(f"The API is running at {url}. Press Ctrl-C to stop it.")
    print(f"Credentials and settings are in {server_file}. Try this:\n")
    print(f"curl -u {credential['key']}:{credential['secret']} {url}/api/v2/actions.json\n", flush=True)


def _stop_on_signals(server: LocalDevServer) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        # shutdown waits until serve_forever has ended. On the main thread it would wait for itself.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


if __name__ == "__main__":
    main()
