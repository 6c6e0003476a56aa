"""`make run` as a process of its own: server.json, what survives its end, and its errors at startup."""

import json
import os
import pty
import re
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra import serve, store
from infra.testing.processes import PROJECT, Running, end, environment, run, running_server

pytestmark = pytest.mark.slow
NIGHTLY = pytest.mark.nightly

ACTIONS = "/api/v2/actions.json"
LAST = "the last change"
LISTENING = "0A"  # as /proc/net/tcp writes the state of a socket
DAMAGED = {
    "empty": b"",
    "half a file": b'{"__ministack_format__": 2, "payload": {"tab',
    "no object": b"[]",
    "no text": b"\xff\xfe\x00",
    "no tables": b'{"__ministack_format__": 2, "payload": {}}',
    "tables that are none": b'{"__ministack_format__": 2, "payload": {"tables": null}}',
    "a newer format": b'{"__ministack_format__": 99, "payload": {"tables": {}}}',
}


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Start one server for the tests that change nothing."""
    with running_server(tmp_path_factory.mktemp("serving") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """Start and stop another server."""
    with running_server(tmp_path_factory.mktemp("stopped") / "data") as running:
        pass
    return running


@pytest.fixture
def data(stopped: Running, tmp_path: Path) -> Path:
    """A copy of the data folder of a server that has run."""
    return Path(shutil.copytree(stopped.data, tmp_path / "data"))


def test_server_json_has_the_settings_for_the_api_and_its_table(serving: Running) -> None:
    assert list(serving.server_file) == ["api", "env", "credentials"]
    assert list(serving.server_file["env"]) == [
        "AWS_ENDPOINT_URL_DYNAMODB",
        "AWS_DEFAULT_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "TABLE_NAME",
    ]


def test_server_json_lists_an_admin_a_member_and_a_reader_of_the_demo_account(serving: Running) -> None:
    credentials = serving.server_file["credentials"]
    for credential in credentials:
        assert list(credential) == ["account", "user", "role", "scope", "key", "secret"]
    admin, member, reader = credentials
    assert [(one["account"], one["role"], one["scope"]) for one in credentials] == [
        (1, "admin", "write"),
        (1, "member", "write"),
        (1, "admin", "read"),
    ]
    assert admin["user"] == reader["user"] != member["user"]


def test_only_its_owner_may_read_server_json(serving: Running) -> None:
    assert (serving.data / "server.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_credential_in_server_json_reads(serving: Running, number: int) -> None:
    with serving.client(number) as client:
        listed = client.get(ACTIONS)
    assert listed.status_code == 200
    assert [action["id"] for action in listed.json()] == [123]


def test_the_credential_that_may_only_read_cannot_write(serving: Running) -> None:
    with serving.client(2) as reader:
        assert reader.post(ACTIONS, json={"title": "x"}).status_code == 403
        assert len(reader.get(ACTIONS).json()) == 1


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl on this machine")
def test_the_printed_lines_can_be_pasted_and_answer_the_action_of_the_document(serving: Running) -> None:
    printed = serving.stdout.read_text().splitlines()
    (export,) = [line for line in printed if line.startswith("export KEY=")]
    (curl,) = [line for line in printed if line.startswith("curl ")]
    answer = subprocess.run(f"{export}\n{curl}", shell=True, capture_output=True, timeout=20, check=True)
    (action,) = json.loads(answer.stdout)
    assert (action["id"], action["title"]) == (123, "Action title")
    first = serving.server_file["credentials"][0]
    assert shlex.split(export)[1:] == [f"KEY={first['key']}:{first['secret']}", f"API={serving.api}/api"]


def test_the_addresses_of_the_pages_are_printed_and_answer(serving: Running) -> None:
    printed = serving.stdout.read_text()
    for path in ("/docs", "/settings/api"):
        assert f"{serving.api}{path}" in printed
        assert serving.client().get(path).status_code == 200


def test_a_log_that_goes_to_a_file_is_json(serving: Running) -> None:
    lines = [json.loads(line) for line in serving.stderr.read_text().splitlines()]
    assert {"method", "status", "ms", "request_id"} <= lines[0].keys()


def test_a_terminal_is_asked_nothing_and_gets_a_readable_log(tmp_path: Path) -> None:
    terminal, other_end = pty.openpty()
    command = [sys.executable, "-m", "infra.serve", "--port", "0", "--data", str(tmp_path / "data")]
    surroundings = environment(TERM="xterm-256color", NO_COLOR="")
    process = subprocess.Popen(
        command, cwd=PROJECT, env=surroundings, stdin=other_end, stdout=other_end, stderr=other_end
    )
    try:
        welcome = read_until(terminal, "actions.json")
        assert "\x1b" not in welcome
        [api] = re.findall(r"running at (\S+)\. ", welcome)
        httpx.get(f"{api}/health")
        line = r"\x1b\[32m200\x1b\[0m +\d+\.\d ms  GET    /health  \x1b\[2m\S+\x1b\[0m\r\n"
        assert re.search(line, read_until(terminal, "/health"))
    finally:
        end(process)
        os.close(terminal)
        os.close(other_end)


def read_until(terminal: int, text: str) -> str:
    """Return what a terminal gets until the line with a text has ended."""
    received = ""
    while text not in received or not received.endswith("\n"):
        received += os.read(terminal, 4096).decode()
    return received


def test_starting_imports_no_library_for_dialogues() -> None:
    script = "import sys, infra.serve; print({'blessed', 'inquirer', 'readchar', 'chalice.cli'} & set(sys.modules))"
    assert run([sys.executable, "-c", script]).stdout == "set()\n"


def test_infra_admin_works_on_the_same_table_with_the_environment_in_server_json(serving: Running) -> None:
    command = [sys.executable, "-m", "infra.admin", "list-accounts"]
    listed = run(command, environment(**serving.server_file["env"]))
    assert [account["name"] for account in json.loads(listed.stdout)["accounts"]] == ["Demo"]


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux lists the sockets of a process there")
def test_nothing_listens_beyond_loopback(serving: Running) -> None:
    assert _listeners(serving.process.pid) == {
        ("127.0.0.1", httpx.URL(serving.api).port),
        ("127.0.0.1", _store_port(serving)),
    }


@pytest.mark.parametrize("ending", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=NIGHTLY)])
def test_everything_written_survives_the_end(tmp_path: Path, ending: signal.Signals) -> None:
    with running_server(tmp_path / "data") as first, first.client() as client:
        written = _write(client)
        _end(first, ending, 0)
    with running_server(tmp_path / "data") as second, second.client() as client:
        assert second.server_file["credentials"] == first.server_file["credentials"]
        assert client.get(ACTIONS).json() == written
        assert client.post(ACTIONS, json={"title": "next"}).json()["id"] == written[-1]["id"] + 1


def test_a_kill_right_after_the_last_answer_loses_nothing(tmp_path: Path) -> None:
    with running_server(tmp_path / "data") as first, first.client() as client:
        written = _write(client)
        _end(first, signal.SIGKILL, -signal.SIGKILL)
    with running_server(tmp_path / "data") as second, second.client() as client:
        assert second.server_file["credentials"] == first.server_file["credentials"]
        assert client.get(ACTIONS).json() == written


def test_credentials_outlive_server_json_and_the_demo_admin_gets_a_new_one(stopped: Running, data: Path) -> None:
    (data / "server.json").unlink()
    with running_server(data) as running:
        (new,) = running.server_file["credentials"]
        assert (new["user"], new["scope"]) == (stopped.server_file["credentials"][0]["user"], "write")
        for credential in (new, *stopped.server_file["credentials"]):
            listed = httpx.get(f"{running.api}{ACTIONS}", auth=(credential["key"], credential["secret"]))
            assert listed.status_code == 200


@pytest.mark.parametrize("content", ["[]", *(pytest.param(one, marks=NIGHTLY) for one in ("", '{"credentials": []}'))])
def test_a_damaged_server_json_is_replaced(data: Path, content: str) -> None:
    (data / "server.json").write_text(content)
    with running_server(data) as running, running.client() as client:
        assert client.get(ACTIONS).status_code == 200


@pytest.mark.parametrize("port", ["70000", pytest.param("-1", marks=NIGHTLY)])
def test_an_impossible_port_is_explained_in_one_line(tmp_path: Path, port: str) -> None:
    assert port in _startup_error("--port", port, "--data", str(tmp_path / "data"))


def test_a_taken_port_is_explained_in_one_line(serving: Running, tmp_path: Path) -> None:
    port = str(httpx.URL(serving.api).port)
    assert port in _startup_error("--port", port, "--data", str(tmp_path / "data"))


def test_a_data_folder_that_is_a_file_is_explained_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    assert str(tmp_path / "data") in _startup_error("--port", "0", "--data", str(tmp_path / "data"))


def test_a_data_folder_in_use_is_explained_in_one_line_and_stays_in_use(serving: Running) -> None:
    assert "in use" in _startup_error("--port", "0", "--data", str(serving.data))
    assert json.loads((serving.data / "server.json").read_text()) == serving.server_file
    assert httpx.get(f"{serving.api}/health").status_code == 200


def test_a_damaged_data_file_is_explained_in_one_line_and_left_untouched(data: Path) -> None:
    half = _state(data).read_bytes()[:1000]
    _state(data).write_bytes(half)
    assert str(_state(data)) in _startup_error("--port", "0", "--data", str(data))
    assert _state(data).read_bytes() == half


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_never_treated_as_an_empty_store(
    tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "EmbeddedStore", _unreached)
    _state(tmp_path).write_bytes(content)
    with pytest.raises(SystemExit, match=r"^The server cannot start\. The data file .* is damaged"):
        serve.main(["--port", "0", "--data", str(tmp_path)])
    assert _state(tmp_path).read_bytes() == content


def test_a_python_that_is_too_old_is_explained_in_one_line(tmp_path: Path) -> None:
    old = tmp_path / "old"
    pretence = "import sys; sys.version_info = (3, 8, 0); sys.version = '3.8.0 (default)'; exec(sys.argv[2])"
    old.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -c "{pretence}" "$@"\n')
    old.chmod(0o755)
    shutil.copy(PROJECT / "Makefile", tmp_path)
    outcome = run(["make", "-C", str(tmp_path), ".venv/bin/python", f"PYTHON={old}"], environment(MAKEFLAGS=""))
    said = [line for line in outcome.stderr.splitlines() if not line.startswith("make")]
    assert outcome.returncode != 0
    assert said == ["Python 3.11 or newer is needed, this is 3.8.0."]
    assert not (tmp_path / ".venv").exists()


def _write(client: httpx.Client) -> list[dict[str, Any]]:
    """Create, change and delete actions, and return the actions that are left."""
    one, two, three = (client.post(ACTIONS, json={"title": f"number {number}"}).json() for number in (1, 2, 3))
    client.patch(f"/api/v2/actions/{one['id']}.json", json={"description": "Ünïcode ✓", "progress": 7})
    client.delete(f"/api/v2/actions/{two['id']}.json")
    client.patch(f"/api/v2/actions/{three['id']}.json", json={"title": LAST})
    written: list[dict[str, Any]] = client.get(ACTIONS).json()
    assert [action["title"] for action in written[-2:]] == ["number 1", LAST]
    return written


def _end(running: Running, ending: signal.Signals, code: int) -> None:
    running.process.send_signal(ending)
    assert running.process.wait(20) == code


def _startup_error(*arguments: str) -> str:
    """Start a server that cannot start, and return the line that it prints."""
    outcome = run([sys.executable, "-m", "infra.serve", *arguments])
    assert outcome.returncode == 1
    assert outcome.stdout == ""
    (line,) = outcome.stderr.splitlines()
    assert line.startswith("The server cannot start. ")
    assert line.endswith(".")
    assert not line.endswith("..")
    return line


def _unreached(folder: Path) -> None:
    raise AssertionError(f"a new store would overwrite the data in {folder}")


def _state(data: Path) -> Path:
    return data / "dynamodb.json"


def _store_port(running: Running) -> int:
    port = httpx.URL(running.server_file["env"]["AWS_ENDPOINT_URL_DYNAMODB"]).port
    assert port
    return port


def _listeners(pid: int) -> set[tuple[str, int]]:
    """Return the address and port of every listening socket of a process."""
    own = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # the file was closed after it was listed
            own.add(str(link.readlink()))
    tables = Path(f"/proc/{pid}/net").glob("tcp*")  # tcp and, unless the kernel has no IPv6, tcp6
    sockets = [line.split() for table in tables for line in table.read_text().splitlines()[1:]]
    return {_address(parts[1]) for parts in sockets if parts[3] == LISTENING and f"socket:[{parts[9]}]" in own}


def _address(written: str) -> tuple[str, int]:
    host, port = written.split(":")
    words = [int(host[at : at + 8], 16) for at in range(0, len(host), 8)]
    family = socket.AF_INET if len(words) == 1 else socket.AF_INET6
    return socket.inet_ntop(family, struct.pack(f"={len(words)}I", *words)), int(port, 16)
