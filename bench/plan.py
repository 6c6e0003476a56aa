"""`python -m bench.plan [--rounds 15]`: measure the CPU time of plans and reviews of OGSM canvases.

The account has one plan of the size in bench/calls.py. The service runs from its package, and another process replays
what the emulator answered, so that the CPU time of the store does not count. The results go to bench/results/plan.md.
"""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench import calls, dynamo, machine, variants, warm, world
from bench.dynamo import Recording
from bench.variants import OURS, Variant

Json = dict[str, Any]

RESULTS = variants.HERE / "results"
TARGET, MOST = "plan of a canvas", 30  # milliseconds of CPU
HEAD = """# Plans and reviews

`python -m bench.plan`, {machine}
The account has {objects} and {measurements:,} measurements. All
items are on one canvas. The times are medians of {rounds} rounds. The plan may take {most} ms:
{verdict}.

| call | CPU, ms | requests to DynamoDB | answer, KB |
|---|---:|---:|---:|
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write the results."""
    parser = argparse.ArgumentParser(prog="bench.plan", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args(arguments).rounds
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        service = variants.build_service(Path(name))
        recording, answers = _record(service, Path(name))
        with dynamo.replay(recording) as store:
            samples = warm.measure([service], calls.plan_events(), store, rounds)[OURS]
    results = machine.describe(machine.installed_versions("chalice", "pynamodb", "botocore")) | {
        "rounds": rounds,
        "cpu_ms": {call: round(median(times), 2) for call, times in samples.items()},
        "answers": answers,
    }
    (RESULTS / "plan.json").write_text(json.dumps(results, indent=1) + "\n")
    (RESULTS / "plan.md").write_text(table(results))
    sys.stdout.write(table(results))


def _record(service: Variant, folder: Path) -> tuple[Recording, dict[str, Json]]:
    """Create the plan. Return what the store answers to the calls that are timed, and what is known of the answers."""
    answers = {}
    with world.store(folder) as store:
        world.create_plan(service, store)
        with dynamo.record(store) as (proxy, recording), service.running(proxy) as process:
            for call, event in calls.plan_events().items():
                response = process.send(event)["response"]
                [requests] = re.findall(r"calls=(\d+)", response["headers"]["Server-Timing"])
                answers[call] = {"requests": int(requests), "kb": round(len(response["body"]) / 1000)}
    return recording, answers


def table(results: Json) -> str:
    """Return the results as Markdown."""
    objects = ", ".join(f"{count} {noun.replace('_', ' ')}" for noun, count in calls.PLAN_SIZE.items())
    head = HEAD.format(
        machine=machine.describe_in_words(results),
        objects=objects,
        measurements=calls.PLAN_MEASUREMENTS,
        rounds=results["rounds"],
        most=MOST,
        verdict="reached" if results["cpu_ms"][TARGET] <= MOST else "**missed**",
    )
    lines = (
        f"| {call} | {cpu} | {results['answers'][call]['requests']} | {results['answers'][call]['kb']} |"
        for call, cpu in results["cpu_ms"].items()
    )
    return head + "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
