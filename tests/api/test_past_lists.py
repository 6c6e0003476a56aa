"""Lists as they were at a time: `?at=` on the lists of actions and of the other OGSM objects."""

import csv
import io
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chalicelib.domain.changes import past_lists
from infra.testing.nouns.ogsm_objects import list_path, new_body
from infra.testing.world import World, location_of
from tests.support import counts
from tests.support.change_stream import ChangeStream
from tests.support.clock import Timeline
from tests.support.histories import NOUNS_ONCE

Json = dict[str, Any]
ACTIONS, STRATEGIES = "/api/v2/actions.json", "/api/v2/strategies.json"
LISTS = (
    ACTIONS,
    f"{STRATEGIES}?archived=false",
    f"{ACTIONS}?sort=-progress,title&fields=id,title,archived",
    "/api/v2/actions.csv?status=doing&q=b",
)
FEW = settings(
    max_examples=counts.choose(quick=3, full=60),
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
FIELDS = st.fixed_dictionaries(
    {"title": st.sampled_from(["a", "b", "ab"])},
    optional={
        "progress": st.integers(0, 3),
        "status": st.sampled_from([{"name": "doing"}, {"name": "done"}]),
        "archived": st.booleans(),
    },
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "create", "update", "update", "delete", "archive"]),
        FIELDS,
        st.integers(0, 9),  # which object
        st.sampled_from([0, 1, 4000]),  # seconds to the next step
    ),
    min_size=3,
    max_size=8,
)


def read(client: httpx.Client, address: str, **query: Any) -> str:
    answer = client.get(address, params=dict(httpx.URL(address).params) | query)
    assert answer.status_code == 200, answer.text
    return answer.text


def addresses(client: httpx.Client, path: str) -> list[str]:
    return [f"{path.removesuffix('.json')}/{one['id']}.json" for one in client.get(path).json()]


def take_step(client: httpx.Client, verb: str, fields: Json, which: int, strategy: int) -> None:
    """Change an action, or archive or publish a strategy together with its actions."""
    if verb == "archive":
        client.patch(f"/api/v2/strategies/{strategy}.json", json={"archived": which % 2 == 0}).raise_for_status()
        return
    existing = addresses(client, ACTIONS)
    if verb == "create" or not existing:
        location_of(client.post(ACTIONS, json=fields | {"strategies": [{"id": strategy}] if which % 2 else []}))
        return
    address = existing[which % len(existing)]
    changed = client.patch(address, json=fields) if verb == "update" else client.delete(address)
    changed.raise_for_status()


def create_strategy(world: World) -> int:
    answer = world.owner.post(STRATEGIES, json={"title": "x"})
    number: int = answer.json()["id"]
    return number


@pytest.mark.nightly
@FEW
@given(steps=STEPS, batch_size=st.sampled_from([1, 7, 100]))
def test_a_past_list_is_the_list_that_was_answered_then(
    world: World, timeline: Timeline, stream: ChangeStream, steps: list[Any], batch_size: int
) -> None:
    strategy = create_strategy(world)
    saved: list[tuple[str, list[str]]] = []
    for verb, fields, which, seconds in steps:
        take_step(world.owner, verb, fields, which, strategy)
        answers = [read(world.owner, address) for address in LISTS]
        saved.append((timeline.mark(), answers))
        timeline.goes(seconds)
    stream.catch_up(batch_size)
    for time, answers in saved:
        assert [read(world.owner, address, at=time) for address in LISTS] == answers, time


@pytest.mark.parametrize("noun", NOUNS_ONCE)
def test_each_noun_has_its_list_at_a_time(world: World, stream: ChangeStream, timeline: Timeline, noun: Any) -> None:
    path = list_path(noun)
    first = location_of(world.owner.post(path, json=new_body(noun)))
    saved, time = read(world.owner, path), timeline.mark()
    location_of(world.owner.post(path, json=new_body(noun)))
    assert world.owner.delete(first).is_success
    stream.catch_up()
    assert read(world.owner, path, at=time) == saved
    rows = list(csv.reader(io.StringIO(read(world.owner, path.replace(".json", ".csv"), at=time).lstrip("\ufeff"))))
    assert rows[0] == list(noun.schema.fields)
    assert len(rows) == 2


def test_objects_that_were_deleted_together_are_in_the_list_before(
    world: World, stream: ChangeStream, timeline: Timeline
) -> None:
    number = create_strategy(world)
    world.owner.post(ACTIONS, json={"title": "x", "strategies": [{"id": number}]})
    saved, before = read(world.owner, ACTIONS), timeline.mark()
    assert world.owner.delete(f"/api/v2/strategies/{number}.json?cascade=true").is_success
    after = timeline.mark()
    stream.catch_up()
    assert read(world.owner, ACTIONS, at=before) == saved
    assert read(world.owner, ACTIONS, at=after) == "[]"


def test_a_past_list_has_pages_whose_cursors_belong_to_its_time(
    world: World, stream: ChangeStream, timeline: Timeline
) -> None:
    for title in "cab":
        world.owner.post(ACTIONS, json={"title": title})
    time = timeline.mark()
    for address in addresses(world.owner, ACTIONS):
        world.owner.delete(address)
    stream.catch_up()
    answer = world.owner.get(ACTIONS, params={"at": time, "sort": "title", "limit": 2})
    following = httpx.URL(answer.links["next"]["url"])
    titles = [one["title"] for one in (*answer.json(), *world.owner.get(following).json())]
    assert titles == ["a", "b", "c"]
    for other in (timeline.later(0), None):
        query = {name: value for name, value in following.params.items() if name != "at"} | (
            {"at": other} if other else {}
        )
        assert world.owner.get(ACTIONS, params=query).status_code == 422


def test_objects_that_are_older_than_the_feed_are_in_the_list(world: World, timeline: Timeline) -> None:
    world.owner.post(ACTIONS, json={"title": "a"})
    world.owner.post(ACTIONS, json={"title": "b"})
    timeline.goes(100)
    stream = ChangeStream()
    saved, time = read(world.owner, ACTIONS), timeline.mark()
    assert read(world.owner, ACTIONS, at=time) == saved
    world.owner.patch(addresses(world.owner, ACTIONS)[0], json={"title": "c"})
    stream.catch_up()
    assert read(world.owner, ACTIONS, at=time) == saved


def test_a_change_that_has_not_been_recorded_yet_is_waited_for(
    world: World, stream: ChangeStream, timeline: Timeline
) -> None:
    world.owner.post(ACTIONS, json={"title": "a"})
    stream.catch_up()
    time = timeline.mark()
    world.owner.patch(addresses(world.owner, ACTIONS)[0], json={"title": "b"})
    assert world.owner.get(ACTIONS, params={"at": time}).status_code == 503
    stream.catch_up()
    assert '"title":"a"' in read(world.owner, ACTIONS, at=time)


def test_a_time_with_too_many_changes_since_is_refused(
    world: World, stream: ChangeStream, timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past_lists, "MOST_CHANGES", 2)
    times = []
    for title in "abc":
        world.owner.post(ACTIONS, json={"title": title})
        times.append(timeline.mark())
        timeline.goes(4000)
    stream.catch_up()
    answer = world.owner.get(ACTIONS, params={"at": times[0]})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?at")
    assert read(world.owner, ACTIONS, at=times[2]).count("title") == 3
