"""/api/changes: every change once, in order, as the address of the object answers it, and as the caller may see it."""

import zlib
from typing import Any

import httpx
import pytest

from chalicelib import clock, config
from chalicelib import clock as product_clock
from chalicelib.domain.changes import feed
from infra.testing.world import World, create_workspace, put_item
from tests.support.change_stream import ChangeStream
from tests.support.clock import Clock
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]
CHANGES = "/api/changes"


def read(client: httpx.Client, query: str = "") -> list[Json]:
    answer = client.get(f"{CHANGES}{query}")
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()
    return found


def verbs(changes: list[Json]) -> list[tuple[str, str]]:
    return [(one["verb"], one["object"]["kind"]) for one in changes]


def newest(client: httpx.Client, stream: ChangeStream) -> Json:
    """Return the newest change after all were recorded."""
    stream.catch_up()
    return read(client)[-1]


def test_an_action_that_is_created_updated_and_deleted_makes_three_changes(world: World, stream: ChangeStream) -> None:
    created = world.owner.post("/api/v2/actions.json", json={"title": "x"})
    address = created.headers["location"]
    updated = world.owner.patch(address, json={"title": "y"})
    deleted = world.member.delete(address)
    stream.catch_up()
    first, second, third = read(world.owner)
    assert [one["seq"] for one in (first, second, third)] == [1, 2, 3]
    assert (first["verb"], first["before"], first["after"]) == ("create", None, created.json())
    assert (second["verb"], second["before"], second["after"]) == ("update", created.json(), updated.json())
    assert (third["verb"], third["before"], third["after"]) == ("delete", updated.json(), None)
    assert third["object"] == {"kind": "action", "id": created.json()["id"], "href": address}
    assert [one["request_id"] for one in (first, third)] == [one.headers["x-request-id"] for one in (created, deleted)]
    assert [one["actor"]["user"] for one in (first, third)] == [world.users["owner"], world.users["member"]]


def test_each_kind_of_object_is_shown_as_its_address_answers_it(world: World, stream: ChangeStream) -> None:
    activity = world.activity()
    comment = world.owner.post(f"{activity}/comments", json={"body": "x"}).headers["location"]
    stack = world.stack()
    delegation = world.delegate(to="member")
    invitation = world.invite("other user")
    credential = world.owner.post("/api/credentials", json={"label": "x"}).headers["location"]
    user = world.owner.post("/api/users", json={"email": "n@acme.example", "first_name": "N", "last_name": "N"})
    shared = f"/api/workspaces/{create_workspace(world.owner)}"
    team = world.owner.post("/api/v2/teams.json", json={"name": "x"}).headers["location"]
    stream.catch_up()
    after = {one["object"]["href"]: one["after"] for one in read(world.owner)}
    for address in (activity, comment, delegation, invitation, credential, shared, team):
        assert after[address] == world.owner.get(address).json(), address
    assert after[f"/api/users/{user.json()['id']}"] == world.owner.get(user.headers["location"]).json()
    shown = world.owner.get(stack).json()
    assert shown.pop("items") == []
    assert after[stack] == shown


def test_an_activity_that_is_put_elsewhere_moves_and_its_copies_are_no_changes(
    world: World, stream: ChangeStream
) -> None:
    item, stack = world.item(), world.stack()
    put_item(world.owner, stack, item)
    stream.catch_up()
    assert verbs(read(world.owner)) == [("create", "activity"), ("create", "stack"), ("move", "activity")]


def test_a_delegation_that_ends_is_updated_although_its_row_gets_another_key(
    world: World, stream: ChangeStream
) -> None:
    delegation = world.delegate(to="member")
    world.member.put(f"{delegation}/decline", json={"note": "no"})
    stream.catch_up()
    changes = [one for one in read(world.member) if one["object"]["kind"] == "delegation"]
    assert [one["verb"] for one in changes] == ["create", "update", "update"], "The mail was noted in between."
    assert changes[-1]["before"]["state"] == "pending"
    assert changes[-1]["after"] == world.member.get(delegation).json()
    assert changes[-1]["actor"]["user"] == world.users["member"]


def test_joining_and_leaving_a_workspace_creates_and_deletes_a_member(world: World, stream: ChangeStream) -> None:
    invitation = world.invite("other user")
    world.clients["other user"].put(f"{invitation}/accept")
    world.owner.delete(f"{world.workspace_url}/members/{world.users['other user']}")
    stream.catch_up()
    members = read(world.owner, "?kind=member")
    assert [(one["verb"], one["actor"]["user"]) for one in members] == [
        ("create", world.users["other user"]),
        ("delete", world.users["owner"]),
    ]
    assert members[0]["after"]["role"] == "member"
    assert members[0]["object"]["id"] == f"{world.workspace}/{world.users['other user']}"


def test_writes_that_no_answer_shows_are_no_changes(world: World, stream: ChangeStream) -> None:
    world.owner.get("/api/workspaces")  # notes when the credential was used
    activity = world.activity()
    world.owner.post(f"{activity}/comments", json={"body": "x"})  # marks the activity as discussed
    stream.catch_up()
    assert verbs(read(world.owner)) == [("create", "activity"), ("create", "comment")]


def test_no_secret_is_copied_or_shown(world: World, stream: ChangeStream) -> None:
    made = world.owner.post("/api/credentials", json={"label": "x"}).json()
    address = f"/api/credentials/{made['key']}"
    rotated = world.owner.post(f"{address}/rotate", json={"overlap": 60}).json()
    world.owner.patch("/api/me", json={"user": {"email": "new@acme.example"}})
    stream.catch_up()
    [row] = [row for row in stored_rows("credential") if row["id"]["S"] == made["key"]]
    [user] = [row for row in stored_rows("user") if row["id"]["S"] == world.users["owner"]]
    hidden = [made["secret"], rotated["secret"], row["secret_hash"]["S"], row["old_secret_hash"]["S"]]
    hidden += [user[name]["S"] for name in ("confirmation_hash",) if name in user]
    copies = [row["images"]["B"] for row in stored_rows("history_record")]
    texts = [zlib.decompress(copy).decode() for copy in copies] + [world.owner.get(CHANGES).text]
    assert [verb for verb, kind in verbs(read(world.owner)) if kind == "credential"] == ["create", "update"]
    assert not any(secret in text for secret in hidden for text in texts)


def test_what_a_caller_may_not_see_is_left_out_while_seq_rises(world: World, stream: ChangeStream) -> None:
    private = f"/api/workspaces/{create_workspace(world.owner)}"
    world.item(private)
    world.item()
    stream.catch_up()
    assert [one["seq"] for one in read(world.owner)] == [1, 2, 3, 4]
    assert [(one["seq"], one["object"]["kind"]) for one in read(world.member)] == [(4, "activity")]
    hidden = world.clients["other user"].get(CHANGES)
    assert (hidden.json(), "after=4" in hidden.links["next"]["url"]) == ([], True)
    assert read(world.clients["other account"]) == []
    assert world.member.get(f"{CHANGES}/3").status_code == 404


def test_a_move_out_of_sight_shows_where_the_activity_was(world: World, stream: ChangeStream) -> None:
    item = world.item()
    put_item(world.owner, world.personal_url, item)
    move = newest(world.member, stream)
    assert (move["verb"], move["before"]["id"], move["after"]) == ("move", item, None)
    assert newest(world.owner, stream)["after"]["id"] == item


def test_only_admins_see_audit_events_roles_and_the_credentials_of_others(world: World, stream: ChangeStream) -> None:
    world.owner.patch(f"/api/users/{world.users['member']}", json={"role": "admin"})
    world.owner.patch(f"/api/users/{world.users['member']}", json={"role": "member", "first_name": "Max"})
    stream.catch_up()
    assert verbs(read(world.owner)) == [("update", "user"), ("create", "audit_event")] * 2
    [change] = read(world.clients["other user"])
    assert (change["seq"] in (3, 4), change["after"]["first_name"], "role" in change["after"]) == (True, "Max", False)
    assert change["actor"] == {"user": world.users["owner"], "credential": None}
    assert read(world.owner)[0]["actor"]["credential"].startswith(f"{world.account}-")


def test_filters_narrow_the_feed_and_the_link_keeps_them(world: World, stream: ChangeStream) -> None:
    first = world.owner.post("/api/v2/actions.json", json={"title": "x"}).json()["id"]
    world.member.post("/api/v2/teams.json", json={"name": "x"})
    stream.catch_up()
    assert verbs(read(world.owner, "?kind=team")) == [("create", "team")]
    assert verbs(read(world.owner, f"?object=action/{first}")) == [("create", "action")]
    assert verbs(read(world.owner, f"?actor={world.users['member']}")) == [("create", "team")]
    assert read(world.owner, f"?since={clock.in_seconds(60)}") == []
    assert len(read(world.owner, f"?since={clock.in_seconds(-60)}")) == 2
    link = world.owner.get(f"{CHANGES}?kind=team&limit=1").links["next"]["url"]
    assert "kind=team" in link
    assert "after=2" in link


def test_pages_follow_one_another_without_a_gap(world: World, stream: ChangeStream) -> None:
    for number in range(5):
        world.owner.post("/api/v2/actions.json", json={"title": str(number)})
    stream.catch_up(batch_size=2)
    address, found = f"{CHANGES}?limit=2", []
    while page := (answer := world.owner.get(address)).json():
        found += [one["after"]["title"] for one in page]
        address = answer.links["next"]["url"]
    assert found == list("01234")


def test_a_caller_who_waits_gets_a_change_as_soon_as_it_is_there(
    world: World, stream: ChangeStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            world.owner.post("/api/v2/actions.json", json={"title": "x"})
            stream.catch_up()

    monkeypatch.setattr(clock, "sleep", sleep)
    assert verbs(read(world.owner, "?after=0&wait=20")) == [("create", "action")]
    assert read(world.owner, "?after=1&wait=2") == []
    assert slept == [0.5] * (3 + 4)


def test_changes_that_are_no_longer_kept_are_gone(
    world: World, stream: ChangeStream, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_clock, "microseconds", lambda: int(clock.now.timestamp() * 1_000_000))
    world.owner.post("/api/v2/actions.json", json={"title": "x"})
    stream.catch_up()
    clock.goes(400 * 24 * 60 * 60 + 1)
    world.owner.post("/api/v2/actions.json", json={"title": "y"})
    stream.catch_up()
    gone = world.owner.get(f"{CHANGES}?after=0")
    assert (gone.status_code, "Leave out `after`" in gone.json()["detail"]) == (410, True)
    assert [one["seq"] for one in read(world.owner)] == [2]
    assert [one["seq"] for one in read(world.owner, "?after=1")] == [2]
    assert world.owner.get(f"{CHANGES}/1").status_code == 404
    assert world.owner.get(f"{CHANGES}/2").json()["after"]["title"] == "y"


def test_a_reader_without_a_place_gets_past_expired_changes_that_fill_whole_pages(
    world: World, stream: ChangeStream, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_clock, "microseconds", lambda: int(clock.now.timestamp() * 1_000_000))
    for title in "abcde":
        world.owner.post("/api/v2/actions.json", json={"title": title})
    stream.catch_up()
    clock.goes(400 * 24 * 60 * 60 + 1)
    assert read(world.owner, "?limit=2") == []
    world.owner.post("/api/v2/actions.json", json={"title": "y"})
    stream.catch_up()
    for query in ("?limit=1", "?limit=2", "?limit=2&kind=action", ""):
        assert [one["seq"] for one in read(world.owner, query)] == [6], query


def test_a_reader_who_asks_for_changes_since_a_time_does_not_go_through_all_that_are_older(
    world: World, stream: ChangeStream, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_clock, "microseconds", lambda: int(clock.now.timestamp() * 1_000_000))
    monkeypatch.setattr(feed, "MOST_EXAMINED", 2)
    for title in "abcde":
        world.owner.post("/api/v2/actions.json", json={"title": title})
    clock.goes(2 * 60 * 60)
    since = clock.later(0)
    world.owner.post("/api/v2/actions.json", json={"title": "y"})
    stream.catch_up()
    assert [one["seq"] for one in read(world.owner, f"?since={since}")] == [6]
    assert read(world.owner, f"?after=0&since={since}") == []  # a client with a place is not taken to another one


def test_a_deployment_that_keeps_nothing_says_so(
    world: World, stream: ChangeStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "HISTORY_DAYS", 0)
    world.owner.post("/api/v2/actions.json", json={"title": "x"})
    stream.catch_up()
    answer = world.owner.get(CHANGES)
    assert (answer.status_code, "HistoryDays" in answer.json()["detail"]) == (404, True)
    assert stored_rows("history_record", "feed_entry") == []


def test_the_feed_has_an_etag(world: World) -> None:
    etag = world.owner.get(CHANGES).headers["etag"]
    assert world.owner.get(CHANGES, headers={"If-None-Match": etag}).status_code == 304
