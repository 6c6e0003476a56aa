"""`python -m bench.cost [--sizes 10 1000 100000]`: what each route takes of DynamoDB while the account grows.

Every route is called as the tests of its budget call it, in an account that holds so many objects of each kind besides,
over the embedded store. Units are worked out by DynamoDB's rules (bench/capacity.py) from what is sent and answered.
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
    from bench.routes import Routes, Taken

RESULTS = Path(__file__).parent / "results"
SIZES = [10, 1_000, 100_000]
# Of DynamoDB on demand in us-east-1, standard class: aws.amazon.com/dynamodb/pricing/on-demand, 2026-11-22.
PRICES = {"read": 0.125, "write": 0.625}  # US dollars for a million units
ALONE = {"actions", "events"}  # lie in partitions of their own; the emulator takes minutes to list many of the others
Json = dict[str, Any]
Series = dict[str, list["Taken"]]  # of each case, one for each size


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and writes the results."""
    parser = argparse.ArgumentParser(prog="bench.cost", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    sizes = sorted(parser.parse_args(arguments).sizes)
    with redirect_stdout(io.StringIO()), _routes() as routes:  # the store prints every mail, the service its log
        beside, listed, blamed = _measured(routes, sizes)
    about = machine.described("chalice", "ministack", "pynamodb", "botocore")
    results = about | {
        "sizes": sizes,
        "usd_per_million_units": PRICES,
        "beside": {case: [_row(one) for one in taken] for case, taken in beside.items()},
        "listed": {case: [_row(one) for one in taken] for case, taken in listed.items()},
        "lists": blamed,
    }
    (RESULTS / "cost.json").write_text(json.dumps(results, indent=1) + "\n")
    (RESULTS / "cost.md").write_text(table(results))
    _check(results)


@contextmanager
def _routes() -> Iterator["Routes"]:
    with tempfile.TemporaryDirectory() as folder, emulator.serving(Path(folder)) as url:
        from bench import routes  # reads the environment as it is imported

        with routes.ready(url) as ready:
            yield ready


def _measured(routes: "Routes", sizes: list[int]) -> tuple[Series, Series, dict[str, list[str]]]:
    """What each case takes beside so much else, what the lists take that grow themselves, and what these list."""
    beside: Series = defaultdict(list)
    listed: Series = defaultdict(list)
    blamed: dict[str, list[str]] = {}
    for size in sizes:
        routes.crowd.grow(size)
        whole = routes.all(case for case in routes.cases if _can_be_asked(routes, case, blamed))
        if len(beside) and not blamed:
            grown = [case for case in whole if whole[case] != beside[case][0]]
            blamed = {case: routes.blamed(case, whole[case]) for case in grown}
        few = routes.without(blamed)
        for case in routes.cases:
            beside[case].append(few.get(case) or whole[case])
            if case in whole and routes.reads(case):
                listed[case].append(whole[case])
    return beside, {case: listed[case] for case in blamed if routes.reads(case)}, blamed


def _can_be_asked(routes: "Routes", case: str, blamed: dict[str, list[str]]) -> bool:
    return case not in blamed or (routes.reads(case) and ALONE.issuperset(blamed[case]))


def _row(taken: "Taken") -> Json:
    return {
        "requests": dict(sorted(Counter(taken.operations).items())),
        "in_sequence": taken.in_sequence,
        "read": taken.read,
        "write": taken.write,
        "usd": round(taken.read * PRICES["read"] + taken.write * PRICES["write"], 4),
    }


def _check(results: Json) -> None:
    """Ends with an error where something is dearer because of what it was not asked for."""
    sys.stdout.write(table(results))
    dearer = [case for case, rows in results["beside"].items() if any(row != rows[0] for row in rows)]
    if dearer:
        sys.exit(f"what else the account holds counts here: {', '.join(dearer)}")


HEAD = """# Cost

`python -m bench.cost`, {machine}
Each call is made in an account that holds {sizes} objects of each kind besides: actions, people,
credentials, workspaces, items, comments, invitations and more. Counted is what is asked of DynamoDB after the
authorizer's one GetItem; what is asked side by side counts once in sequence. Read and write units are worked out by
DynamoDB's rules from what is sent and answered, and priced at {read} and {write} US dollars for a million (on demand,
us-east-1). API Gateway, Lambda and logs add the same to every call, 4.25 a million (docs/deploying.md, What it costs).

| call | requests (in sequence) | read units | write units | USD a million calls at {sizes} | lists all |
|---|---|---:|---:|---:|---|
"""
LISTS = """
Where a call reads all that the account holds of a kind (last column), there were ten of that kind, and so many of all
others. Such lists, read to the end of an answer:

| call | {sizes} |
|---|{columns}
"""


def table(results: Json) -> str:
    """The page of the results."""
    sizes = [f"{size:,}" for size in results["sizes"]]
    about = {"machine": machine.in_words(results), "sizes": ", ".join(sizes), **results["usd_per_million_units"]}
    lines = [_line(case, rows, results["lists"].get(case, [])) for case, rows in results["beside"].items()]
    lists = []
    for case, rows in results["listed"].items():
        cells = (f"{sum(row['requests'].values())} requests, {row['read']:,} units, {row['usd']:.2f}" for row in rows)
        lists.append(f"| {case} | {' | '.join(cells)} |{' |' * (len(sizes) - len(rows))}")
    below = LISTS.format(sizes=" | ".join(sizes), columns="---:|" * len(sizes))
    return HEAD.format(**about) + "\n".join(lines) + "\n" + below + "\n".join(lists) + "\n"


def _line(case: str, rows: list[Json], kinds: list[str]) -> str:
    first = rows[0]
    asked = ", ".join(f"{count} {name}" for name, count in first["requests"].items()) or "none"
    units = f"{first['read']} | {first['write']}"
    prices = ", ".join(f"{row['usd']:.3f}" for row in rows)
    return f"| {case} | {asked} ({first['in_sequence']}) | {units} | {prices} | {', '.join(kinds)} |"


if __name__ == "__main__":
    main()
