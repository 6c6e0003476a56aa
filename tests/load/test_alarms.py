"""Many alarms, and several runs of the scheduled function at once, on the server of `make run`."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.testing.processes import PROJECT, Running, await_that, end, environment, running_server
from tests.support import counts

pytestmark = pytest.mark.slow

MANY = counts.choose(quick=30, full=60)
RUNS = 3  # besides those of the server itself
RUN = """
from chalicelib.routes.alarms import ring_alarms
from infra import schedule
print("ready", flush=True)
input()
ring_alarms(schedule.EVENT, schedule.Context())
"""


@contextmanager
def run(server: Running) -> Iterator[subprocess.Popen[str]]:
    """Start a process that waits for a line and then runs the scheduled function once."""
    settings, sender = server.server_file["env"], "invitations@localhost.example"
    settings |= {"AWS_ENDPOINT_URL_SESV2": settings["AWS_ENDPOINT_URL_DYNAMODB"], "MAIL_FROM": sender}
    process = subprocess.Popen(
        [sys.executable, "-c", RUN],
        cwd=PROJECT,
        env=environment(**settings),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        end(process)


def mailed(server: Running) -> Counter[str]:
    """Return the names of the activities in the mails that the server printed."""
    return Counter(re.findall(r'The alarm of "(.+?)"', server.stdout.read_text()))


@pytest.mark.nightly
def test_concurrent_runs_send_each_alarm_once(tmp_path: Path) -> None:
    with running_server(tmp_path / "data") as server, server.client() as client:
        with run(server) as one, run(server) as two, run(server) as three:
            for number in range(MANY):
                made = client.post("/api/activities", json={"name": f"number {number}", "alarm": "2020-01-01"})
                assert made.status_code == 200, made.text
            runs = [one, two, three]
            for each in runs:
                assert each.stdin
                print("go", file=each.stdin, flush=True)
            said = [each.communicate(timeout=60)[1] for each in runs]
            assert [each.returncode for each in runs] == [0] * RUNS, said
        await_that(lambda: mailed(server).total() >= MANY, server.process, server.stderr)
    assert mailed(server) == Counter(f"number {number}" for number in range(MANY))
    assert len([one for one in said if '"sent"' in one]) > 1, "they met"
