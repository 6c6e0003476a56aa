"""`python -m bench.load [--minutes 10]`: put the server of `make run` under load, over loopback.

First 1, then 8, then 32 clients send a mix of reads and writes, without pausing between requests. This is the most that
the server can do while its clients run on the same machine. At the end the bench reads everything back: every
acknowledged write has to be there. bench/worker.py has the mix.
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
from bench.worker import ACTION, KINDS, READS, Sample, Shared, Worker
from infra.testing.processes import Running, running_server

RESULTS = Path(__file__).parent / "results"
PARTS = {1: 0.2, 8: 0.2, 32: 0.6}  # number of clients: share of the time
WATCH_INTERVAL = 2  # seconds
WARM_UP = 1 / 2  # the share of each part in which memory does not count
LEAK = 10.0  # kB for each write of the last part. The store keeps a write's rows in memory, which need 6 to 8.
Json = dict[str, Any]


class Watch:
    """Watches a process: seconds since the start, memory in MB, threads and open files."""

    def __init__(self, pid: int) -> None:
        self.observations: list[tuple[float, float, int, int]] = []
        self._start, self._stopped, self._process = time.monotonic(), threading.Event(), Path(f"/proc/{pid}")
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(WATCH_INTERVAL):
            lines = (self._process / "status").read_text().splitlines()
            status = dict(line.split(":", 1) for line in lines)
            files = len(list((self._process / "fd").iterdir()))
            memory = int(status["VmRSS"].split()[0]) / 1000
            self.observations.append((time.monotonic() - self._start, memory, int(status["Threads"]), files))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write the results. Exits with an error if a write was lost, a request failed or memory leaked."""
    parser = argparse.ArgumentParser(prog="bench.load", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    minutes = parser.parse_args(arguments).minutes
    results = machine.describe(machine.installed_versions("chalice", "ministack", "pynamodb", "botocore")) | {
        "minutes": minutes
    }
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder) / "data") as server:
        results |= _measure(server, minutes * 60)
    (RESULTS / "load.json").write_text(json.dumps(results) + "\n")
    (RESULTS / "load.md").write_text(table(results))
    sys.stdout.write(table(results))
    if has_failed(results):
        sys.exit("A write was lost, a request failed, or memory leaked.")


def has_failed(results: Json) -> bool:
    """Return whether a write was lost, a request failed or memory leaked. A server that has just started may grow."""
    *_, last = parts = results["parts"]
    return bool(results["lost"]) or any(part["errors"] for part in parts) or last["kb_a_write"] > LEAK


def _measure(server: Running, seconds: float) -> Json:
    watch, shared = Watch(server.process.pid), _create_shared(server)
    parts = [_run_part(server, shared, count, seconds * share, watch) for count, share in PARTS.items()]
    workers = [worker for _, of_part in parts for worker in of_part]
    writes = [sample for worker in workers for sample in worker.samples if sample.name not in READS]
    lost = _find_lost_writes(server, shared, workers)
    watch.stop()
    acknowledged = sum(200 <= sample.status < 300 for sample in writes)
    return {
        "parts": [part for part, _ in parts],
        "acknowledged": acknowledged,
        "lost": lost,
        "seen": watch.observations,
    }


def _create_shared(server: Running) -> Shared:
    """Create the workspace, the action and the canvas that workers share."""
    with server.client() as client:
        action = client.post(ACTION.list_address, json={"title": "everybody's"})
        canvas = client.post("/api/v2/ogsm_canvases.json", json={"name": "everybody's"})
        return Shared(_create_workspace(client), _location(action), canvas.raise_for_status().json()["id"])


def _create_workspace(client: httpx.Client) -> str:
    return _location(client.post("/api/workspaces", json={"name": "Load"}))


def _location(response: httpx.Response) -> str:
    return str(response.raise_for_status().headers["location"])


def _run_part(server: Running, shared: Shared, count: int, seconds: float, watch: Watch) -> tuple[Json, list[Worker]]:
    """Run so many workers at once, and return their results and them. Every second one uses the shared workspace."""
    first = len(watch.observations)
    with ExitStack() as stack, ThreadPoolExecutor(count) as pool:
        workers = []
        for number in range(count):
            client = stack.enter_context(_signed_in(server))
            own = shared if number % 2 else shared._replace(workspace=_create_workspace(client))
            workers.append(Worker(client, f"{count}-{number}", own))
        list(pool.map(lambda worker: worker.run(seconds), workers))
    samples = [sample for worker in workers for sample in worker.samples]
    memory = _memory(watch, first)
    writes = sum(sample.name not in READS and 200 <= sample.status < 300 for sample in samples)
    memory["kb_a_write"] = round(memory["mb_a_minute"] * 1000 / (writes / seconds * 60), 1)
    return {"clients": count, **_summary(samples, seconds), **memory}, workers


def _summary(samples: list[Sample], seconds: float) -> Json:
    kinds = {
        "all": samples,
        "reads": [sample for sample in samples if sample.name in READS],
        "writes": [sample for sample in samples if sample.name not in READS],
    }
    statuses = Counter(sample.status for sample in samples)
    return {
        "requests_a_second": round(len(samples) / seconds, 1),
        **{f"{kind}_ms": _percentiles(of_kind) for kind, of_kind in kinds.items()},
        "statuses": dict(statuses),
        "conflicts": statuses[409],
        "errors": sum(count for status, count in statuses.items() if not 200 <= status < 300 and status != 409),
    }


def _percentiles(samples: list[Sample]) -> Json:
    cuts = quantiles((sample.seconds * 1000 for sample in samples), n=100)
    return {"p50": round(cuts[49], 1), "p99": round(cuts[98], 1)}


def _memory(watch: Watch, first: int) -> Json:
    """Return the memory at the start and end of a part, after its warm-up, and the slope of the line through it."""
    part = watch.observations[first:]
    settled = part[int(len(part) * WARM_UP) :]
    slope, _ = linear_regression([at / 60 for at, *_ in settled], [memory for _, memory, *_ in settled])
    return {"mb": [round(settled[0][1], 1), round(settled[-1][1], 1)], "mb_a_minute": round(slope, 2)}


def _find_lost_writes(server: Running, shared: Shared, workers: list[Worker]) -> list[str]:
    """Describe every object that is not as it was last acknowledged."""
    with _signed_in(server) as client:
        title = client.get(shared.action).json()["title"]
        lost = [] if title in {worker.last_shared_title for worker in workers} else [f"the shared action: {title}"]
        for kind in KINDS:
            stored = kind.read_texts(client)
            for worker in workers:
                lost += worker.find_lost_writes(kind, stored)
    return lost


def _signed_in(server: Running) -> httpx.Client:
    client = server.client()
    client.timeout = httpx.Timeout(60)
    return client


HEAD = """# Load

`python -m bench.load --minutes {minutes:g}`, {machine}
The server of `make run` runs with its store in one process, and all clients run on the same machine. They never wait
between two requests. Half of the clients create their items in a shared workspace. All of them change one action now
and then. They create, measure and change goals on one canvas, and read its plan. Other work ran on the machine, so the
times are only a rough guide. Memory is that of the second half of each part. It grows because the store keeps all rows
in memory, among them two for each change.

| clients | requests/s | reads p50, p99 | writes p50, p99 | conflicts | errors | memory | a minute, a write |
|---:|---:|---:|---:|---:|---:|---:|---:|
"""


def table(results: Json) -> str:
    """Return the results as Markdown."""
    lines = []
    for part in results["parts"]:
        reads, writes = (f"{part[kind]['p50']:g}, {part[kind]['p99']:g} ms" for kind in ("reads_ms", "writes_ms"))
        speed = f"{part['clients']} | {part['requests_a_second']:g} | {reads} | {writes}"
        memory = f"{part['mb'][0]:g} to {part['mb'][1]:g} MB | {part['mb_a_minute']:+g} MB, {part['kb_a_write']:g} kB"
        lines.append(f"| {speed} | {part['conflicts']} | {part['errors']} | {memory} |")
    head = HEAD.format(minutes=results["minutes"], machine=machine.describe_in_words(results))
    threads, files = (max(one[index] for one in results["seen"]) for index in (2, 3))
    lost = f"Of {results['acknowledged']:,} acknowledged writes, {len(results['lost'])} were missing at the end."
    return head + "\n".join(lines) + f"\n\n{lost} At most {threads} threads and {files} open files.\n"


if __name__ == "__main__":
    main()
