"""Pages of lists, of an inbox and of stacks, and the links between pages."""

from typing import Any

import httpx
import pytest

from chalicelib import config
from infra.testing.nouns.actions import store_actions
from infra.testing.world import World, item_ids, list_item_ids
from tests.support.gateway_events import as_caller, invoke
from tests.support.problems import assert_problem

LIST = "/api/v2/actions.json"
PUBLIC_URL = "https://api.acme.example/prod"
Json = dict[str, Any]


@pytest.fixture
def two(ada: httpx.Client) -> httpx.Client:
    """Return a client whose account has two actions."""
    for title in "ab":
        assert ada.post(LIST, json={"title": title}).status_code == 201
    return ada


@pytest.fixture
def places(world: World) -> list[str]:
    """Return the addresses of an inbox and of a stack, at all their paths. Each has five items."""
    stack = world.stack()
    for place in (world.workspace_url, stack):
        for number in range(5):
            world.item(place, f"{number}")
    flat = [f"/api/stacks/{one.rpartition('/')[2]}" for one in (stack, world.inbox_url)]
    return [f"{world.workspace_url}/inbox", world.inbox_url, stack, *flat]


def pages_of(client: httpx.Client, address: str) -> list[list[int]]:
    """Return the ids of the items on the page at an address and on the pages after it."""
    pages = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        pages.append(item_ids(answer.json()["items"]))
        address = answer.links.get("next", {}).get("url", "")
    return pages


def test_an_inbox_and_a_stack_page_their_items(world: World, places: list[str]) -> None:
    for place in places:
        whole = world.owner.get(place)
        assert "link" not in whole.headers
        items = item_ids(whole.json()["items"])
        expected = [items[:2], items[2:4], items[4:]]
        assert pages_of(world.owner, f"{place}?page=1&per_page=2") == expected, place
        assert pages_of(world.owner, f"{place}?limit=2") == expected, place
        assert pages_of(world.owner, f"{place}?page=2&per_page=3") == [items[3:]]
        assert pages_of(world.owner, f"{place}?per_page=5") == [items]
        assert pages_of(world.owner, f"{place}?page=9") == [[]]
        assert world.owner.get(f"{place}?limit=2").json() == whole.json() | {"items": whole.json()["items"][:2]}


def test_pages_of_a_stack_link_to_each_other(world: World, places: list[str]) -> None:
    for place in places:
        middle = world.owner.get(f"{place}?page=2&per_page=2")
        here = world.owner.base_url.join(place)
        assert {name: link["url"] for name, link in middle.links.items()} == {
            "next": f"{here}?page=3&per_page=2",
            "prev": f"{here}?page=1&per_page=2",
            "first": f"{here}?page=1&per_page=2",
        }


def test_each_page_of_a_stack_has_a_tag_of_its_own(world: World, places: list[str]) -> None:
    [place, *_] = places
    addresses = [place, *(f"{place}?page={page}&per_page=2" for page in (1, 2))]
    tags = [world.owner.get(address).headers["etag"] for address in addresses]
    assert len(set(tags)) == 3
    assert not any(tag.startswith("W/") for tag in tags)
    for address, tag in zip(addresses, tags, strict=True):
        unchanged = world.owner.get(address, headers={"If-None-Match": tag})
        assert (unchanged.status_code, unchanged.links) == (304, world.owner.get(address).links)
    world.item()
    for address, tag in zip(addresses, tags, strict=True):
        assert world.owner.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_the_tag_of_a_page_is_not_that_of_the_whole_stack_for_a_write(world: World, places: list[str]) -> None:
    inbox, body = places[0], {"name": "new"}
    before = list_item_ids(world.owner, f"{world.workspace_url}/items")
    page = world.owner.get(f"{inbox}?limit=2").headers["etag"]
    assert world.owner.put(inbox, json=body, headers={"If-Match": page}).status_code == 412
    assert list_item_ids(world.owner, f"{world.workspace_url}/items") == before
    whole = world.owner.get(inbox).headers["etag"]
    assert world.owner.put(inbox, json=body, headers={"If-Match": whole}).status_code == 200


def test_a_page_of_a_stack_is_hidden_from_those_who_may_not_see_it(world: World, places: list[str]) -> None:
    for place in places:
        cursor = world.owner.get(f"{place}?limit=1").links["next"]["url"].partition("?")[2]
        for query in ("page=1", cursor):
            statuses = [
                world.clients[one].get(f"{place}?{query}").status_code for one in ("member", "other user", "nobody")
            ]
            assert statuses == [200, 404, 401]


def test_a_page_reads_no_more_than_it_shows(world: World, places: list[str], asked: list[str]) -> None:
    for place in places[:3]:
        counts = []
        for query in ("", "?limit=2", "?page=2&per_page=2"):
            asked.clear()
            assert world.owner.get(place + query).status_code == 200
            counts.append(asked.copy())
        assert counts[0] == counts[1] == counts[2]


@pytest.mark.parametrize("per_page", ["251", "1000", "9007199254740991"])
def test_a_page_of_more_than_250_entries_is_cut_to_250(ada: httpx.Client, acme: Json, per_page: str) -> None:
    store_actions(acme["account"]["id"], 251)
    first = ada.get(f"{LIST}?per_page={per_page}")
    assert len(first.json()) == 250
    assert first.links["next"]["url"] == f"{ada.base_url.join(LIST)}?per_page=250&page=2"
    assert len(ada.get(first.links["next"]["url"]).json()) == 1


@pytest.mark.parametrize("query", ["limit=251", "per_page=0", "per_page=-1", "per_page=x", "per_page=9007199254740992"])
def test_other_sizes_of_a_page_are_refused(ada: httpx.Client, query: str) -> None:
    for path in (LIST, "/api/activities"):
        assert_problem(ada.get(f"{path}?{query}"), 422)


def test_links_between_pages_are_absolute_and_links_in_objects_are_not(two: httpx.Client) -> None:
    host = {"Host": "api.local:8443"}
    page = two.get(f"{LIST}?limit=1", headers=host)
    assert page.links["next"]["url"].startswith(f"http://api.local:8443{LIST}?limit=1&cursor=")
    made = two.post("/api/workspace", json={"name": "x"}, headers=host)
    assert made.links["canonical"]["url"] == "http://api.local:8443/api/workspaces"
    assert made.headers["location"].startswith("/api/workspaces/")
    assert all(link["href"].startswith("/api/workspaces/") for link in made.json()["links"])


FORGED = [
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "444"},
    {"X-Forwarded-Proto": "javascript", "X-Forwarded-Prefix": "/evil"},
    {"Forwarded": "host=evil.example;proto=https", "X-Original-URL": "/evil", "X-Host": "evil.example"},
]


@pytest.mark.parametrize("headers", FORGED)
def test_forwarded_headers_do_not_change_a_link(two: httpx.Client, acme: Json, headers: dict[str, str]) -> None:
    address = f"{LIST}?limit=1"
    assert two.get(address, headers=headers).headers["link"] == two.get(address).headers["link"]
    on_lambda = invoke("GET", LIST, caller=as_caller(acme), headers=headers, query={"limit": ["1"]})
    assert on_lambda["headers"]["Link"].startswith(f"<https://abc.execute-api.us-east-1.amazonaws.com/prod{LIST}?")


def test_behind_api_gateway_the_host_header_does_not_change_a_link(two: httpx.Client, acme: Json) -> None:
    headers = {"Host": "evil.example"}
    page = invoke("GET", LIST, caller=as_caller(acme), headers=headers, query={"limit": ["1"]})
    assert page["headers"]["Link"].startswith(f"<https://abc.execute-api.us-east-1.amazonaws.com/prod{LIST}?")


ODD_HOSTS = [
    *(
        "",
        "a>;rel=next,<b",
        "evil.example/a",
        "user@evil.example",
        "a b",
        'a"b',
        "a?b",
        "a#b",
        "[::1",
        "x:y",
        "x" * 254,
    ),
    *("a\\b", "\xe9", "a:123456", "[]", "a,b"),
]


@pytest.mark.parametrize("host", ODD_HOSTS)
def test_a_host_that_is_none_does_not_get_into_a_link(
    two: httpx.Client, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    headers = {b"Host": host.encode("latin-1")}
    monkeypatch.setattr(config, "PUBLIC_URL", PUBLIC_URL)
    page = two.get(f"{LIST}?limit=1", headers=headers)
    assert page.links["next"]["url"].startswith(f"{PUBLIC_URL}{LIST}?limit=1&cursor=")
    assert two.get("/api/me", headers=headers).json()["avatar"]["url"].startswith(f"{PUBLIC_URL}/")
    monkeypatch.setattr(config, "PUBLIC_URL", "")
    page = two.get(f"{LIST}?limit=1", headers=headers)
    assert [link["rel"] for link in page.links.values()] == ["next"]
    assert page.links["next"]["url"].startswith(f"{LIST}?limit=1&cursor=")
    assert len(two.get(page.links["next"]["url"]).json()) == 1


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "my_host", "API.Example.org."])
def test_a_host_gets_into_a_link_as_it_was_sent(two: httpx.Client, host: str) -> None:
    page = two.get(f"{LIST}?limit=1", headers={"Host": host})
    assert page.links["next"]["url"].startswith(f"http://{host}{LIST}?")


def test_a_link_does_not_repeat_parameters_that_were_ignored(two: httpx.Client) -> None:
    lenient = {"Prefer": "handling=lenient"}
    page = two.get(f"{LIST}?limit=1&_=17&format=json&unknown=1&q=", headers=lenient)
    assert page.status_code == 422, "A known parameter still needs a value."
    page = two.get(f"{LIST}?limit=1&_=17&format=json&unknown=1", headers=lenient)
    following = httpx.URL(page.links["next"]["url"])
    assert following.params.keys() == {"limit", "cursor"}
    assert two.get(following).status_code == 200, "also without the preference"
