"""`python -m bench.compare`: compare the service with other implementations of the same calls.

First all variants have to give the same responses to the same requests, over a DynamoDB emulator. Then they are timed.
For that, another process replays what the emulator responded, so that its CPU time does not count. The results go to
bench/results and docs/performance.md.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import calls, check, cold, dynamo, report, tables, variants, warm, world
from bench.dynamo import Recording
from bench.variants import COMPARED, OURS, Variant
from bench.world import SharedData

Json = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Check, measure, and write the results."""
    parser = argparse.ArgumentParser(prog="bench.compare", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args(arguments).rounds
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        packages = variants.build_packages(folder)
        compared = {name: packages[name] for name in COMPARED}
        events, recording, checked = _check(compared, folder)
        certificate = cold.create_certificate(folder)
        with dynamo.replay(recording) as store:
            warm_samples = warm.measure(compared.values(), events, store, rounds)
        with dynamo.replay(recording, certificate) as store:
            cold_samples = cold.measure(packages.values(), events["list of 1"], store, certificate, rounds)
    results = report.results(packages, checked, warm_samples, cold_samples)
    tables.write(results)
    sys.stdout.write(tables.table(results))


def _check(compared: Mapping[str, Variant], folder: Path) -> tuple[dict[str, Json], Recording, int]:
    """Check that all variants respond alike.

    Returns the events to time, the recorded responses of the store to their requests, and the number of checks.
    """
    recording: Recording = {}
    transcripts: dict[str, Json] = {}
    with world.store(folder) as store:
        data = world.create_shared_data(compared[OURS], store)
        events = calls.timed_events(data.user["id"], data.workspace["id"])
        for name, variant in compared.items():
            if name != OURS:
                world.create_peer_table(variant, store, data)
            transcripts[name] = _check_variant(variant, store, data)
            with dynamo.record(store) as (proxy, recorded), variant.running(proxy) as process:
                transcripts[name] |= check.responses(process, events)
            recording |= recorded
        return events, recording, check.compare(transcripts)


def _check_variant(variant: Variant, store: str, data: SharedData) -> Json:
    with variant.running(store) as first, variant.running(store) as second:
        world.create_actions(first)
        transcript = check.transcript(first, data)
        check.race(first, second)
        return transcript


if __name__ == "__main__":
    main()
