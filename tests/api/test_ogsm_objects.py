"""The OGSM nouns have the same calls as actions (test_actions.py). Reports and measurements add rules of their own."""

from typing import Any

import httpx
import pytest

from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.nouns import NOUNS
from chalicelib.storage import ids
from infra.testing.documents import example
from infra.testing.nouns import ogsm_objects
from tests.support import ogsm
from tests.support.clock import Clock
from tests.support.failures import Hook
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]

GOALS, MEASUREMENTS = "/api/v2/goals.json", "/api/v2/goal_measurements.json"
REPORTS = "/api/v2/objective_progress_reports.json"
BY_NAME = {noun.name: noun for noun in NOUNS}
FIELDS = {
    "teams": "id name parent",
    "ogsm_canvases": "id name team status start due archived",
    "objectives": "id title labels description assignee ogsm_canvases traffic_light archived",
    "goals": "id title labels description target_unit assignee ogsm_canvases traffic_light archived chart_vertical_min "
    "aggregation_method chart_type objectives parent start_value",
    "strategies": "id title labels description assignee ogsm_canvases traffic_light archived objectives",
    "kpis": "id title labels description target_unit assignee ogsm_canvases traffic_light archived chart_vertical_min "
    "aggregation_method chart_type strategies parent start_value",
    "objective_progress_reports": "id objective at traffic_light description author",
    "strategy_progress_reports": "id strategy at traffic_light description author",
    "action_progress_reports": "id action at traffic_light description author progress status",
    "goal_measurements": "id goal at target actual traffic_light description",
    "kpi_measurements": "id kpi at target actual traffic_light description",
}

every_noun = pytest.mark.parametrize("noun", NOUNS, ids=list(BY_NAME))
one_noun_of_each_kind = pytest.mark.parametrize(
    "noun", ogsm.mark_repeated(NOUNS, ogsm_objects.list_path), ids=list(BY_NAME)
)


def address_of(noun: OgsmNoun, object_id: int) -> str:
    return f"/api/v2/{noun.name}/{object_id}.json"


def pointers(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["pointer"] for error in answer.json()["errors"]]


def test_the_nouns_have_the_documented_fields_in_their_order() -> None:
    assert {name: " ".join(noun.schema.fields) for name, noun in BY_NAME.items()} == FIELDS


@every_noun
def test_an_object_is_created_read_listed_changed_and_deleted(ada: httpx.Client, noun: OgsmNoun) -> None:
    sent = example(f"sent_{noun.singular}")
    made = ada.post(ogsm_objects.list_path(noun), json=sent)
    assert made.status_code == 201, made.text
    whole = made.json()
    assert list(whole) == FIELDS[noun.name].split()
    assert whole.items() >= sent.items()
    address = made.headers["location"]
    assert address == address_of(noun, whole["id"])
    assert ada.get(address).json() == ada.get(address.removesuffix(".json")).json() == whole
    assert ada.get(ogsm_objects.list_path(noun)).json() == ada.get(f"/api/v2/{noun.name}").json() == [whole]
    changed = ada.patch(address, json=ogsm_objects.changed_body(noun))
    assert changed.json() == whole | ogsm_objects.changed_body(noun)
    assert ada.put(address, json=changed.json()).json() == changed.json(), "the whole object may be sent back"
    assert ada.delete(address).json() == changed.json()
    assert ada.get(address).status_code == ada.delete(address).status_code == 404
    assert ada.get(ogsm_objects.list_path(noun)).json() == []


@one_noun_of_each_kind
def test_each_filter_finds_the_object_and_leaves_out_another(ada: httpx.Client, noun: OgsmNoun) -> None:
    every = ogsm_objects.list_path(noun)
    made = ada.post(every, json=example(f"sent_{noun.singular}")).json()
    bare = ada.post(every, json=ogsm_objects.new_body(noun)).json()
    for parameter in noun.listing.filters.keys() - {"overdue", "archived", "q"}:
        field = noun_field(noun, parameter)
        value = one_value(made[field])
        found = [one["id"] for one in ada.get(every, params={parameter: value}).json()]
        assert made["id"] in found, parameter
        assert (bare["id"] in found) == fits(bare[field], value, parameter), parameter


def noun_field(noun: OgsmNoun, parameter: str) -> str:
    """Return the field that a filter looks at: the one with the same name, apart from its ending."""
    stem = parameter.removesuffix("_from").removesuffix("_to").removesuffix("_id")
    plurals = (parameter, stem, f"{stem}s", f"{stem}es", f"{stem.removesuffix('y')}ies")
    return next(name for name in plurals if name in noun.schema.fields)


def one_value(value: Any) -> Any:
    """Return the value by which a filter finds an object."""
    element = value[0] if isinstance(value, list) else value
    return element.get("id", element.get("name")) if isinstance(element, dict) else element


def fits(value: Any, wanted: Any, parameter: str) -> bool:
    if value in (None, []):
        return False
    if parameter.endswith("_from"):
        return bool(value >= wanted)
    return bool(value <= wanted) if parameter.endswith("_to") else bool(one_value(value) == wanted)


@one_noun_of_each_kind
def test_the_list_can_be_sorted_by_each_field_that_it_names(ada: httpx.Client, noun: OgsmNoun) -> None:
    every = ogsm_objects.list_path(noun)
    made = {ada.post(every, json=body).json()["id"] for body in sortable(noun)}
    for field in noun.listing.sort_values:
        answer = ada.get(every, params={"sort": f"-{field}", "limit": 1})
        following = ada.get(answer.links["next"]["url"])
        assert {one["id"] for one in answer.json() + following.json()} == made, field


def sortable(noun: OgsmNoun) -> list[Json]:
    return [example(f"sent_{noun.singular}"), ogsm_objects.new_body(noun)]


@one_noun_of_each_kind
def test_the_fields_of_an_empty_body_that_are_missing_and_wrong_are_named(ada: httpx.Client, noun: OgsmNoun) -> None:
    every = ogsm_objects.list_path(noun)
    assert set(pointers(ada.post(every, json={"titel": "x"}))) == {
        "#/titel",
        *(f"#/{name}" for name in noun.schema.required),
    }
    assert pointers(ada.get(f"{every}?titel=x")) == ["?titel"]


def test_a_noun_has_all_that_the_calls_of_actions_have(ada: httpx.Client) -> None:
    key = {"Idempotency-Key": "one"}
    form = {"title": "By form", "parent[id]": "3", "labels[][name]": "a", "start_value": "2.5"}
    made = ada.post(GOALS, data=form, headers=key)
    goal = made.json()
    assert (goal["parent"], goal["labels"], goal["start_value"]) == ({"id": 3}, [{"name": "a"}], 2.5)
    again = ada.post(GOALS, data=form, headers=key)
    assert (again.json(), again.headers["idempotency-replayed"]) == (goal, "true")
    address, read = made.headers["location"], ada.get(made.headers["location"])
    assert ada.get(address, headers={"If-None-Match": read.headers["etag"]}).status_code == 304
    assert ada.patch(address, json={"title": "y"}, headers={"If-Match": '"other"'}).status_code == 412
    assert ada.patch(address, json={"title": "y"}, headers={"If-Match": read.headers["etag"]}).status_code == 200
    assert list(ada.get(f"{address}?fields=title,id").json()) == ["id", "title"]
    assert ada.get(f"{GOALS}?fields=id").json() == [{"id": goal["id"]}]


def test_nouns_and_accounts_count_their_ids_and_places_separately(ada: httpx.Client, stranger: httpx.Client) -> None:
    on_canvas = {"title": "x", "ogsm_canvases": [{"id": 5}]}
    paths = ("objectives", "goals", "strategies", "kpis", "actions")
    first = [ada.post(f"/api/v2/{path}.json", json=on_canvas).json() for path in paths]
    assert [(one["id"], one["ogsm_canvases"]) for one in first] == [(1, [{"id": 5, "row_order": 1}])] * 5
    second = ada.post(GOALS, json=on_canvas).json()
    assert (second["id"], second["ogsm_canvases"][0]["row_order"]) == (2, 2)
    assert stranger.post(GOALS, json=on_canvas).json()["id"] == 1
    assert stranger.get("/api/v2/kpis/1.json").status_code == 404


def test_a_canvas_is_overdue_after_its_last_day_unless_it_is_inactive(ada: httpx.Client, clock: Clock) -> None:
    every, past = "/api/v2/ogsm_canvases.json", {"start": "2001-01-01", "due": "2001-12-31"}
    assert ada.post(every, json={"name": "a"} | past).json()["status"] == {"name": "draft"}
    ada.post(every, json={"name": "b", "status": "inactive"} | past)
    ada.post(every, json={"name": "c", "due": "2999-12-31"})
    assert [one["name"] for one in ada.get(f"{every}?overdue=true").json()] == ["a"]
    assert [one["name"] for one in ada.get(f"{every}?archived=true").json()] == []
    assert [one["name"] for one in ada.get(f"{every}?q=B").json()] == ["b"]
    assert pointers(ada.post(every, json={"name": "d", "start": "2024-02-01", "due": "2024-01-01"})) == ["#/due"]


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (0, "0"),
        (-3, "-3"),
        (1.0, "1.0"),
        (0.1, "0.1"),
        (123456789.012345, "123456789.012345"),
        (999_999_999_999_999, "999999999999999"),
        (1e-7, "1e-07"),
        ("12.50", "12.5"),
    ],
)
def test_a_number_is_answered_as_it_was_sent(ada: httpx.Client, sent: object, answered: str) -> None:
    text = ada.post(GOALS, json={"title": "x", "start_value": sent}).text
    assert f'"start_value":{answered}}}' in text
    assert ada.get(f"{GOALS}?start_value_from={answered}&start_value_to={answered}").text == f"[{text}]"


@pytest.mark.parametrize(
    "sent", ["0.30000000000000004", "1e15", "-1e400", "true", '"1e400"', '"x"', "[]", "123456789012345.5"]
)
def test_another_number_is_refused(ada: httpx.Client, sent: str) -> None:
    body = f'{{"title": "x", "start_value": {sent}}}'
    answer = ada.post(GOALS, content=body, headers={"Content-Type": "application/json"})
    assert pointers(answer) == ["#/start_value"]


def test_aggregation_methods_have_a_period_in_any_spelling(ada: httpx.Client) -> None:
    def method(sent: str) -> object:
        return ada.post(GOALS, json={"title": "x", "aggregation_method": sent}).json().get("aggregation_method")

    assert [method(one) for one in ("sum", "Average per quarter", "median_per_year", "per_year")] == [
        "sum",
        "average_per_quarter",
        "median_per_year",
        None,
    ]


def test_a_report_is_of_its_author_and_of_today(ada: httpx.Client, mia: httpx.Client, clock: Clock) -> None:
    sent = {"objective": {"id": 7}, "author": {"name": "Somebody else"}}
    made = mia.post(REPORTS, json=sent)
    assert made.json() == {
        "id": 7_000_001,
        "objective": {"id": 7},
        "at": clock.now.date().isoformat(),
        "traffic_light": None,
        "description": None,
        "author": {"name": "Mia Mel"},
    }
    changed = ada.patch(made.headers["location"], json={"at": "2024-01-31", "author": {"name": "x"}})
    assert (changed.json()["at"], changed.json()["author"]) == ("2024-01-31", {"name": "Mia Mel"})
    assert ada.get(f"{REPORTS}?author=mia mel&objective_id=7&at_to=2024-01-31").json() == [changed.json()]


def test_each_item_numbers_its_reports(ada: httpx.Client, stranger: httpx.Client) -> None:
    def report(client: httpx.Client, item: str, item_id: int) -> object:
        made = client.post(f"/api/v2/{item}_progress_reports.json", json={item: {"id": item_id}})
        return made.json()["id"] if made.status_code == 201 else pointers(made)

    first = [report(ada, "objective", item) for item in (7, 12, 7)]
    assert first == [7_000_001, 12_000_001, 7_000_002]
    assert (report(ada, "strategy", 7), report(stranger, "objective", 7)) == (7_000_001, 7_000_001)
    assert ada.delete(f"{REPORTS.removesuffix('.json')}/7000002").status_code == 200
    assert report(ada, "objective", 7) == 7_000_003, "a number is never used again"
    assert [one["id"] for one in ada.get(REPORTS).json()] == [7_000_001, 7_000_003, 12_000_001]
    assert report(ada, "action", 9_000_000_000) == 9_000_000_000_000_001
    assert report(ada, "action", 9_000_000_001) == ["#/action/id"]


def test_an_item_has_as_many_reports_as_can_be_numbered(ada: httpx.Client) -> None:
    assert ada.post(REPORTS, json={"objective": {"id": 7}}).status_code == 201
    [counter] = [row for row in stored_rows("counter") if row["sk"]["S"].endswith("on 7")]
    account = int(counter["pk"]["S"].removeprefix("ACCOUNT#"))
    ids.raise_counter(account, counter["sk"]["S"].removeprefix("COUNTER#"), 999_998)
    assert ada.post(REPORTS, json={"objective": {"id": 7}}).json()["id"] == 7_999_999
    refused = ada.post(REPORTS, json={"objective": {"id": 7}})
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "The objective 7 has had 999999 reports, and no more can be numbered.",
    )
    assert ada.post(REPORTS, json={"objective": {"id": 8}}).json()["id"] == 8_000_001


def test_what_a_report_is_about_never_changes(ada: httpx.Client) -> None:
    address = ada.post(REPORTS, json={"objective": {"id": 7}}).headers["location"]
    assert pointers(ada.patch(address, json={"objective": {"id": 8}, "description": "x"})) == ["#/objective"]
    changed = ada.patch(address, json={"objective": {"id": "7"}, "at": "2024-01-31"})
    assert (changed.json()["objective"], changed.json()["at"]) == ({"id": 7}, "2024-01-31")


def test_there_is_one_measurement_of_each_goal_and_day_whose_id_says_both(ada: httpx.Client) -> None:
    sent = {"goal": {"id": 7}, "at": "2024-01-31", "actual": 5}
    made = ada.post(MEASUREMENTS, json=sent)
    assert made.json()["id"] == 720240131
    second = ada.post(MEASUREMENTS, json=sent | {"actual": 6})
    assert (second.status_code, "720240131" in second.json()["detail"]) == (409, True)
    assert ada.get(MEASUREMENTS).json() == [made.json()]
    assert ada.post("/api/v2/kpi_measurements.json", json={"kpi": {"id": 7}, "at": "2024-01-31"}).status_code == 201


def test_of_two_who_measure_the_same_day_at_once_one_is_told(ada: httpx.Client, mia: httpx.Client, on: Hook) -> None:
    sent, faster = {"goal": {"id": 7}, "at": "2024-01-31"}, iter([mia])
    assert [client.get(MEASUREMENTS).json() for client in (ada, mia)] == [[], []]
    statuses: list[int] = []
    on(
        "before-call.dynamodb.PutItem",
        lambda **_: statuses.extend(one.post(MEASUREMENTS, json=sent | {"actual": 1}).status_code for one in faster),
    )
    assert (ada.post(MEASUREMENTS, json=sent | {"actual": 2}).status_code, statuses) == (409, [201])
    assert [one["actual"] for one in ada.get(MEASUREMENTS).json()] == [1]


def test_the_goal_and_day_of_a_measurement_never_change(ada: httpx.Client) -> None:
    address = ada.post(MEASUREMENTS, json={"goal": {"id": 7}, "at": "2024-01-31"}).headers["location"]
    refused = ada.patch(address, json={"goal": {"id": 8}, "at": "2024-02-01", "actual": 5})
    assert pointers(refused) == ["#/goal", "#/at"]
    assert ada.patch(address, json={"goal": {"id": "7"}, "at": "2024-01-31", "actual": 5}).json()["actual"] == 5


def test_measurements_are_listed_by_goal_and_day_in_pages(ada: httpx.Client) -> None:
    days = ("2024-12-31", "2024-01-01", "0001-01-01")
    for goal in (12, 3):
        for day in days:
            assert ada.post(MEASUREMENTS, json={"goal": {"id": goal}, "at": day}).status_code == 201
    largest = {"goal": {"id": 90_000_000}, "at": "9999-12-31"}
    assert ada.post(MEASUREMENTS, json=largest).status_code == 201
    assert pointers(ada.post(MEASUREMENTS, json={"goal": {"id": 90_000_001}})) == ["#/goal/id"]
    expected = [(goal, day) for goal in (3, 12) for day in sorted(days)] + [(90_000_000, "9999-12-31")]
    pages, address = [], f"{MEASUREMENTS}?limit=3"
    for _ in range(3):
        answer = ada.get(address)
        pages += [(one["goal"]["id"], one["at"]) for one in answer.json()]
        address = answer.links.get("next", {}).get("url", "")
    assert (pages, address) == (expected, "")
