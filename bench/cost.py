"""`python -m bench.cost [--sizes 10 1000 100000]`: measure the cost of each route while the account grows.

The requests are those of the tests (infra/testing/nouns). They go to the embedded store, in accounts that hold so many
objects of other users. The units are calculated by DynamoDB's rules (infra/testing/capacity.py).
"""

import argparse
import io
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import emulator, machine

if TYPE_CHECKING:
    from bench.case_runner import CaseRunner, Cost

RESULTS = Path(__file__).parent / "results"
SIZES = [10, 1_000, 100_000]
# DynamoDB on demand in us-east-1, standard class: aws.amazon.com/dynamodb/pricing/on-demand, 2026-11-22.
PRICES = {"read": 0.125, "write": 0.625}  # US dollars per million units
FAST_LISTS = {"actions", "audit"}  # are read with few requests; the emulator takes minutes to list others
Json = dict[str, Any]
Series = dict[str, list["Cost"]]  # one cost for each size, by the names of the cases


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write the results."""
    parser = argparse.ArgumentParser(prog="bench.cost", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    sizes = sorted(parser.parse_args(arguments).sizes)
    with redirect_stdout(io.StringIO()), _case_runner() as runner:  # hides the mails of the store, and the log
        beside, listed, lists = _measure(runner, sizes)
    about = machine.describe(machine.installed_versions("chalice", "ministack", "pynamodb", "botocore"))
    results = about | {
        "sizes": sizes,
        "usd_per_million_units": PRICES,
        "beside": {case: [_row(cost) for cost in costs] for case, costs in beside.items()},
        "listed": {case: [_row(cost) for cost in costs] for case, costs in listed.items()},
        "lists": lists,
    }
    (RESULTS / "cost.json").write_text(json.dumps(results, indent=1) + "\n")
    (RESULTS / "cost.md").write_text(table(results))
    _check(results)


@contextmanager
def _case_runner() -> Iterator["CaseRunner"]:
    with tempfile.TemporaryDirectory() as folder, emulator.serving(Path(folder)) as url:
        from bench import case_runner  # imported late, because it reads the environment

        with case_runner.run_in_new_account(url) as runner:
            yield runner


def _measure(runner: "CaseRunner", sizes: list[int]) -> tuple[Series, Series, dict[str, list[str]]]:
    """Return the costs in a growing account, the costs of lists that grow themselves, and the nouns that they list.

    The first costs of such a list are those with few rows of the nouns that it lists.
    """
    beside: Series = defaultdict(list)
    listed: Series = defaultdict(list)
    nouns: dict[str, list[str]] = {}
    for size in sizes:
        runner.filler.grow_to(size)
        full = runner.run(case for case in runner.cases if _is_fast(runner, case, nouns))
        if beside and not nouns:
            growing = [case for case in full if full[case] != beside[case][0]]
            nouns = {case: runner.find_listed_nouns(case, full[case]) for case in growing}
        few = runner.run_with_few(nouns)
        for case in runner.cases:
            beside[case].append(few.get(case) or full[case])
            if case in full and runner.is_read(case):
                listed[case].append(full[case])
    return beside, {case: listed[case] for case in nouns if runner.is_read(case)}, nouns


def _is_fast(runner: "CaseRunner", case: str, nouns: dict[str, list[str]]) -> bool:
    """Return whether the emulator can run a case on full partitions."""
    return case not in nouns or (runner.is_read(case) and FAST_LISTS.issuperset(nouns[case]))


def _row(cost: "Cost") -> Json:
    return {
        "requests": dict(sorted(Counter(cost.operations).items())),
        "in_sequence": cost.in_sequence,
        "read": cost.read,
        "write": cost.write,
        "usd": round(cost.read * PRICES["read"] + cost.write * PRICES["write"], 4),
    }


def _check(results: Json) -> None:
    """End the program with an error if a case costs more because of rows that it does not list."""
    sys.stdout.write(table(results))
    growing = [case for case, rows in results["beside"].items() if any(row != rows[0] for row in rows)]
    if growing:
        sys.exit(f"These cases cost more in a larger account: {', '.join(growing)}.")


HEAD = """# Cost

`python -m bench.cost`, {machine}
Each call is made in an account that also holds {sizes} objects of other users of each kind: actions, users,
credentials, workspaces, items, comments, invitations and more. The table counts the requests to DynamoDB after the
authorizer's one GetItem; requests that run in parallel count once in sequence. Read and write units are calculated by
DynamoDB's rules from the requests and responses, at {read} and {write} US dollars per million (on demand, us-east-1).
API Gateway, Lambda and logs add 4.25 per million to every call (docs/deploying.md, What it costs).

| call | requests (in sequence) | read units | write units | USD per million calls at {sizes} | lists all |
|---|---|---:|---:|---:|---|
"""
LISTS = """
Calls with an entry in the last column read everything of a kind that the account holds. For the table above the account
held ten of that kind, and so many of all others. The table below shows such lists, read to the end of one response:

| call | {sizes} |
|---|{columns}
"""


def table(results: Json) -> str:
    """Return the results as Markdown."""
    sizes = [f"{size:,}" for size in results["sizes"]]
    about = {
        "machine": machine.describe_in_words(results),
        "sizes": ", ".join(sizes),
        **results["usd_per_million_units"],
    }
    lines = [_line(case, rows, results["lists"].get(case, [])) for case, rows in results["beside"].items()]
    lists = []
    for case, rows in results["listed"].items():
        cells = (f"{sum(row['requests'].values())} requests, {row['read']:,} units, {row['usd']:.2f}" for row in rows)
        lists.append(f"| {case} | {' | '.join(cells)} |{' |' * (len(sizes) - len(rows))}")
    below = LISTS.format(sizes=" | ".join(sizes), columns="---:|" * len(sizes))
    return HEAD.format(**about) + "\n".join(lines) + "\n" + below + "\n".join(lists) + "\n"


def _line(case: str, rows: list[Json], nouns: list[str]) -> str:
    first = rows[0]
    requests = ", ".join(f"{count} {name}" for name, count in first["requests"].items()) or "none"
    units = f"{first['read']} | {first['write']}"
    prices = ", ".join(f"{row['usd']:.3f}" for row in rows)
    return f"| {case} | {requests} ({first['in_sequence']}) | {units} | {prices} | {', '.join(nouns)} |"


if __name__ == "__main__":
    main()
