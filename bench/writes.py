"""`python -m bench.writes [FOLDER ...]`: measure how many writes per second the server of `make run` acknowledges.

Each folder is a checkout of the project, for example of another release; the default is this one. The servers run at
the same time, and their turns alternate, so that other work on the machine affects all of them. 1 client and then 8
clients create actions, without pausing between requests.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from infra.testing.processes import PLAIN, PROJECT, answers, await_that, started

CLIENTS = (1, 8)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a line for each folder and number of clients."""
    parser = argparse.ArgumentParser(prog="bench.writes", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=[PROJECT])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="The length of one turn.")
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        servers = [stack.enter_context(_serving(folder.absolute())) for folder in options.folders]
        for count in CLIENTS:
            turns = [[_measure(server, count, options.seconds) for server in servers] for _ in range(options.rounds)]
            for folder, rates in zip(options.folders, zip(*turns, strict=True), strict=True):
                ratio = median(rate / turn[-1] for rate, turn in zip(rates, turns, strict=True))
                print(f"{folder}, clients: {count}, writes per second: {median(rates):.0f}, of the last: {ratio:.0%}")


@contextmanager
def _serving(checkout: Path) -> Iterator[dict[str, Any]]:
    """Run the server of a checkout, and yield its server.json."""
    with tempfile.TemporaryDirectory() as folder:
        data, output = Path(folder) / "data", Path(folder) / "output"
        program = (
            f"import sys; sys.path.insert(0, {str(checkout)!r}); from infra import serve; serve.main(sys.argv[1:])"
        )
        command = [sys.executable, "-P", "-c", program, "--port", "0", "--data", str(data)]
        with started(command, output, output) as process:
            await_that((data / "server.json").exists, process, output)
            server: dict[str, Any] = json.loads((data / "server.json").read_text())
            await_that(lambda: answers(f"{server['api']}/health"), process, output)
            yield server


def _measure(server: dict[str, Any], count: int, seconds: float) -> float:
    """Return the number of actions per second that so many clients create."""
    start = threading.Barrier(count)

    def create_actions(_: int) -> int:
        key = server["credentials"][0]
        created = 0
        with httpx.Client(base_url=server["api"], auth=(key["key"], key["secret"]), verify=PLAIN, timeout=60) as client:
            start.wait()
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                client.post("/api/v2/actions.json", json={"title": "written"}).raise_for_status()
                created += 1
        return created

    with ThreadPoolExecutor(count) as pool:
        return sum(pool.map(create_actions, range(count))) / seconds


if __name__ == "__main__":
    main()
