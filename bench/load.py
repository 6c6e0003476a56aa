"""`python -m bench.load [--minutes 10]`: many clients at once on the server of `make run`, over loopback.

A mix of reads and writes by 1, 8 and then 32 clients. In the end everything is read back: every
acknowledged write has to be there. Nothing is waited for between two requests, so this is the most that the server
does on this machine, with its clients beside it.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import linear_regression, quantiles
from typing import Any

import httpx

from bench import machine
from bench.worker import ACTION, KINDS, READS, Sample, Worker
from infra.testing.processes import Running, running_server

RESULTS = Path(__file__).parent / "results"
PARTS = {1: 0.2, 8: 0.2, 32: 0.6}  # clients, and how much of the time; the last part is long enough to show a leak
EVERY = 2  # seconds between two looks at the server
WARM = 1 / 2  # of each part, before its memory is judged
STEEP = 1.0  # MB a minute: what grows faster is called a leak
Json = dict[str, Any]


class Watch:
    """Looks at a process again and again: seconds since the beginning, memory in MB, threads, open files."""

    def __init__(self, pid: int) -> None:
        self.seen: list[tuple[float, float, int, int]] = []
        self._began, self._over, self._process = time.monotonic(), threading.Event(), Path(f"/proc/{pid}")
        threading.Thread(target=self._look, daemon=True).start()

    def stop(self) -> None:
        """Ends it."""
        self._over.set()

    def _look(self) -> None:
        while not self._over.wait(EVERY):
            lines = (self._process / "status").read_text().splitlines()
            status = dict(line.split(":", 1) for line in lines)
            files = len(list((self._process / "fd").iterdir()))
            memory = int(status["VmRSS"].split()[0]) / 1000
            self.seen.append((time.monotonic() - self._began, memory, int(status["Threads"]), files))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and writes the results. Ends with an error where anything was lost, failed or leaked."""
    parser = argparse.ArgumentParser(prog="bench.load", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    minutes = parser.parse_args(arguments).minutes
    results = machine.described("chalice", "ministack", "pynamodb", "botocore") | {"minutes": minutes}
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder) / "data") as server:
        results |= _measured(server, minutes * 60)
    (RESULTS / "load.json").write_text(json.dumps(results) + "\n")
    (RESULTS / "load.md").write_text(table(results))
    sys.stdout.write(table(results))
    parts = results["parts"]
    if results["lost"] or any(part["errors"] or part["mb_a_minute"] > STEEP for part in parts):
        sys.exit("something was lost, failed or leaked")


def _measured(server: Running, seconds: float) -> Json:
    watch, shared = Watch(server.process.pid), _shared(server)
    parts = [_part(server, shared, count, seconds * share, watch) for count, share in PARTS.items()]
    workers = [worker for _, some in parts for worker in some]
    writes = [one for worker in workers for one in worker.samples if one.name not in READS]
    lost = _lost(server, shared, workers)
    watch.stop()
    acknowledged = sum(200 <= one.status < 300 for one in writes)
    return {"parts": [part for part, _ in parts], "acknowledged": acknowledged, "lost": lost, "seen": watch.seen}


def _shared(server: Running) -> tuple[str, str]:
    """The workspace and the action that all clients work in."""
    with server.client() as client:
        return _workspace(client), _created(client.post(ACTION.list, json={"title": "everybody's"}))


def _workspace(client: httpx.Client) -> str:
    return _created(client.post("/api/workspaces", json={"name": "Load"}))


def _created(answer: httpx.Response) -> str:
    return str(answer.raise_for_status().headers["location"])


def _part(
    server: Running, shared: tuple[str, str], count: int, seconds: float, watch: Watch
) -> tuple[Json, list[Worker]]:
    """What so many clients were answered, and they themselves. Every second one works where all others do."""
    began = len(watch.seen)
    with ExitStack() as stack, ThreadPoolExecutor(count) as pool:
        workers = []
        for number in range(count):
            client = stack.enter_context(_signed_in(server))
            place = shared[0] if number % 2 else _workspace(client)
            workers.append(Worker(client, f"{count}-{number}", place, shared[1]))
        list(pool.map(lambda worker: worker.run(seconds), workers))
    samples = [sample for worker in workers for sample in worker.samples]
    return {"clients": count, **_summary(samples, seconds), **_memory(watch, began)}, workers


def _summary(samples: list[Sample], seconds: float) -> Json:
    kinds = {
        "all": samples,
        "reads": [sample for sample in samples if sample.name in READS],
        "writes": [sample for sample in samples if sample.name not in READS],
    }
    statuses = Counter(sample.status for sample in samples)
    return {
        "requests_a_second": round(len(samples) / seconds, 1),
        **{f"{kind}_ms": _percentiles(some) for kind, some in kinds.items()},
        "statuses": dict(statuses),
        "conflicts": statuses[409],
        "errors": sum(count for status, count in statuses.items() if not 200 <= status < 300 and status != 409),
    }


def _percentiles(samples: list[Sample]) -> Json:
    cuts = quantiles((sample.seconds * 1000 for sample in samples), n=100)
    return {"p50": round(cuts[49], 1), "p99": round(cuts[98], 1)}


def _memory(watch: Watch, began: int) -> Json:
    """Memory once the part has warmed up: where it begins and ends, and how steep the line through it is."""
    part = watch.seen[began:]
    settled = part[int(len(part) * WARM) :]
    slope, _ = linear_regression([at / 60 for at, *_ in settled], [memory for _, memory, *_ in settled])
    return {"mb": [round(settled[0][1], 1), round(settled[-1][1], 1)], "mb_a_minute": round(slope, 2)}


def _lost(server: Running, shared: tuple[str, str], workers: list[Worker]) -> list[str]:
    """What is not as it was last acknowledged."""
    with _signed_in(server) as client:
        title = client.get(shared[1]).json()["title"]
        lost = [] if title in {worker.last_shared for worker in workers} else [f"the shared action: {title}"]
        for kind in KINDS:
            found = kind.all(client)
            lost += [one for worker in workers for one in worker.lost(kind, found)]
    return lost


def _signed_in(server: Running) -> httpx.Client:
    client = server.client()
    client.timeout = httpx.Timeout(60)
    return client


HEAD = """# Load

`python -m bench.load --minutes {minutes:g}`, {machine}
The server of `make run`, with its store in the same process, and all clients on the same machine, none of which ever
waits between two requests. Half of the clients make their items in a workspace that all share, and all of them change
one action now and then. Other work ran on the machine, so the times are no promise. Memory is told for the second half
of each part.

| clients | requests/s | reads p50, p99 | writes p50, p99 | conflicts | errors | memory of the server | a minute |
|---:|---:|---:|---:|---:|---:|---:|---:|
"""


def table(results: Json) -> str:
    """The page of the results."""
    lines = []
    for part in results["parts"]:
        reads, writes = (f"{part[kind]['p50']:g}, {part[kind]['p99']:g} ms" for kind in ("reads_ms", "writes_ms"))
        speed = f"{part['clients']} | {part['requests_a_second']:g} | {reads} | {writes}"
        memory = f"{part['mb'][0]:g} to {part['mb'][1]:g} MB | {part['mb_a_minute']:+g} MB"
        lines.append(f"| {speed} | {part['conflicts']} | {part['errors']} | {memory} |")
    head = HEAD.format(minutes=results["minutes"], machine=machine.in_words(results))
    threads, files = (max(seen[index] for seen in results["seen"]) for index in (2, 3))
    kept = f"Of {results['acknowledged']:,} acknowledged writes {len(results['lost'])} were not there at the end."
    return head + "\n".join(lines) + f"\n\n{kept} At most {threads} threads and {files} open files.\n"


if __name__ == "__main__":
    main()
