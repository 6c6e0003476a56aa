"""The checkers of past states and of histories find wrong answers that are written by hand, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.changes.past import NOT_RECORDED_YET
from tests.simulation.checkers import histories, past
from tests.simulation.checkers.items import Item
from tests.simulation.history import Request
from tests.simulation.scenes import ACCOUNT, OGSM, START, Scene, action, item
from tests.simulation.store import RowChange
from tests.simulation.store.stream import Stream, StreamRecord

LIST, PATH = "/api/v2/actions.json", "/api/v2/actions/1.json"
KEY = (OGSM, "ACTION#0000000000000001")
TOMBSTONE = item("tombstone", f"{ACCOUNT}#DELETED", f"action#{KEY[0]}#{KEY[1]}")
WAITS = {"detail": NOT_RECORDED_YET}


class Recorded(Scene):
    """A history whose changes of action 1 are recorded. A step of it takes a millisecond since 1970."""

    def __init__(self, *rows: Item) -> None:
        super().__init__(*rows)
        self.stream = Stream(0, "table", START)
        self._seq = 0

    def change(self, title: str) -> int:
        """Change the title of the action, and return a time after that."""
        self.write(self._begin("PATCH"), action(title, version=9))
        return self._end_of_step()

    def delete(self) -> int:
        """Delete the action, and return a time after that."""
        self.write(self._begin("DELETE"), TOMBSTONE, deleted=(KEY,))
        return self._end_of_step()

    def record(self, commit: int, verb: str, number: int = 1) -> None:
        """Put the record of a commit, and its entry."""
        self._seq += 1
        sequence = 100 + commit
        self.stream.by_sequence[sequence] = StreamRecord(sequence, commit, 0, RowChange(KEY, None, None))
        record = item("history_record", f"{ACCOUNT}#HISTORY#action#1", f"RECORD#{sequence:040}")
        entry: dict[str, str] = {"object_kind": "action", "object_id": str(number), "verb": verb}
        place = f"{ACCOUNT}#CHANGES", f"CHANGE#{self._seq:012}"
        rows = record, item("feed_entry", *place, sequence=str(sequence), **entry)
        self.write(self.begin(f"feed.{self._seq}", "POST", "/"), *rows, stamped=False)

    def read(self, path: str, status: int, document: Any, at: int | None = None) -> None:
        """Read something, as it was at a time."""
        query = "" if at is None else f"?at=1970-01-01T00:00:00.{at:03}Z"
        self.end(self.begin("c9.r1", "GET", path + query), status, document)

    def _begin(self, method: str) -> Request:
        return self.begin(f"c1.r{len(self.history.requests)}", method, PATH)

    def _end_of_step(self) -> int:
        """Return the time of the newest commit: each one is stamped with its step."""
        return max(self.history.commit_steps.values())


def a_state(damaged: bool) -> Recorded:
    scene = Recorded(action("first"))
    at = scene.change("second")
    scene.change("third")
    scene.read(PATH, 200, {"id": 1, "title": "third" if damaged else "second"}, at)
    return scene


def a_state_before_a_deletion(damaged: bool) -> Recorded:
    scene = Recorded(action("first"))
    at = scene.change("second")
    scene.delete()
    scene.read(PATH, 200, {"id": 1, "title": "first" if damaged else "second"}, at)
    return scene


def an_object_of_later(damaged: bool) -> Recorded:
    scene = Recorded()
    scene.change("first")
    at = scene.change("second") if damaged else 1
    scene.read(PATH, 404, {}, at)
    return scene


def a_list(damaged: bool) -> Recorded:
    scene = Recorded()
    at = scene.change("first")
    scene.delete()
    scene.read(LIST, 200, [{"id": 1, "title": "other" if damaged else "first"}], at)
    return scene


def a_list_with_a_gap(damaged: bool) -> Recorded:
    scene = Recorded(action("first"))
    at = scene.change("second")
    scene.record(1, "update")
    scene.read(LIST, 200, [] if damaged else [{"id": 1, "title": "second"}], at)
    return scene


def a_change_that_is_being_recorded(damaged: bool) -> Recorded:
    scene = Recorded(action("first"))
    at = scene.change("second") - 1
    if damaged:
        scene.record(1, "update")
    scene.read(PATH, 503, WAITS, at)
    return scene


def the_beginning(damaged: bool) -> Recorded:
    began = item("feed_entry", f"{ACCOUNT}#CHANGES", f"CHANGE#{0:012}", changed_at=1 if damaged else 900)
    scene = Recorded(action("first"))
    scene.write(scene.begin("feed.0", "POST", "/"), began, stamped=False)
    scene.read(PATH, 410, {}, 500)
    return scene


def a_history(*places: int, status: int = 200, title: str = "third", number: int = 1) -> Recorded:
    """Return an action with two changes, and a history that has these places in the feed."""
    scene = Recorded(action("first"))
    scene.change("second")
    scene.change("third")
    scene.record(1, "update")
    scene.record(2, "update", number)
    images = {1: ("first", "second"), 2: ("second", title)}
    shown = [
        {
            "seq": seq,
            "object": {"kind": "action", "id": 1},
            "verb": "update",
            "before": {"title": images[seq][0]},
            "after": {"title": images[seq][1]},
        }
        for seq in places
    ]
    scene.read("/api/v2/actions/1/history.json", status, shown)
    return scene


STATES: list[tuple[Callable[[bool], Recorded], str]] = [
    (a_state, "shows action 1 in a state in which it was not"),
    (a_state_before_a_deletion, "shows action 1 in a state in which it was not"),
    (an_object_of_later, "finds no action 1"),
    (a_list, "shows action 1 in another state"),
    (a_list_with_a_gap, "leaves out action 1"),
    (a_change_that_is_being_recorded, "all have been recorded"),
    (the_beginning, "was answered with 410"),
]
HISTORIES: list[tuple[Recorded, str]] = [
    (a_history(1, 2), "not the newest first"),
    (a_history(2), "leaves out seq 1"),
    (a_history(1), "leaves out seq 2"),
    (a_history(2, 1, title="fourth"), "another image after seq 2"),
    (a_history(2, 1, number=7), "shows seq 2, which does not exist"),
    (a_history(status=404), "finds no action 1"),
]


@pytest.mark.parametrize(("build", "text"), STATES, ids=[build.__name__ for build, _ in STATES])
def test_a_wrong_answer_about_a_time_is_found_and_a_right_one_is_not(
    build: Callable[[bool], Recorded], text: str
) -> None:
    right, wrong = build(False), build(True)
    assert list(past.check(right.timeline(), right.stream)) == []
    found = [one.text for one in past.check(wrong.timeline(), wrong.stream)]
    assert any(text in one for one in found), found


@pytest.mark.parametrize(("scene", "text"), HISTORIES, ids=[text for _, text in HISTORIES])
def test_a_wrong_history_is_found(scene: Recorded, text: str) -> None:
    found = [one.text for one in histories.check(scene.timeline(), scene.stream)]
    assert any(text in one for one in found), found


def test_a_history_with_each_change_is_right() -> None:
    scene = a_history(2, 1)
    assert list(histories.check(scene.timeline(), scene.stream)) == []
