"""The helpers of the benches: rows to fill an account with, and lost writes."""

import json
import re
from collections import Counter
from typing import Any

import httpx
import pytest

from bench import calls, changes, load
from bench.worker import ACTION, ITEM, Shared, Worker
from chalicelib.storage.models.base import Row
from infra import row_chart
from infra.testing.nouns import load_nouns
from infra.testing.processes import PROJECT

Json = dict[str, Any]


def test_writes_are_lost_if_the_stored_objects_differ() -> None:
    with httpx.Client() as client:
        worker = Worker(client, "one", Shared("/api/workspaces/1", "/api/v2/actions/1", canvas=1))
        worker.texts[ACTION] |= {1: "kept", 2: "changed", 3: "deleted"}
        worker.deleted[ACTION] |= {4, 5}
        stored = {1: "kept", 2: "as before", 5: "still there", 6: "somebody else's"}
        assert worker.find_lost_writes(ACTION, stored) == [
            "2: 'as before' is not 'changed'",
            "3: None is not 'deleted'",
            "5 is back",
        ]
        assert worker.find_lost_writes(ITEM, stored) == []


PART = {"errors": 0, "kb_a_write": 6.2}


@pytest.mark.parametrize(
    ("parts", "lost", "has_failed"),
    [
        ([PART, PART], [], False),
        ([PART, PART], ["1: None is not 'kept'"], True),
        ([PART | {"errors": 1}, PART], [], True),
        ([PART, PART | {"kb_a_write": 10.1}], [], True),
        ([PART | {"kb_a_write": 14.3}, PART], [], False),
    ],
    ids=["all is well", "a write is lost", "a request failed", "memory grows at the end", "memory grows at first"],
)
def test_the_load_fails_if_something_is_lost_or_fails_or_leaks(
    parts: list[Json], lost: list[str], has_failed: bool
) -> None:
    assert load.has_failed({"parts": parts, "lost": lost}) is has_failed


@pytest.mark.parametrize("kind", row_chart.row_classes(), ids=lambda kind: kind.__name__)
def test_the_cost_bench_fills_an_account_with_every_kind_of_row(kind: type[Row]) -> None:
    nouns = load_nouns()
    filled = {type(sample.row) for noun in nouns.values() for sample in noun.sample_rows(1)}
    left_out = {row for noun in nouns.values() for row in noun.rows_not_filled}
    file = f"infra/testing/nouns/{kind.__module__.rpartition('.')[2]}.py"
    assert (kind in filled) != (kind in left_out), (
        f"Add a sample row of {kind.__name__} to {file}, or give the reason there why the cost bench does not fill it. "
        f"If clients often write it, add it to the load in bench/worker.py as well."
    )


def test_the_plan_that_is_measured_has_its_size() -> None:
    lists = Counter(event["path"].removeprefix("/api/v2/").removesuffix(".json") for event in calls.plan_objects())
    measurements = lists.pop("goal_measurements") + lists.pop("kpi_measurements")
    assert (dict(lists), measurements) == (calls.PLAN_SIZE, calls.PLAN_MEASUREMENTS)


def test_the_documents_state_the_prices_that_were_measured() -> None:
    results = json.loads((changes.RESULTS / "changes.json").read_text())
    assert (changes.RESULTS / "changes.md").read_text() == changes.table(results)
    measured = results["changes"].values()
    recording = [changes.price_of_recording(one[how]) for one in measured for how in changes.SIZES]
    storing = max(changes.price_of_storing(one[changes.TOGETHER]) for one in measured)
    text = (PROJECT / "docs/recording.md").read_text()
    assert f"cost {min(recording):.2f} to {max(recording):.2f} US dollars to record" in text
    assert f"costs {storing:.2f} more at most" in text


def test_an_idle_stage_costs_less_than_ten_cents_besides_its_alarms() -> None:
    text = (PROJECT / "docs/operating.md").read_text()
    idle = text.partition("| idle, per month | cost |")[2].partition("Without the alarms")[0]
    costs = [float(cost) for cost in re.findall(r"\| (0\.\d{4}) \|\n", idle)]
    assert len(costs) == 4
    assert f"an idle stage costs {sum(costs):.2f} a month" in text
    assert sum(costs) < 0.10


def test_the_keys_of_sample_rows_have_the_forms_that_the_models_declare() -> None:
    for noun in load_nouns().values():
        for sample in noun.sample_rows(7):
            kind, key = type(sample.row), sample.ref(0)[:2]
            assert row_chart.has_declared_form(kind, *key), (
                f"{kind.__name__} has the key {key}. Declare it in its docstring."
            )


def test_the_keys_of_sample_rows_are_unique_and_belong_to_the_account() -> None:
    samples = [sample for noun in load_nouns().values() for sample in noun.sample_rows(7)]
    keys = [sample.ref(number)[:2] for sample in samples for number in range(3)]
    assert len(set(keys)) == len(keys)
    assert {partition for partition, _ in keys if not partition.startswith("ACCOUNT#000000007")} == {"PURGES", "USERS"}
