"""`python -m bench.changes [--rounds 10]`: measure the CPU time, the capacity units and the price of changes.

The changes are made through the service in this process, and come from the stream of the embedded store. The CPU time
of the store's thread does not count. The units are calculated by DynamoDB's rules (infra/testing/capacity.py). The
results go to bench/results/changes.md.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import calls, changing, cost, machine

if TYPE_CHECKING:
    from bench.changing import Recorded, Service

Json = dict[str, Any]

RESULTS = Path(__file__).parent / "results"
ENTRIES = 100  # of the page of the feed that is measured
TIMED = 20  # changes of a kind in a round
ALONE, TOGETHER = "alone", "in batches"
SIZES = {ALONE: 1, TOGETHER: 100}  # changes that are made before they are recorded
# US dollars in us-east-1, as in docs/operating.md.
LAMBDA_REQUEST, LAMBDA_SECOND = 0.20e-6, 0.5 * 0.0000133334
SECONDS_OF_REQUEST = 0.005  # an assumption: how long a request to DynamoDB takes
STORED_GB = 0.25 + 0.20  # for a month, with its backups
MONTHS = 400 / (365.25 / 12)  # that changes are kept
OVERHEAD = 100  # bytes that DynamoDB counts for each stored row besides its content
HEAD = """# Changes

`python -m bench.changes`, {machine}
Changes are recorded after the request was answered, by a function of its own. "Alone" means that the function
runs for one change, and "in batches" that it gets a hundred at once. CPU times are medians of {rounds} rounds,
without that of the store, on a machine with other work.

| change | CPU, ms | read units, alone | write units, alone | read units, in batches | write units, in batches | bytes |
|---|---:|---:|---:|---:|---:|---:|
"""
PRICES = """
## The price of a million changes

US dollars at list prices: units at {read} and {write} per million, and Lambda with 0.5 GB, if a request to
DynamoDB takes {ms:.0f} ms. Stored are the bytes above and 100 for each row, for 400 days, at 0.45 per GB and month
with backups.

| change | recording, alone | recording, in batches | storing |
|---|---:|---:|---:|
"""
FEED = """
## Reading the feed

| call | CPU, ms | requests to DynamoDB | read units | answer, KB |
|---|---:|---:|---:|---:|
| GET /api/changes, {entries} entries | {cpu_ms} | {requests} | {read:.0f} | {kb} |
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write the results."""
    parser = argparse.ArgumentParser(prog="bench.changes", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args(arguments).rounds
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, changing.serving(Path(folder)) as service:
        recorded = {how: measure_units(service, size) for how, size in SIZES.items()}
        times = measure_times(service, rounds)
        feed = measure_feed(service, rounds)
    results = machine.describe(machine.installed_versions("chalice", "pynamodb", "botocore")) | {
        "rounds": rounds,
        "changes": {
            name: {"cpu_ms": times[name], **{how: _describe(some[name]) for how, some in recorded.items()}}
            for name in changing.CHANGES
        },
        "feed": feed,
    }
    (RESULTS / "changes.json").write_text(json.dumps(results, indent=1) + "\n")
    (RESULTS / "changes.md").write_text(table(results))
    sys.stdout.write(table(results))


def measure_units(service: "Service", size: int) -> dict[str, "Recorded"]:
    """Return what recording needs of DynamoDB for each kind of change, if so many changes come at once."""
    objects = changing.Objects(service, size)
    return {name: service.record_metered(service.run(make, objects)) for name, make in changing.CHANGES.items()}


def measure_times(service: "Service", rounds: int) -> dict[str, float]:
    """Return the CPU time of recording one change of each kind, in milliseconds."""
    samples: dict[str, list[float]] = {name: [] for name in changing.CHANGES}
    for _ in range(rounds):
        objects = changing.Objects(service, TIMED)
        for name, make in changing.CHANGES.items():
            samples[name].append(service.record_timed(service.run(make, objects)) / TIMED)
    return {name: round(median(times), 2) for name, times in samples.items()}


def measure_feed(service: "Service", rounds: int) -> Json:
    """Return what it takes to read a page of the feed."""
    event = calls.build_event("GET", "/api/changes", account=service.account, user=service.user)
    query = {"limit": str(ENTRIES)}
    event |= {"queryStringParameters": query, "multiValueQueryStringParameters": {"limit": [query["limit"]]}}
    service.send(event)
    times = [service.timed(lambda: service.send(event)) for _ in range(rounds)]
    answer, requests = service.metered(lambda: service.send(event))
    return {
        "cpu_ms": round(median(times), 2),
        "requests": len(requests),
        "read": sum(request.units.read for request in requests),
        "kb": round(len(answer["body"]) / 1000),
    }


def _describe(recorded: "Recorded") -> Json:
    return {
        "read": recorded.units.read / recorded.changes,
        "write": recorded.units.write / recorded.changes,
        "requests": recorded.requests / recorded.changes,
        "runs": recorded.runs / recorded.changes,
        "bytes": recorded.stored_bytes / recorded.changes,
        "rows": recorded.stored_rows / recorded.changes,
    }


def price_of_recording(part: Json) -> float:
    """Return the price of recording a million changes, in US dollars."""
    units = part["read"] * cost.PRICES["read"] + part["write"] * cost.PRICES["write"]
    seconds = part["requests"] * SECONDS_OF_REQUEST
    return float(units + 1e6 * (part["runs"] * LAMBDA_REQUEST + seconds * LAMBDA_SECOND))


def price_of_storing(part: Json) -> float:
    """Return the price of storing a million changes as long as they are kept, in US dollars."""
    return float((part["bytes"] + OVERHEAD * part["rows"]) * 1e6 / 1e9 * STORED_GB * MONTHS)


def table(results: Json) -> str:
    """Return the results as Markdown."""
    changes = results["changes"].items()
    head = HEAD.format(machine=machine.describe_in_words(results), rounds=results["rounds"])
    units = [_units_row(name, change) for name, change in changes]
    prices = [
        f"| {name} | {price_of_recording(change[ALONE]):.2f} | {price_of_recording(change[TOGETHER]):.2f} "
        f"| {price_of_storing(change[TOGETHER]):.2f} |\n"
        for name, change in changes
    ]
    prices_head = PRICES.format(**cost.PRICES, ms=SECONDS_OF_REQUEST * 1000)
    return "".join([head, *units, prices_head, *prices, FEED.format(entries=ENTRIES, **results["feed"])])


def _units_row(name: str, change: Json) -> str:
    alone, together = change[ALONE], change[TOGETHER]
    units = [alone["read"], alone["write"], together["read"], together["write"]]
    shown = " | ".join(f"{number:.4g}" for number in units)
    return f"| {name} | {change['cpu_ms']} | {shown} | {together['bytes']:.0f} |\n"


if __name__ == "__main__":
    main()
