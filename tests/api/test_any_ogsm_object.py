"""Any valid objects of any OGSM noun, made by Hypothesis: they are kept, and listed as a naive reader lists them."""

import csv
import io
import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.references import ALL_NOUNS
from chalicelib.schemas.ogsm_objects import bare
from chalicelib.serializers.ogsm_csv import write_value
from chalicelib.validation.containers import All, Ignored, ListOf, Nullable, object_members
from chalicelib.validation.types import Boolean, Date, Enum, Integer, Number, Text
from infra.testing.nouns.ogsm_objects import csv_path, list_path
from tests.support import counts, ogsm

Json = dict[str, Any]
Strategy = st.SearchStrategy[Any]

EACH = settings(
    max_examples=counts.choose(quick=3, full=30),
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
SET_BY_THE_SERVICE = ("id", "at", "author")  # in an object that is sent without them

# Few values of each kind, so that objects share them.
text = st.text(st.sampled_from("aBß,;\"'=@-\n é\N{GRINNING FACE}"), max_size=4)
VALUES: dict[type, Any] = {
    Boolean: lambda _: st.booleans(),
    Date: lambda _: st.sampled_from(["0001-01-01", "2024-02-29", "2024-12-31", "9999-12-31"]),
    Enum: lambda kind: st.sampled_from(kind.options),
    Integer: lambda kind: st.sampled_from([kind.maximum - 1, kind.maximum]),  # far from the ids of new objects
    Number: lambda _: st.sampled_from([0, 5, 0.1, -2.5, 1e-7, 10**15 - 1, 123456789.012345]),
    Text: lambda kind: text.map(str.strip).filter(bool) if kind.min_length else text,
    Nullable: lambda kind: st.none() | values_of(kind.kind),
    ListOf: lambda kind: st.lists(values_of(kind.kind), max_size=2, unique_by=str),
    All: lambda kind: st.fixed_dictionaries({name: values_of(one) for name, one in object_members(kind).items()}),
}


def values_of(kind: Any) -> Strategy:
    """Return a strategy for the values of a kind of field."""
    found: Strategy = VALUES[type(kind)](kind)
    return found


def bodies_of(noun: OgsmNoun) -> Strategy:
    """Return a strategy for bodies that create objects, of measurements at most one for each day."""
    fields = {name: values_of(kind) for name, kind in noun.schema.fields.items() if not isinstance(kind, Ignored)}
    required = {name: fields.pop(name) for name in noun.schema.required}
    body = st.fixed_dictionaries(required, optional=fields).map(in_order)
    day = (lambda one: (str(one[noun.subject]), one.get("at"))) if noun.measured else None
    return st.lists(body, min_size=1, max_size=3, unique_by=day)


def in_order(body: Json) -> Json:
    """Return a body whose last day is not before its first day."""
    if body.get("start") and body.get("due"):
        return body | dict(zip(("start", "due"), sorted((body["start"], body["due"])), strict=True))
    return body


def require_same(stored: Json, sent: Json) -> None:
    """Check that an object has what was sent, with the same digits. The service chooses a `row_order` of null."""
    for name, value in sent.items():
        found = stored[name]
        if name == "ogsm_canvases":
            pairs = zip(found, value, strict=True)
            found = [one | {"row_order": wanted["row_order"] and one["row_order"]} for one, wanted in pairs]
        assert json.dumps(found, sort_keys=True) == json.dumps(value, sort_keys=True), name


@EACH
@pytest.mark.parametrize("noun", ogsm.mark_repeated(ALL_NOUNS, list_path), ids=[noun.name for noun in ALL_NOUNS])
@given(data=st.data())
def test_objects_are_kept_and_listed_as_a_naive_reader_lists_them(
    ada: httpx.Client, noun: OgsmNoun, data: st.DataObject
) -> None:
    bodies = data.draw(bodies_of(noun))
    for left in ada.get(list_path(noun)).json():
        assert ada.delete(f"/api/v2/{noun.name}/{left['id']}.json").json() == left
    stored = sorted((create(ada, noun, body) for body in bodies), key=lambda one: int(one["id"]))
    changes = {name: value for name, value in bodies[-1].items() if name not in (noun.subject, "at")}
    stored[0] = change(ada, noun, stored[0], changes)
    assert ada.get(list_path(noun)).json() == stored
    for parameter in sorted(noun.listing.filters.keys() - {"overdue", "q"}):
        require_filtered(ada, noun, parameter, stored)
    for field in sorted(noun.listing.sort_values):
        require_sorted(ada, noun, field, stored)
    table = csv.reader(io.StringIO(ada.get(csv_path(noun)).text, newline=""))
    columns = list(noun.schema.fields)
    assert list(table) == [columns, *([write_value(one[name]) for name in columns] for one in stored)]


def create(client: httpx.Client, noun: OgsmNoun, body: Json) -> Json:
    """Create an object, check it, and return it."""
    made = client.post(list_path(noun), content=json.dumps(body))
    assert made.status_code == 201, made.text
    whole: Json = made.json()
    require_same(whole, body)
    assert list(whole) == list(noun.schema.fields)
    require_same(whole, {k: v for k, v in noun.defaults.items() if k not in body and k not in SET_BY_THE_SERVICE})
    assert client.get(made.headers["location"]).json() == whole
    return whole


def change(client: httpx.Client, noun: OgsmNoun, before: Json, changes: Json) -> Json:
    """Change an object, check it, and return it. If it would end before it begins, it is left as it was."""
    answer = client.patch(f"/api/v2/{noun.name}/{before['id']}.json", content=json.dumps(changes))
    after = before | changes
    if after.get("start") and after.get("due") and after["due"] < after["start"]:
        assert answer.status_code == 422
        return before
    assert answer.status_code == 200, answer.text
    whole: Json = answer.json()
    require_same(whole, changes)
    assert {k: v for k, v in whole.items() if k not in changes} == {k: before[k] for k in before if k not in changes}
    return whole


def require_filtered(client: httpx.Client, noun: OgsmNoun, parameter: str, stored: list[Json]) -> None:
    """Check what a filter lets through, for a value that an object has."""
    field, end = field_of(noun, parameter)
    all_values = [plain_values(one[field]) for one in stored]
    wanted = next((values[0] for values in all_values if values), None)
    if wanted is None:
        return
    tests = {"from": lambda value: value >= wanted, "to": lambda value: value <= wanted}
    passes = tests.get(end, lambda value: fold(value) == fold(wanted))
    sent = json.dumps(wanted) if isinstance(wanted, bool) else wanted
    found = client.get(list_path(noun), params={parameter: sent}).json()
    expected = [one for one, values in zip(stored, all_values, strict=True) if any(map(passes, values))]
    assert found == expected, f"{parameter}={wanted}"


def field_of(noun: OgsmNoun, parameter: str) -> tuple[str, str]:
    """Return the field that a filter looks at, and the end of the parameter that says how: `from`, `to` or none."""
    stem, _, end = parameter.rpartition("_")
    name = stem if end in ("from", "to", "id") and parameter not in noun.schema.fields else parameter
    plurals = (name, f"{name}s", f"{name}es", f"{name.removesuffix('y')}ies")
    return next(one for one in plurals if one in noun.schema.fields), end


def plain_values(value: Any) -> list[Any]:
    """Return the numbers, names or ids in a field, of which null has none."""
    several = value if isinstance(value, list) else [] if value is None else [value]
    return [one.get("name", one.get("id")) if isinstance(one, dict) else one for one in several]


def fold(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def require_sorted(client: httpx.Client, noun: OgsmNoun, field: str, stored: list[Json]) -> None:
    """Check the order of a list, in both directions. Objects without a value come last, and equal ones by their ids."""
    kind = bare(noun.schema.fields[field])
    options = getattr(object_members(kind).get("name") if isinstance(kind, All) else kind, "options", None)
    values = {
        one["id"]: options.index(value) if options else fold(value)
        for one in stored
        for value in plain_values(one[field])
    }
    missing = [one["id"] for one in stored if one["id"] not in values]
    for sign, is_reversed in (("", False), ("-", True)):
        found = client.get(list_path(noun), params={"sort": f"{sign}{field}", "fields": "id"}).json()
        expected = sorted(sorted(values), key=values.__getitem__, reverse=is_reversed)
        assert [one["id"] for one in found] == expected + missing, f"{sign}{field}"
