"""Lists of OGSM objects: what a ListDefinition must declare, and the building blocks for filters and sorting."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm import actions, filters, objects, sorting
from chalicelib.domain.ogsm.actions import ACTIONS
from chalicelib.domain.ogsm.filters import Filter
from chalicelib.domain.ogsm.listing import ListDefinition
from chalicelib.domain.ogsm.sorting import Sort, SortValue
from chalicelib.schemas.actions import SORT_FIELDS
from chalicelib.schemas.common import PAGING
from chalicelib.storage import table
from chalicelib.storage.models.actions import Action
from chalicelib.storage.rows import Entry
from chalicelib.validation.schema import parameters
from chalicelib.validation.types import CommaSeparated, Text

FILTERED = [name for name in ACTIONS.list_query.fields if name not in {*PAGING, "sort", "fields"}]
TODAY = datetime.now(UTC).date()
YESTERDAY, TOMORROW = str(TODAY - timedelta(days=1)), str(TODAY + timedelta(days=1))


@pytest.mark.parametrize("parameter", FILTERED)
def test_a_parameter_without_a_filter_fails_at_once(parameter: str) -> None:
    others = {name: passes for name, passes in ACTIONS.listing.filters.items() if name != parameter}
    with pytest.raises(ValueError, match=rf"accepts {parameter}\..* to `filters` of the ListDefinition of Action\.$"):
        replace(ACTIONS.listing, filters=others)


@pytest.mark.parametrize("field", SORT_FIELDS)
def test_a_sort_field_without_a_value_fails_at_once(field: str) -> None:
    others = {name: value for name, value in ACTIONS.listing.sort_values.items() if name != field}
    with pytest.raises(ValueError, match=rf"accepts {field}\..* to `sort_values` of the ListDefinition of Action\.$"):
        replace(ACTIONS.listing, sort_values=others)


def test_a_filter_or_sort_value_that_the_query_does_not_accept_fails_at_once() -> None:
    with pytest.raises(ValueError, match=r"does not accept labels\. Remove it from `filters`"):
        replace(ACTIONS.listing, filters={**ACTIONS.listing.filters, "labels": filters.equals("labels")})
    with pytest.raises(ValueError, match=r"does not accept labels\. Remove it from `sort_values`"):
        replace(ACTIONS.listing, sort_values={**ACTIONS.listing.sort_values, "labels": sorting.by_value("labels", str)})


def test_paging_sort_and_fields_need_no_filter() -> None:
    query = parameters(sort=CommaSeparated(("id",), signed=True), fields=CommaSeparated(("id",)), **PAGING)
    ListDefinition(row=Action, schema=query, filters={}, sort_values={"id": sorting.by_value("id", int)})


def test_a_list_without_sort_needs_no_sort_values() -> None:
    ListDefinition(row=Action, schema=parameters(q=Text(1)), filters={"q": filters.contains_text()}, sort_values={})


DOCUMENT: dict[str, Any] = {
    "id": 1,
    "title": "Über ALLES",
    "description": None,
    "status": {"name": "doing"},
    "assignee": None,
    "labels": [{"name": "Red tape"}, {"name": "blue"}],
    "strategies": [{"id": 5}, {"id": 7}],
    "start": "2024-03-01",
    "due": YESTERDAY,
    "end": None,
    "archived": False,
}
IS_OVERDUE = filters.is_overdue("due", "status", done="done")


@pytest.mark.parametrize(
    ("passes", "value", "expected"),
    [
        (filters.equals("archived"), False, True),
        (filters.equals("archived"), True, False),
        (filters.has_name("status"), "DOING", True),
        (filters.has_name("status"), "do", False),
        (filters.has_name("assignee"), "Ann", False),
        (filters.contains_name("labels"), "BLUE", True),
        (filters.contains_name("labels"), "red", False),
        (filters.contains_id("strategies"), 7, True),
        (filters.contains_id("strategies"), 6, False),
        (filters.on_or_after("start"), "2024-03-01", True),
        (filters.on_or_after("start"), "2024-03-02", False),
        (filters.on_or_after("end"), "2024-03-01", False),
        (filters.on_or_before("start"), "2024-03-01", True),
        (filters.on_or_before("start"), "2024-02-29", False),
        (filters.on_or_before("end"), "2024-03-01", False),
        (IS_OVERDUE, True, True),
        (IS_OVERDUE, False, False),
        (filters.contains_text("title", "description"), "über alles", True),
        (filters.contains_text("title", "description"), "none", False),
    ],
)
def test_a_filter_passes_documents_that_have_the_value(passes: Filter, value: object, expected: bool) -> None:
    assert passes(DOCUMENT, value) is expected


@pytest.mark.parametrize(
    "changes", [{"due": None}, {"due": str(TODAY)}, {"due": TOMORROW}, {"status": {"name": "done"}}]
)
def test_only_unfinished_documents_due_before_today_are_overdue(changes: dict[str, Any]) -> None:
    document = DOCUMENT | changes
    assert (IS_OVERDUE(document, True), IS_OVERDUE(document, False)) == (False, True)


OPTIONS = ("icebox", "doing", "done")


@pytest.mark.parametrize(
    ("value_of", "expected"),
    [
        (sorting.by_value("id", int), 1),
        (sorting.by_value("end", str), None),
        (sorting.by_text("title"), "über alles"),
        (sorting.by_text("description"), None),
        (sorting.by_name("status"), "doing"),
        (sorting.by_name("assignee"), None),
        (sorting.by_named_option("status", OPTIONS), 1),
        (sorting.by_named_option("assignee", OPTIONS), None),
        (sorting.by_option("end", OPTIONS), None),
    ],
)
def test_a_sort_value_is_what_documents_are_compared_by(value_of: SortValue, expected: object) -> None:
    assert value_of.read(DOCUMENT) == expected
    assert value_of.accepts([expected is None, expected])


@pytest.mark.parametrize(("sort", "expected"), [(("due",), [2, 1, 0, 3]), (("-due",), [1, 2, 0, 3])])
def test_missing_values_come_last_in_both_directions(sort: Sort, expected: list[int]) -> None:
    values = {"due": sorting.by_value("due", str)}
    documents = [{"id": number, "due": due} for number, due in enumerate([None, "2024-01-02", "2024-01-01", None])]
    positions = [sorting.position_of(document, sort, values) for document in documents]
    positions.sort(key=lambda position: sorting.sort_key(position, sort))
    assert [position[-1] for position in positions] == expected


def test_a_list_in_the_order_of_ids_parses_no_stored_text(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = [Entry([number], "not JSON") for number in (1, 2)]
    monkeypatch.setattr(table, "query_entries", lambda *_: iter(stored))
    entries = objects.list_objects(Caller(1, "u", "k", "read"), actions.ACTIONS, {"limit": 2}, after=None, limit=3)
    assert list(entries) == stored
