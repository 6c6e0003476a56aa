"""The reader of OGSM objects: one Query for each MB, and texts that are parsed only when their objects are needed."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import json_text
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.stored_objects import read_objects
from chalicelib.storage.migrations import DocumentFormat, add_field
from tests.support import stored_ogsm
from tests.support.stored_ogsm import ACME, BY_NAME, build, measurement

GOALS, MEASUREMENTS, REPORTS = (BY_NAME[name] for name in ("goals", "goal_measurements", "objective_progress_reports"))
Json = dict[str, Any]


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of the texts that are parsed during the test."""
    texts: list[str] = []

    def load(text: str) -> Any:
        texts.append(text)
        return json.loads(text)

    monkeypatch.setattr(json_text, "load", load)
    return texts


def store(noun: OgsmNoun, object_id: int, account: int = 1, **fields: Any) -> Json:
    """Store an object of a noun and return it."""
    document = build(noun.name, object_id, **fields)
    stored_ogsm.store(noun.name, document, account=account)
    return document


def store_measurements(goal: int, *days: str) -> list[Json]:
    """Store the measurements of a goal on these days."""
    made = [measurement("goal", goal, day, actual=number) for number, day in enumerate(days)]
    stored_ogsm.store(MEASUREMENTS.name, *made)
    return made


def test_objects_are_found_by_id_and_listed_in_the_order_of_their_ids(url: str) -> None:
    tenth, second = store(GOALS, 10, title="Tenth"), store(GOALS, 2, title="Second")
    store(GOALS, 3, account=2, title="Of another account")
    objects = read_objects(ACME, [GOALS])
    assert objects.documents(GOALS) == [second, tenth]
    assert (objects.find(GOALS, 10), objects.find(GOALS, 3)) == (tenth, None)


def test_every_noun_is_read_with_one_query(url: str, asked: list[str]) -> None:
    stored = {noun: store(noun, 700_000_000 + 20240131, title=noun.name) for noun in BY_NAME.values()}
    asked.clear()
    objects = read_objects(ACME, BY_NAME.values())
    assert {noun: objects.documents(noun) for noun in BY_NAME.values()} == {
        noun: [document] for noun, document in stored.items()
    }
    assert asked == ["Query"]


def test_a_noun_that_was_not_read_raises_even_if_it_lies_between_others(url: str) -> None:
    store(BY_NAME["kpis"], 1)
    objects = read_objects(ACME, [GOALS, BY_NAME["teams"]])
    assert objects.documents(GOALS) == objects.documents(BY_NAME["teams"]) == []
    with pytest.raises(KeyError):
        objects.documents(BY_NAME["kpis"])


def test_the_measurements_of_a_goal_are_found_by_day_without_parsing_any(url: str, parsed: list[str]) -> None:
    newest, oldest = store_measurements(7, "2024-10-01", "2024-02-01")
    store_measurements(70, "2024-03-01")
    objects = read_objects(ACME, [GOALS, MEASUREMENTS])
    found = objects.texts_about(MEASUREMENTS, 7)
    assert objects.texts_about(MEASUREMENTS, 8) == []
    assert parsed == []
    assert [json.loads(text) for text in found] == [oldest, newest]


def test_the_reports_of_an_item_are_found_in_the_order_of_their_ids(url: str) -> None:
    reports = [store(REPORTS, number, objective={"id": 5}) for number in (5_000_003, 5_000_004)]
    store(REPORTS, 6_000_001, objective={"id": 6})
    found = read_objects(ACME, [REPORTS]).texts_about(REPORTS, 5)
    assert [json.loads(text) for text in found] == reports


def test_objects_are_parsed_once(url: str, parsed: list[str]) -> None:
    store(GOALS, 1)
    objects = read_objects(ACME, [GOALS])
    [document] = objects.documents(GOALS)
    assert objects.find(GOALS, 1) is document
    assert len(parsed) == 1


@pytest.mark.parametrize("find", [lambda objects: objects.find(GOALS, 1), lambda objects: objects.documents(GOALS)[0]])
def test_an_older_document_is_upgraded(url: str, monkeypatch: pytest.MonkeyPatch, find: Callable[[Any], Json]) -> None:
    document = store(GOALS, 1)
    monkeypatch.setattr(GOALS.row, "doc_format", DocumentFormat([add_field("weight", 1)]))
    assert find(read_objects(ACME, [GOALS])) == document | {"weight": 1}


def test_more_than_a_megabyte_takes_a_query_for_each_megabyte(url: str, asked: list[str]) -> None:
    for number in range(1, 7):
        store(GOALS, number, description="x" * 380_000)
    asked.clear()
    assert len(read_objects(ACME, [GOALS]).documents(GOALS)) == 6
    assert asked == ["Query"] * 3
