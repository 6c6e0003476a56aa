"""/api/v2/actions: each call as the OGSM document shows it."""

import httpx
import pytest

from infra.testing.documents import example

ACTION = example("action")
LIST = "/api/v2/actions.json"
EMPTY: dict[str, object] = {
    "labels": [],
    "strategies": [],
    "description": None,
    "assignee": None,
    "involved": [],
    "start": None,
    "due": None,
    "status": {"name": "to do"},
    "ogsm_canvases": [],
    "traffic_light": None,
    "progress": 0,
    "archived": False,
}


@pytest.fixture
def action(ada: httpx.Client) -> str:
    """Return the address of the action of the document."""
    made = ada.post(LIST, json=ACTION)
    assert made.status_code == 201
    return made.headers["location"]


def test_the_action_of_the_document_comes_back_whole_with_a_new_id(ada: httpx.Client) -> None:
    made = ada.post(LIST, json=ACTION)
    assert made.status_code == 201
    assert made.json() == ACTION | {"id": 1}
    assert list(made.json()) == list(ACTION), "the keys stand in the order of the document"
    assert made.headers["location"] == "/api/v2/actions/1.json"


def test_actions_are_listed_oldest_first_as_a_bare_array(ada: httpx.Client) -> None:
    made = [ada.post(LIST, json={"title": title}).json() for title in ("one", "two", "three")]
    answer = ada.get(LIST)
    assert answer.status_code == 200
    assert answer.json() == made
    assert "link" not in answer.headers


def test_an_empty_account_lists_an_empty_array(ada: httpx.Client) -> None:
    assert ada.get(LIST).json() == []


def test_an_action_of_which_only_the_title_is_known_has_every_documented_field(ada: httpx.Client) -> None:
    assert ada.post(LIST, json={"title": "x"}).json() == {"id": 1, "title": "x"} | EMPTY


def test_a_single_action_is_read_with_and_without_json_in_its_address(ada: httpx.Client, action: str) -> None:
    with_suffix, without = ada.get(action), ada.get(action.removesuffix(".json"))
    assert with_suffix.status_code == without.status_code == 200
    assert with_suffix.json() == without.json() == ACTION | {"id": 1}


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_an_update_changes_what_it_names_and_nothing_else(ada: httpx.Client, action: str, method: str) -> None:
    answer = ada.request(method, action, json={"progress": 75, "status": {"name": "done"}})
    assert answer.status_code == 200
    assert answer.json() == ACTION | {"id": 1, "progress": 75, "status": {"name": "done"}}
    assert ada.get(action).json() == answer.json()


@pytest.mark.parametrize("field", ["description", "assignee", "start", "due", "traffic_light"])
def test_null_clears_a_field_that_may_be_empty(ada: httpx.Client, action: str, field: str) -> None:
    assert ada.patch(action, json={field: None}).json() == ACTION | {"id": 1, field: None}


@pytest.mark.parametrize("field", ["title", "labels", "strategies", "involved", "status", "progress", "archived"])
def test_null_is_refused_for_the_other_fields(ada: httpx.Client, action: str, field: str) -> None:
    answer = ada.patch(action, json={field: None})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"#/{field}"


def test_arrays_are_replaced_whole(ada: httpx.Client, action: str) -> None:
    assert ada.patch(action, json={"labels": [{"name": "new"}]}).json()["labels"] == [{"name": "new"}]


def test_an_empty_object_changes_nothing(ada: httpx.Client, action: str) -> None:
    answer = ada.patch(action, json={})
    assert answer.status_code == 200
    assert answer.json() == ACTION | {"id": 1}


def test_the_whole_object_may_be_sent_back(ada: httpx.Client, action: str) -> None:
    whole = ada.get(action).json()
    assert ada.patch(action, json=whole).json() == whole
    assert ada.patch(action, json=whole | {"id": "1", "title": "y"}).json() == whole | {"title": "y"}


def test_an_update_with_another_id_is_refused(ada: httpx.Client, action: str) -> None:
    answer = ada.patch(action, json={"id": 2, "title": "stolen"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "#/id", "detail": "must be 1, as in the path; ids never change"},
    ]
    assert ada.get(action).json()["title"] == ACTION["title"]


def test_deleting_an_action_answers_it_and_it_is_not_found_afterwards(ada: httpx.Client, action: str) -> None:
    answer = ada.delete(action)
    assert answer.status_code == 200
    assert answer.json() == ACTION | {"id": 1}
    assert ada.get(action).status_code == ada.delete(action).status_code == 404
    assert ada.get(LIST).json() == []


def test_the_id_of_a_deleted_action_is_not_given_out_again(ada: httpx.Client, action: str) -> None:
    ada.delete(action)
    assert ada.post(LIST, json={"title": "x"}).json()["id"] == 2


@pytest.mark.parametrize("address", ["9", "0", "-1", "abc", "01", "1.xml", "1.json.json", "9" * 30, "%31", "1%00"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
def test_an_address_without_an_action_is_not_found(ada: httpx.Client, action: str, method: str, address: str) -> None:
    answer = ada.request(method, f"/api/v2/actions/{address}", json={} if method in ("PATCH", "PUT") else None)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_another_account_does_not_see_an_action(ada: httpx.Client, stranger: httpx.Client, action: str) -> None:
    assert stranger.get(LIST).json() == []
    assert stranger.get(action).status_code == 404
    assert stranger.patch(action, json={"title": "stolen"}).status_code == 404
    assert stranger.delete(action).status_code == 404
    assert ada.get(action).json() == ACTION | {"id": 1}


def test_each_account_counts_its_own_ids(ada: httpx.Client, stranger: httpx.Client, action: str) -> None:
    assert stranger.post(LIST, json={"title": "x"}).json()["id"] == 1


def test_an_action_without_row_order_goes_last_on_its_canvas(ada: httpx.Client, action: str) -> None:
    def placed(body: dict[str, object]) -> list[dict[str, int]]:
        canvases: list[dict[str, int]] = ada.post(LIST, json={"title": "x"} | body).json()["ogsm_canvases"]
        return canvases

    assert placed({"ogsm_canvases": [{"id": 789}]}) == [{"id": 789, "row_order": 92}]
    assert placed({"ogsm_canvases": [{"id": 789, "row_order": 5}]}) == [{"id": 789, "row_order": 5}]
    assert placed({"ogsm_canvases": [{"id": 789, "row_order": None}, {"id": 1}]}) == [
        {"id": 789, "row_order": 93},
        {"id": 1, "row_order": 1},
    ]


def test_the_start_cannot_be_moved_behind_the_due_date(ada: httpx.Client, action: str) -> None:
    late, early = ada.patch(action, json={"start": "2025-01-01"}), ada.patch(action, json={"due": "2023-12-31"})
    assert late.json()["errors"] == [
        {"pointer": "#/start", "detail": "due (2024-12-31) must not be before start (2025-01-01)"}
    ]
    assert early.json()["errors"] == [
        {"pointer": "#/due", "detail": "due (2023-12-31) must not be before start (2024-01-01)"}
    ]
    assert ada.patch(action, json={"start": "2025-01-01", "due": "2025-01-01"}).status_code == 200
    assert ada.patch(action, json={"start": "2026-01-01", "due": None}).status_code == 200


def test_a_body_with_five_wrong_fields_names_all_five(ada: httpx.Client) -> None:
    wrong = {"title": " ", "due": "2024-02-30", "status": {"name": "soon"}, "progress": 101, "titel": "x"}
    answer = ada.post(LIST, json=wrong)
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {f"#/{field}" for field in wrong} - {
        "#/status"
    } | {"#/status/name"}
    assert ada.get(LIST).json() == []


def test_any_user_of_the_account_may_change_any_action(acme: dict, ada: httpx.Client, sign_in, action: str) -> None:  # type: ignore[type-arg,no-untyped-def]
    from infra import operations

    member = sign_in(
        operations.create_user(acme["account"]["id"], email="mia@acme.example", first_name="Mia", last_name="M")
    )
    assert member.patch(action, json={"title": "by Mia"}).status_code == 200
    assert ada.get(action).json()["title"] == "by Mia"
