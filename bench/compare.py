"""`python -m bench.compare`: the service beside what else one would write it with. The results go to bench/results.

First every variant is asked the same and has to answer the same, over a real store. Then what this store answered to
the calls that are compared is answered again and again by another process, whose CPU does not count.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import calls, check, cold, dynamo, report, tables, variants, warm, world
from bench.dynamo import Tape
from bench.variants import COMPARED, OURS, Variant
from bench.world import People

Json = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Checks, measures and writes the results."""
    parser = argparse.ArgumentParser(prog="bench.compare", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args(arguments).rounds
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        packages = variants.packaged(folder)
        compared = {name: packages[name] for name in COMPARED}
        events, tape, checked = _prepared(compared, folder)
        certificate = cold.certificate(folder)
        with dynamo.replaying(tape) as store:
            warm_samples = warm.measure(compared.values(), events, store, rounds)
        with dynamo.replaying(tape, certificate) as store:
            cold_samples = cold.measure(packages.values(), events["list of 1"], store, certificate, rounds)
    results = report.results(packages, checked, warm_samples, cold_samples)
    tables.write(results)
    sys.stdout.write(tables.table(results))


def _prepared(compared: Mapping[str, Variant], folder: Path) -> tuple[dict[str, Json], Tape, int]:
    """The calls that are compared, what a store answered to their requests, and how many answers were equal."""
    tape: Tape = {}
    transcripts: dict[str, Json] = {}
    with world.store(folder) as store:
        people = world.people(compared[OURS], store)
        events = calls.compared(people.card["id"], people.workspace["id"])
        for name, variant in compared.items():
            if name != OURS:
                world.give(variant, store, people)
            transcripts[name] = _checked(variant, store, people)
            with dynamo.recording(store) as (recorder, recorded), variant.running(recorder) as child:
                transcripts[name] |= check.answers(child, events)
            tape |= recorded
        return events, tape, check.compare(transcripts)


def _checked(variant: Variant, store: str, people: People) -> Json:
    with ExitStack() as stack:
        one, other = (stack.enter_context(variant.running(store)) for _ in range(2))
        world.fill(one)
        transcript = check.transcript(one, people)
        check.race(one, other)
        return transcript


if __name__ == "__main__":
    main()
