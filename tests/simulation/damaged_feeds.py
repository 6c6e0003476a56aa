"""Ways to damage what a simulation has left of its feeds, of the answers that show them, and of undos."""

import base64
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tests.simulation.checkers import feed, feed_reads, undos
from tests.simulation.checkers.items import OGSM, Item, Key
from tests.simulation.checkers.object_changes import find_changes
from tests.simulation.checkers.violation import Violation
from tests.simulation.damages import Alter, ImpossibleError, World, attribute, removed
from tests.simulation.history import Request, StoreOperation
from tests.simulation.store import Commit, RowChange

Check = Callable[[World], Iterator[Violation]]
Damage = Callable[[World], object]
ENTRY, RECORD = "feed_entry", "history_record"


def check_feed(world: World) -> Iterator[Violation]:
    """Yield what the checker of the feed finds."""
    return feed.check(world.timeline(), world.simulation.event_source)


def check_reads(world: World) -> Iterator[Violation]:
    """Yield what the checker of answers with changes finds."""
    return feed_reads.check(world.timeline(), world.simulation.stream)


def check_undos(world: World) -> Iterator[Violation]:
    """Yield what the checker of undos finds."""
    return undos.check(world.timeline(), world.simulation.stream)


def nothing(_: World) -> None:
    """Damage nothing."""


def an_entry_is_missing(world: World) -> None:
    world.alter(world.keys(ENTRY)[0], removed)


def an_entry_is_there_twice(world: World) -> None:
    first, second = world.keys(ENTRY)[:2]
    world.alter(second, _in_place_of(world.item(first)))


def _in_place_of(other: Item) -> Alter:
    """Return what puts another row in the place of one."""
    return lambda item: other | {"pk": item["pk"], "sk": item["sk"]}


def an_entry_has_another_verb(world: World) -> None:
    world.alter(world.keys(ENTRY)[0], attribute("verb", {"S": "other"}))


def an_entry_has_no_author(world: World) -> None:
    for key in world.keys(ENTRY):
        world.alter(key, attribute("stamp", None))


def an_entry_changes(world: World) -> None:
    for key in world.keys(ENTRY):
        world.alter_commits(key, attribute("verb", {"S": "other"}), lambda item: item)


def the_newest_entry_expires(world: World) -> None:
    for key in world.keys(ENTRY):
        world.alter(key, attribute("ttl", {"N": "1"}))


def the_order_is_another(world: World) -> None:
    """Exchange the entries of two changes of one object."""
    found: dict[tuple[str, ...], Key] = {}
    for key in world.keys(ENTRY):
        item = world.item(key)
        named = (key[0], item["object_kind"]["S"], item["object_id"]["S"])
        if named in found:
            other = found[named]
            first, second = world.item(other), world.item(key)
            world.alter(other, _in_place_of(second))
            world.alter(key, _in_place_of(first))
            return
        found[named] = key
    raise ImpossibleError


def a_record_is_missing(world: World) -> None:
    world.alter(world.keys(RECORD)[0], removed)


def an_image_is_another(world: World) -> None:
    world.alter(world.keys(RECORD)[0], _with_images({"before": None, "after": None}))


def an_image_has_a_secret(world: World) -> None:
    world.alter(world.keys(RECORD)[0], _with_images({"before": None, "after": {"secret_hash": {"S": "a"}}}))


def _with_images(images: Any) -> Callable[[Item], Item | None]:
    return attribute("images", {"B": base64.b64encode(zlib.compress(json.dumps(images).encode())).decode()})


def _page(world: World, least: int = 1) -> Request:
    """Return a request for a part of the feed without filters, whose answer shows some changes."""

    def is_wanted(request: Request) -> bool:
        assert request.response
        is_list = request.path.startswith("/api/changes?") and request.method == "GET"
        is_filtered = any(f"{name}=" in request.path for name in ("kind", "object", "actor"))
        return is_list and not is_filtered and len(request.response.json or ()) >= least

    return world.request(is_wanted)


def _answer(world: World, alter: Callable[[list[Any]], list[Any]], least: int = 1) -> None:
    request = _page(world, least)
    assert request.response
    world.answer(request, alter(request.response.json))


def an_answer_leaves_out_changes(world: World) -> None:
    _page(world)
    for request in world.history.requests:
        if request.method == "GET" and request.path.startswith("/api/changes?") and request.is_acknowledged:
            world.answer(request, [])


def an_answer_is_in_another_order(world: World) -> None:
    _answer(world, lambda shown: shown[::-1], least=2)


def an_answer_has_another_verb(world: World) -> None:
    _answer(world, lambda shown: [one | {"verb": "other"} for one in shown])


def an_answer_hides_images(world: World) -> None:
    _answer(world, lambda shown: [one | {"before": None, "after": None} for one in shown])


def an_answer_shows_other_images(world: World) -> None:
    wrong = {"id": -1, "title": "wrong", "name": "wrong", "label": "wrong"}
    for request in world.history.requests:
        if request.method == "GET" and request.path.startswith("/api/changes?") and request.is_acknowledged:
            assert request.response
            shown = [one | {"after": one["after"] and one["after"] | wrong} for one in request.response.json]
            world.answer(request, shown)


def an_answer_shows_what_others_may_see(world: World) -> None:
    """Give an answer to somebody who is no user of the account."""
    for request in world.history.requests:
        request.user = "000000000"


def an_answer_shows_a_change_too_early(world: World) -> None:
    _page(world).ended = 1


def _undo(world: World) -> Request:
    return world.request(lambda one: one.method == "POST" and undos.PATH.match(one.path) is not None)


def an_undo_names_another_change(world: World) -> None:
    request = _undo(world)
    assert request.response
    world.answer(request, request.response.json | {"undone": [99_999]})


def an_undo_has_changed_nothing(world: World) -> None:
    """Let another one have done what undos have done."""
    _undo(world)
    for number, entry in enumerate(world.history.entries):
        request = world.history.by_id(entry.owner) if isinstance(entry, StoreOperation) else None
        if request and isinstance(entry, StoreOperation) and undos.PATH.match(request.path):
            world.history.entries[number] = replace(entry, owner="somebody")


def _undone_update(world: World) -> tuple[Key, int]:
    """Return the key of an object of which an undo has set fields back, and the number of its commit."""
    timeline = world.timeline()
    for change in find_changes(timeline):
        request = timeline.requests.get(change.owner)
        is_undo = request is not None and request.is_acknowledged and timeline.is_undo(change.owner)
        is_simple = change.kind in ("stack", "workspace") or change.kind in OGSM
        if is_undo and is_simple and change.after and change.verb == "update" and change.before:
            return (change.before["pk"]["S"], change.before["sk"]["S"]), change.commit
    raise ImpossibleError


def an_undo_sets_another_field(world: World) -> None:
    key, number = _undone_update(world)
    _alter_commit(world, key, number, lambda item: item, _with_title("strange"))


def an_undo_overwrites_a_later_change(world: World) -> None:
    """Let every field of an object have been changed before it was undone."""
    key, number = _undone_update(world)
    timeline = world.timeline()
    change = next(one for one in find_changes(timeline) if one.commit == number and one.before)
    if "force" in timeline.requests[change.owner].path:
        raise ImpossibleError
    _alter_commit(world, key, number, _with_title("later"), lambda item: item)


def an_undo_deletes_an_object(world: World) -> None:
    key, number = _undone_update(world)
    _alter_commit(world, key, number, lambda item: item, removed)


def _alter_commit(world: World, key: Key, number: int, before: Alter, after: Alter) -> None:
    commit = world.commits[number - 1]
    changed = [
        RowChange(one.key, one.before and before(one.before), one.after and after(one.after)) if one.key == key else one
        for one in commit.changes
    ]
    world.commits[number - 1] = Commit(number, tuple(changed))


def _with_title(title: str) -> Callable[[Item], Item]:
    def alter(item: Item) -> Item:
        if "doc" not in item:
            return item | {"name": {"S": title}, "description": {"S": title}}
        document = json.loads(item["doc"]["S"])
        return item | {"doc": {"S": json.dumps(dict.fromkeys(document, title))}}

    return alter


FEED_DAMAGES: Mapping[str, tuple[Check, Damage]] = {
    "no damage of the feed": (check_feed, nothing),
    "no damage of an answer": (check_reads, nothing),
    "no damage of an undo": (check_undos, nothing),
} | {
    damage.__name__: (check, damage)
    for check, damages in (
        (
            check_feed,
            (
                an_entry_is_missing,
                an_entry_is_there_twice,
                an_entry_has_another_verb,
                an_entry_has_no_author,
                an_entry_changes,
                the_newest_entry_expires,
                the_order_is_another,
                a_record_is_missing,
                an_image_is_another,
                an_image_has_a_secret,
            ),
        ),
        (
            check_reads,
            (
                an_answer_leaves_out_changes,
                an_answer_is_in_another_order,
                an_answer_has_another_verb,
                an_answer_hides_images,
                an_answer_shows_other_images,
                an_answer_shows_what_others_may_see,
                an_answer_shows_a_change_too_early,
            ),
        ),
        (
            check_undos,
            (
                an_undo_names_another_change,
                an_undo_has_changed_nothing,
                an_undo_sets_another_field,
                an_undo_overwrites_a_later_change,
                an_undo_deletes_an_object,
            ),
        ),
    )
    for damage in damages
}
