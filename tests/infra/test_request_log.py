"""The log of `make run` on a terminal."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest

from chalicelib.http import log
from infra import request_log

REQUEST = {
    "request_id": "abc",
    "account": 1,
    "key": "1-x",
    "method": "GET",
    "route": "/health",
    "status": 200,
    "ms": 3.14,
}
Output = Callable[[bool], io.StringIO]


class Terminal(io.StringIO):
    """A file that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch) -> Iterator[Output]:
    """Return a function that lets the log go to a file, which may be a terminal, as `make run` does."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    logger = logging.getLogger(request_log.LOGGER)
    before = logger.handlers[:]

    def install(is_terminal: bool) -> io.StringIO:
        file = Terminal() if is_terminal else io.StringIO()
        handler = logging.StreamHandler(file)
        logger.handlers = [handler]
        request_log.install(file)
        return file

    yield install
    logger.handlers = before


def test_a_terminal_gets_status_duration_method_path_and_request_id_in_colours(output: Output) -> None:
    file = output(True)
    log.write_line(**REQUEST)
    assert file.getvalue() == "\x1b[32m200\x1b[0m     3.1 ms  GET    /health  \x1b[2mabc\x1b[0m\n"


def test_a_line_names_the_tools_that_an_agent_called(output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    file = output(True)
    log.write_line(**REQUEST | {"method": "POST", "route": "/mcp", "tools": ["get_context", "undo"]})
    assert file.getvalue() == "200     3.1 ms  POST   /mcp get_context undo  abc\n"


@pytest.mark.parametrize(("status", "colour"), [(201, "32"), (304, "36"), (404, "33"), (503, "31")])
def test_the_colour_shows_the_kind_of_status(output: Output, status: int, colour: str) -> None:
    file = output(True)
    log.write_line(**REQUEST | {"status": status})
    assert file.getvalue().startswith(f"\x1b[{colour}m{status}\x1b[0m")


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_can_be_turned_off(output: Output, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    file = output(True)
    log.write_line(**REQUEST)
    assert file.getvalue() == "200     3.1 ms  GET    /health  abc\n"


def test_what_is_no_terminal_gets_json(output: Output) -> None:
    file = output(False)
    log.write_line(**REQUEST)
    assert json.loads(file.getvalue()) == REQUEST


def test_no_field_can_control_the_terminal(output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    file = output(True)
    log.write_line(request_id="\x1b[2J", method="\x9b", path="/a\nb\u202e", status=404)
    assert file.getvalue() == "404             \\u009b /a\\u000ab\\u202e  \\u001b[2J\n"


def test_a_traceback_keeps_its_lines_and_nothing_else(output: Output) -> None:
    file = output(True)
    try:
        raise ValueError("\x1b[2J")
    except ValueError:
        log.write_exception("abc")
    lines = file.getvalue().splitlines()
    assert lines[0].endswith("Traceback (most recent call last):")
    assert lines[-1] == "ValueError: \\u001b[2J\x1b[0m  \x1b[2mabc\x1b[0m"


def test_another_line_shows_its_fields(output: Output) -> None:
    file = output(True)
    log.write_line(request_id="abc", work="ring_alarms", sent=2)
    assert file.getvalue() == "work=ring_alarms sent=2  \x1b[2mabc\x1b[0m\n"
