"""Names, titles and addresses with control characters, on the terminal, in the log and in the mails of `make run`."""

import json
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from chalicelib.control_characters import escape_control_characters, to_one_line, to_plain_lines
from chalicelib.http import log
from infra import admin, operations, smoke, store, terminal

NAME = "Eve\r\nBcc: all@evil.example\x1b[2J\x07\x9b\u202e\u2028\x7f"
SHOWN = "Eve\\r\\nBcc: all@evil.example\\u001b[2J\\u0007\\u009b\\u202e\\u2028\\u007f"
HARMLESS = "Zoë \U0001f600 \u05d0\u05d1 <b>&amp;\\u"


@pytest.mark.parametrize(
    "code", [*range(32), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F, 0x2028, 0x2029, 0x202E, 0x2066]
)
def test_every_control_character_is_escaped_as_in_json(code: int) -> None:
    escaped = escape_control_characters(f"a{chr(code)}b")
    assert escaped == f"a\\u{code:04x}b"
    assert json.loads(f'"{escaped}"') == f"a{chr(code)}b"


def test_other_text_stays_as_it_is() -> None:
    for function in (escape_control_characters, to_one_line, to_plain_lines):
        assert function(HARMLESS) == HARMLESS


def test_lines_become_blanks_or_stay_lines() -> None:
    text = "a\r\nb\u2028c\x85d\n\te"
    assert to_one_line(text) == "a b c d \te"
    assert to_plain_lines(text) == "a\nb\nc\nd\n\te"


def test_the_output_of_a_command_is_json_without_control_characters(
    acme: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    operations.create_user(acme["account"]["id"], email="eve@acme.example", first_name=NAME, last_name=HARMLESS)
    admin.main(["list-users"])
    printed = capsys.readouterr().out
    assert SHOWN in printed
    assert HARMLESS.replace("\\", "\\\\") in printed
    assert {one["first_name"] for one in json.loads(printed)["users"]} == {"Ada", NAME}


def test_the_error_of_a_command_is_one_line(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["revoke-credential", "--key", "\x1b[2J"], ["\x1b[2J"]):
        with pytest.raises(SystemExit) as failed:
            admin.main(arguments)
        shown = f"{failed.value.code} {capsys.readouterr().err}"
        assert ("\\u001b[2J" in shown or "\\x1b[2J" in shown, "\x1b" in shown) == (True, False), shown


def test_a_mail_that_is_printed_cannot_control_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    mail = {
        "Destination": {"ToAddresses": ["eve\x1b[2J@acme.example"]},
        "Content": {"Simple": {"Body": {"Text": {"Data": "First\nsecond \x1b[2J"}}}},
    }
    store.print_mail(mail)
    assert capsys.readouterr().out == "\nMail to eve\\u001b[2J@acme.example:\n\nFirst\nsecond \\u001b[2J\n"


def test_a_wrong_response_in_the_smoke_test_cannot_control_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment = smoke.Deployment("https://api.acme.example", {})
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text="\x1b[2J"))
    deployment.client = httpx.Client(base_url="https://api.acme.example", transport=transport)
    with pytest.raises(smoke.SmokeTestError) as wrong:
        deployment.request(404, "GET", "/\x9b")
    with pytest.raises(SystemExit) as failed:
        terminal.fail(str(wrong.value))
    assert str(failed.value.code).endswith("it answered 200 \\u001b[2J")
    assert capsys.readouterr().out == "  GET    /\\u009b 200\n"


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Return a function for the one message in the log."""

    def message() -> str:
        [found] = caplog.messages
        return found

    caplog.set_level(logging.INFO, "access")
    return message


def test_a_line_of_the_log_is_one_line_without_control_characters(logged: Callable[[], str]) -> None:
    log.write_line(request_id=NAME, path=HARMLESS)
    assert logged() == json.dumps(
        {"request_id": NAME, "path": HARMLESS}, ensure_ascii=False, separators=(",", ":")
    ).replace("\x9b\u202e\u2028\x7f", "\\u009b\\u202e\\u2028\\u007f")
    assert json.loads(logged()) == {"request_id": NAME, "path": HARMLESS}


def test_an_exception_cannot_add_lines_to_the_log(logged: Callable[[], str]) -> None:
    try:
        raise ValueError(f'\n{{"status":200}}{NAME}')
    except ValueError:
        log.write_exception("one")
    assert ("\n" in logged(), "\x1b" in logged()) == (False, False)
    assert json.loads(logged())["traceback"].endswith(f'ValueError: \n{{"status":200}}{NAME}\n')
