"""Bounds of what a request may contain. They are checked before any work is done."""

from typing import Any

import httpx
import pytest

from infra.testing.world import World

LIST = "/api/v2/actions.json"
Json = dict[str, Any]


def names(count: int) -> list[Json]:
    return [{"name": f"{number}"} for number in range(count)]


def numbered(count: int) -> list[Json]:
    return [{"id": number + 1} for number in range(count)]


@pytest.mark.parametrize(
    ("field", "most", "elements"),
    [
        ("labels", 100, names),
        ("involved", 100, names),
        ("strategies", 1_000, numbered),
        ("ogsm_canvases", 100, numbered),
    ],
)
def test_an_array_of_an_action_is_bounded(ada: httpx.Client, field: str, most: int, elements: Any) -> None:
    assert ada.post(LIST, json={"title": "x", field: elements(most)}).status_code == 201
    for count in (most + 1, 5_000):
        refused = ada.post(LIST, json={"title": "x", field: elements(count)})
        assert refused.status_code == 422
        detail = f"must have at most {most} elements, not {count}"
        assert refused.json()["errors"] == [{"pointer": f"#/{field}", "detail": detail}]
    assert len(ada.get(LIST).json()) == 1


def test_too_many_elements_are_counted_and_not_checked(ada: httpx.Client, asked: list[str]) -> None:
    ada.get(LIST)
    asked.clear()
    refused = ada.post(LIST, json={"title": "x", "labels": [{"wrong": 1}] * 40_000})
    assert refused.json()["errors"] == [{"pointer": "#/labels", "detail": "must have at most 100 elements, not 40000"}]
    assert asked == ["GetItem"], "Only the authorizer reads anything."


def test_fifty_people_are_invited_in_one_call(world: World, outbox: list[Json]) -> None:
    address = f"{world.workspace_url}/invitation"
    emails = [f"{number}@b.example" for number in range(51)]
    for body in ({"email": emails}, {"email": emails[:50], "slug": [world.users["other user"]]}):
        refused = world.owner.post(address, json=body)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/email")
    assert outbox == []
    assert len(world.owner.get(f"{world.workspace_url}/invitations").json()) == 1
    assert len(world.owner.post(address, json={"email": emails[:50]}).json()) == 50


def test_a_hundred_errors_are_listed_and_the_others_counted(ada: httpx.Client) -> None:
    refused = ada.post(LIST, json={"title": "x", "strategies": [{"id": "wrong"}] * 250})
    assert refused.status_code == 422
    assert len(refused.json()["errors"]) == 100
    assert refused.json()["detail"].endswith("; and 150 more errors")
