"""`make run`: serve the whole API on this machine, with a store of its own, to try it out or to build clients."""

import argparse
import os
import shlex
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from chalice.local import LocalDevServer

from infra import change_stream, data_folder, local_api, request_log, schedule, store, terminal
from infra.data_folder import StartupError
from infra.durable_store import SaveError


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until Ctrl-C or SIGTERM. If the server cannot start or save, print why in one line and exit with 1."""
    parser = argparse.ArgumentParser(prog="python -m infra.serve", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8000, help="The port of the API on 127.0.0.1. 0 chooses a free port."
    )
    parser.add_argument("--data", type=Path, default=Path(".local"), help="The folder in which the store is saved.")
    parser.add_argument(
        "--without-plan", action="store_true", help="Leave the plan of the example company out of a new demo account."
    )
    options = parser.parse_args(arguments)
    try:
        _serve(options.port, options.data.absolute(), with_plan=not options.without_plan)
    except StartupError as error:
        terminal.fail(f"The server cannot start. {error}")
    except SaveError as error:
        terminal.fail(f"The server could not save everything. {error}")


def _serve(port: int, folder: Path, *, with_plan: bool) -> None:
    with ExitStack() as stack:
        stack.enter_context(data_folder.lock(folder))
        embedded = store.EmbeddedStore(folder)
        os.environ.update(embedded.environment | embedded.mail_environment)
        server = _listen(port)
        stack.callback(server.server.server_close)
        _stop_on_signals(server)  # a signal that arrives before serve_forever ends serve_forever at once
        _start(embedded)
        stack.callback(embedded.stop)
        _report_in_health(embedded)
        url = f"http://127.0.0.1:{server.server.server_address[1]}"
        _set_public_url(url)
        credentials = _prepare_table(folder, with_plan=with_plan)
        server_file = data_folder.write_server_file(folder, url, _client_environment(embedded), credentials)
        _print_welcome(url, server_file, credentials[0])
        stack.enter_context(_running_functions(embedded))
        server.server.serve_forever()
        print(f"Stopping. A snapshot is being saved to {folder}.", flush=True)


def _listen(port: int) -> LocalDevServer:
    """Return the server of the API, with a log that people can read if it goes to a terminal."""
    server = local_api.listen(port)
    request_log.install(sys.stderr)
    return server


def _report_in_health(embedded: store.EmbeddedStore) -> None:
    """Let /health answer 503 while the store refuses writes."""
    from chalicelib.routes import health

    health.CHECKS.append(lambda: embedded.is_writable)


def _start(embedded: store.EmbeddedStore) -> None:
    """Start the store. It keeps the stream records about rows whose changes are in the feed, and about its entries."""
    from chalicelib import config
    from chalicelib.domain.changes import kinds
    from chalicelib.storage.new_entries import FEED_ENTRY

    embedded.stream.follow(config.TABLE_NAME, [*kinds.KINDS, FEED_ENTRY])
    embedded.start()


def _keeps_history() -> bool:
    from chalicelib import config

    return config.HISTORY_DAYS > 0


@contextmanager
def _running_functions(embedded: store.EmbeddedStore) -> Iterator[None]:
    """Run the functions that no request calls while the block runs."""
    with ExitStack() as stack:
        stack.enter_context(schedule.running())
        if _keeps_history():
            stack.enter_context(change_stream.running(embedded.stream))
        yield


def _set_public_url(url: str) -> None:
    """Let the links in mails lead to this server, unless the environment names another address for it.

    The address is known only after the app was imported, because the port may be chosen when it is bound.
    """
    from chalicelib import config

    config.PUBLIC_URL = config.PUBLIC_URL or url


def _prepare_table(folder: Path, *, with_plan: bool) -> list[dict[str, Any]]:
    """Create the table and the demo account if they do not exist yet. Return the credentials of the demo account."""
    from chalicelib.domain.accounts import accounts, users
    from chalicelib.mail import sending
    from chalicelib.storage import table
    from infra import demo

    table.create_table()
    sending.verify_sender()
    account = next(accounts.list_accounts(), None)
    credentials = data_folder.read_credentials(folder) if account else demo.create_demo_account(with_plan=with_plan)
    table.set_stream(_keeps_history())  # after the demo account: users would wait until its plan has been recorded
    if account and not credentials:  # the store has only hashes of the secrets, so a lost file needs a new credential
        admin = next(user for user in users.list_users(account.id) if user.role == "admin")
        credentials = [demo.create_credential(admin)]
    return credentials


def _client_environment(embedded: store.EmbeddedStore) -> dict[str, str]:
    """Return the environment variables with which another program reaches the same table."""
    from chalicelib import config

    return embedded.environment | {"TABLE_NAME": config.TABLE_NAME}


def _print_welcome(url: str, server_file: Path, credential: dict[str, Any]) -> None:
    key = shlex.quote(f"{credential['key']}:{credential['secret']}")
    terminal.show(f"""\
The API is running at {url}. Press Ctrl-C to stop it.
The pages of OGSM canvases are at {url}/ogsm, the reference at {url}/docs,
the page for credentials at {url}/settings/api.
All credentials and settings are in {server_file}. Paste this into another terminal:

export KEY={key} API={url}/api
curl -u $KEY $API/v2/actions.json
""")


def _stop_on_signals(server: LocalDevServer) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        # shutdown waits until serve_forever has ended. On the main thread it would wait for itself.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


if __name__ == "__main__":
    main()
