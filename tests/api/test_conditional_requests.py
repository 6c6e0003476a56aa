"""Conditional requests: what has not changed is not sent again, and lost updates are refused."""

import httpx
import pytest

LIST = "/api/v2/actions.json"


@pytest.fixture
def made(ada: httpx.Client) -> httpx.Response:
    return ada.post(LIST, json={"title": "x"})


def test_creating_reading_and_updating_give_the_same_tag_for_the_same_object(
    ada: httpx.Client, made: httpx.Response
) -> None:
    address, tag = made.headers["location"], made.headers["etag"]
    assert tag.startswith('"')
    assert ada.get(address).headers["etag"] == ada.patch(address, json={}).headers["etag"] == tag
    assert ada.patch(address, json={"title": "y"}).headers["etag"] == ada.get(address).headers["etag"] != tag


@pytest.mark.parametrize("form", ["{}", 'W/{}, "other"', '"other",{}', "*"])
def test_a_representation_that_the_client_has_is_not_sent_again(
    ada: httpx.Client, made: httpx.Response, form: str
) -> None:
    for address in (made.headers["location"], LIST, f"{LIST}?limit=1"):
        tag = ada.get(address).headers["etag"]
        answer = ada.get(address, headers={"If-None-Match": form.format(tag)})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag


def test_if_match_is_ignored_when_a_workspace_is_created_under_an_id(ada: httpx.Client) -> None:
    answer = ada.post("/api/workspaces/7", json={"name": "x"}, headers={"If-Match": '"x"'})
    assert answer.status_code == 201


def test_a_changed_list_is_sent_again(ada: httpx.Client, made: httpx.Response) -> None:
    tag = ada.get(LIST).headers["etag"]
    ada.patch(made.headers["location"], json={"progress": 1})
    assert ada.get(LIST, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_a_write_with_an_old_tag_is_refused_and_changes_nothing(
    ada: httpx.Client, made: httpx.Response, method: str
) -> None:
    address, old = made.headers["location"], made.headers["etag"]
    ada.patch(address, json={"title": "of somebody else"})
    body = None if method == "DELETE" else {"title": "late"}
    answer = ada.request(method, address, json=body, headers={"If-Match": old})
    assert answer.status_code == 412
    assert ada.get(address).json()["title"] == "of somebody else"


@pytest.mark.parametrize("form", ["{}", '"other", {}', "*"])
def test_a_write_with_the_current_tag_is_carried_out(ada: httpx.Client, made: httpx.Response, form: str) -> None:
    if_match = {"If-Match": form.format(made.headers["etag"])}
    assert ada.patch(made.headers["location"], json={"title": "y"}, headers=if_match).status_code == 200


def test_if_match_compares_strongly(ada: httpx.Client, made: httpx.Response) -> None:
    weak = {"If-Match": f"W/{made.headers['etag']}"}
    assert ada.patch(made.headers["location"], json={"title": "y"}, headers=weak).status_code == 412
