"""`make logs`: the log of a function, followed."""

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from infra import function_logs
from tests.support.moto_backends import reset_backends

GROUP = "/aws/lambda/ogsm-workspaces-dev-api"


@pytest.fixture
def logs() -> Iterator[Any]:
    """A client of CloudWatch Logs with the group of the function."""
    client = boto3.client("logs")
    client.create_log_group(logGroupName=GROUP)
    client.create_log_stream(logGroupName=GROUP, logStreamName="a")
    yield client
    reset_backends("logs")


def write(logs: Any, *messages: str, seconds_ago: float = 1) -> None:
    moment = int((time.time() - seconds_ago) * 1000)
    events = [{"timestamp": moment, "message": message} for message in messages]
    logs.put_log_events(logGroupName=GROUP, logStreamName="a", logEvents=events)


def test_the_last_ten_minutes_are_printed_and_then_what_is_new_once(
    logs: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written = iter([["third"], ["fourth\x1b[2J"], []])

    def sleep(_: float) -> None:
        messages = next(written, None)
        if messages is None:
            raise KeyboardInterrupt
        if messages:
            write(logs, *messages)

    monkeypatch.setattr(time, "sleep", sleep)
    write(logs, "too old", seconds_ago=700)
    write(logs, "first\n", "second", seconds_ago=500)
    with pytest.raises(KeyboardInterrupt):
        function_logs.follow(GROUP)
    assert capsys.readouterr().out.splitlines() == ["first", "second", "third", "fourth\\u001b[2J"]
