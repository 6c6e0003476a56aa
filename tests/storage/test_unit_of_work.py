"""The runner: what it commits and sends, in which order, and what it does after a lost race."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import clock, errors
from chalicelib.storage import table, unit_of_work
from chalicelib.storage.models.users import Slug
from chalicelib.storage.unit_of_work import MAX_ATTEMPTS, Change, Steps


class Letter:
    """A mail that notes in a list that it was sent."""

    def __init__(self, sent: list[str], *, is_accepted: bool = True) -> None:
        self.sent = sent
        self.is_accepted = is_accepted

    def send(self) -> bool:
        self.sent.append(f"mail after {user_of('one')}")
        return self.is_accepted


@pytest.fixture(autouse=True)
def pauses(url: str, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the pauses that the runner makes, with an empty table."""
    assert url
    pauses: list[float] = []
    monkeypatch.setattr(clock, "sleep", pauses.append)
    return pauses


def user_of(slug: str) -> str | None:
    row = table.get(Slug.ref(1, slug))
    return row.user if row else None


def set_user(slug: str, user: str) -> Change[str]:
    """Plan to let a slug belong to a user, whoever has it now."""
    row = table.get(Slug.ref(1, slug)) or Slug.at(1, slug)
    row.user = user
    return Change(user, [row])


def write(slug: str, user: str) -> None:
    unit_of_work.run(lambda: set_user(slug, user))


def losing(change: Change[Any], times: list[int]) -> Change[Any]:
    """Return the change after somebody else has been faster, so many times."""
    if times[0]:
        times[0] -= 1
        write("one", "other")
    return change


def test_the_steps_of_a_generator_are_carried_out_in_their_order() -> None:
    sent: list[str] = []

    def plan() -> Steps[str]:
        first: str = yield set_user("one", "a")
        is_sent: bool = yield Letter(sent)
        assert (first, is_sent, user_of("one"), user_of("two")) == ("a", True, "a", None)
        return set_user("two", "b").with_answer("done")

    assert unit_of_work.run(plan) == "done"
    assert (user_of("two"), sent) == ("b", ["mail after a"])


def test_a_refused_mail_is_reported_to_the_generator() -> None:
    def plan() -> Steps[bool]:
        yield set_user("one", "a")
        is_sent: bool = yield Letter([], is_accepted=False)
        return Change(is_sent)

    assert unit_of_work.run(plan) is False


def test_a_lost_race_calls_the_function_again() -> None:
    times = [2]
    calls: list[str | None] = []

    def plan() -> Change[str]:
        calls.append(user_of("one"))
        return losing(set_user("one", "mine"), times)

    assert unit_of_work.run(plan) == "mine"
    assert calls == [None, "other", "other"]
    assert user_of("one") == "mine"


def test_a_lost_race_in_a_later_step_calls_the_generator_again() -> None:
    times = [1]
    begun: list[str | None] = []

    def plan() -> Steps[None]:
        begun.append(user_of("two"))
        yield set_user("two", "a")
        return losing(set_user("one", "b"), times)

    unit_of_work.run(plan)
    assert begun == [None, "a"]


def test_a_step_that_can_be_planned_again_is_planned_again_alone() -> None:
    times = [3]
    begun: list[int] = []

    def last() -> Change[str]:
        change = losing(set_user("one", "b"), times)
        return Change(change.answer, change.save, replan=last)

    def plan() -> Steps[str]:
        begun.append(1)
        yield set_user("two", "a")
        return last().with_answer("answer")

    assert unit_of_work.run(plan) == "answer"
    assert (len(begun), user_of("one")) == (1, "b")


def test_a_step_that_can_be_planned_again_stays_so_when_its_new_plan_does_not_say_so() -> None:
    times = [2]
    begun: list[int] = []

    def again() -> Change[str]:
        return losing(set_user("one", "b"), times)

    def plan() -> Steps[str]:
        begun.append(1)
        yield set_user("two", "a")
        change = again()
        return Change(change.answer, change.save, replan=again)

    assert unit_of_work.run(plan) == "b"
    assert (len(begun), user_of("one")) == (1, "b")


def test_what_must_not_be_planned_again_is_a_conflict_after_a_lost_race() -> None:
    write("one", "before")

    def plan() -> Change[str]:
        change = losing(set_user("one", "mine"), [1])
        return Change(change.answer, change.save, retry=False)

    with pytest.raises(errors.Conflict, match="at the same time"):
        unit_of_work.run(plan)
    assert user_of("one") == "other"


def test_a_race_that_is_always_lost_is_a_conflict(pauses: list[float]) -> None:
    with pytest.raises(errors.Conflict, match="kept changing") as raised:
        unit_of_work.run(lambda: losing(set_user("one", "mine"), [MAX_ATTEMPTS]))
    assert not isinstance(raised.value, errors.Stale)
    assert raised.value.headers["Retry-After"]
    assert len(pauses) == MAX_ATTEMPTS
    assert user_of("one") == "other"


def test_the_error_of_a_step_is_raised_where_it_was_yielded() -> None:
    def plan() -> Steps[str]:
        yield set_user("one", "a")
        try:
            yield Change(None, [Slug.at(1, "one", user="b")])  # there is one already
        except errors.Stale:
            return Change("caught")
        return Change("not raised")

    assert unit_of_work.run(plan) == "caught"


def test_an_error_that_follows_a_commit_leaves_it_in_place() -> None:
    def plan() -> Steps[None]:
        yield set_user("one", "a")
        raise errors.Forbidden("No.")

    with pytest.raises(errors.Forbidden):
        unit_of_work.run(plan)
    assert user_of("one") == "a"


def two_steps() -> Steps[None]:
    yield set_user("one", "a")
    return Change(None)


def empty_step_first() -> Steps[str]:
    yield Change(None)
    yield set_user("one", "a")
    return set_user("two", "a")


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (lambda: Change("read"), [(True, True)]),
        (lambda: set_user("one", "a"), [(True, True)]),
        (two_steps, [(True, False), (False, True)]),
        (empty_step_first, [(True, False), (False, True)]),
    ],
    ids=["read", "one commit", "two commits", "a step that writes nothing"],
)
def test_the_first_and_the_last_change_are_prepared_as_such(
    plan: Callable[[], Change[Any] | Steps[Any]], expected: list[tuple[bool, bool]]
) -> None:
    prepared: list[tuple[bool, bool]] = []

    def prepare(change: Change[Any], *, is_first: bool, is_last: bool) -> Change[Any]:
        prepared.append((is_first, is_last))
        return change

    unit_of_work.run(plan, prepare)
    assert prepared == expected
