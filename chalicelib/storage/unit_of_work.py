"""Carry out what a domain function has planned: commit its rows, send its messages, and try again after a lost race.

A domain function that writes returns a `Change`, which is committed as a whole. One that needs several commits is a
generator: it yields each `Change` and each `Message` as a step, gets the outcome of the step back, and returns its last
change. `run` carries out both. Nothing else commits or sends anything.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from pynamodb.expressions.condition import Condition

from chalicelib import clock, errors, randomness
from chalicelib.storage import stamps, table, transactions
from chalicelib.storage.models.base import Ref, Row, has_value
from chalicelib.storage.models.tombstones import Tombstone
from chalicelib.storage.stamps import NOBODY, Author

T = TypeVar("T")
R = TypeVar("R")

MAX_ATTEMPTS = 12
RETRY = {"Retry-After": "1"}
LOST_RACE = "Another request has changed the same object at the same time. Nothing was changed."
ADDED = "Something has just been added."
KEEPS_CHANGING = "Other requests kept changing the same objects. Try again."


class Precondition(NamedTuple):
    """A condition on a row that a change does not write, and the error to raise if it does not hold.

    `counts` is an attribute of that row in which the commit counts one addition, if the kind has one. A deletion of
    the row then notices that something was added since it was read.
    """

    ref: Ref[Row]
    condition: Condition
    error: errors.Problem
    counts: Any = None

    def require_same_count(self, row: Row | None) -> "Precondition":
        """Return the same precondition, and that nothing has been added to its row since the row was read."""
        if row is None:
            return self
        count = getattr(row, self.counts.attr_name)
        is_unchanged = has_value(self.counts, count)
        return Precondition(self.ref, self.condition & is_unchanged, errors.Stale(ADDED), self.counts)


@dataclass(frozen=True)
class Change(Generic[T]):
    """What one commit writes, and the answer of the domain function or of this step.

    A row to delete that was not read has no version and is deleted in any version. Another row of the same change,
    which was read, must protect it.

    If another request was faster, the domain function is called again. Two fields change that. `replan` plans only this
    step again. `retry` is False where planning again is not safe: then a lost race is a Conflict.

    `resumes` says that the change continues a deletion that has begun. If-Match does not apply to it: it described the
    object as it was before.

    `author` is the user for whom an anonymous caller makes the change. Its request id is filled in by `run`.
    """

    answer: T
    save: Sequence[Row] = ()
    delete: Sequence[Row] = ()
    preconditions: Sequence[Precondition] = ()
    replan: "Callable[[], Change[T]] | None" = None
    retry: bool = True
    resumes: bool = False
    author: Author | None = None

    @property
    def writes_nothing(self) -> bool:
        """Whether there is nothing to commit."""
        return not self.save and not self.delete

    def and_save(self, *rows: Row) -> "Change[T]":
        """Return the same change with more rows to save."""
        return replace(self, save=[*self.save, *rows])

    def with_preconditions(self, *preconditions: Precondition) -> "Change[T]":
        """Return the same change with more preconditions."""
        return replace(self, preconditions=[*self.preconditions, *preconditions])

    def with_answer(self, answer: R) -> "Change[R]":
        """Return the same change with another answer."""
        replan = self.replan
        return Change(
            answer,
            self.save,
            self.delete,
            self.preconditions,
            (lambda: replan().with_answer(answer)) if replan else None,
            self.retry,
            self.resumes,
            self.author,
        )

    def with_stamps(self, author: Author) -> "Change[T]":
        """Stamp the objects that the change saves, and return it with a tombstone for each object that it deletes.

        If the author is not known, objects keep the stamps that they have. The time of the new stamps is later than
        that of the stamps which the objects have, even if a faster clock has made those.
        """
        if not author.user:
            return self
        earlier = [row.stamp for row in (*self.save, *self.delete) if row.is_canonical and row.stamp]
        times = [stamps.unpack(stamp).milliseconds + 1 for stamp in earlier]
        stamp = stamps.pack(author, max([clock.microseconds() // 1000, *times]))
        for row in self.save:
            if row.is_canonical:
                row.stamp = stamp
        return self.and_save(*(Tombstone.of(row, stamp) for row in self.delete if row.is_canonical))


def require_nothing_added(change: Change[T]) -> Change[T]:
    """Return the change with the further condition that nothing is added from now on to the rows that count additions.

    If something is added nevertheless, committing the change raises errors.Stale. This makes one request if the change
    counts additions.
    """
    counting = [precondition for precondition in change.preconditions if precondition.counts is not None]
    rows = table.get_many(precondition.ref for precondition in counting)
    unchanged = [precondition.require_same_count(rows.get(precondition.ref)) for precondition in counting]
    others = [precondition for precondition in change.preconditions if precondition.counts is None]
    preconditions = [*unchanged, *others]
    return replace(change, preconditions=preconditions)


class Message(Protocol):
    """A mail or a message to a webhook, which is sent between two commits.

    The commit before it claims it for this request, so that nobody else sends it. The commit after it records how
    sending went.
    """

    def send(self) -> object:
        """Send the message. Return how that went: of a mail, whether it was accepted for delivery."""
        ...


# The steps of a domain function with several commits. It yields a Change and gets its answer, or yields a Message and
# gets how sending went. If a commit fails, the yield raises the error. The function may be called again at any point,
# because another request was faster or a client repeats its request, and must then skip what has been done.
Steps = Generator[Change[Any] | Message, Any, Change[T]]
Plan = Callable[[], Change[T] | Steps[T]]


class Prepare(Protocol):
    """Completes each change of a request before it is committed, such as with its Idempotency-Key.

    `is_first` says that nothing has been committed yet, `is_last` that the change has the answer of the request.
    """

    def __call__(self, change: Change[Any], *, is_first: bool, is_last: bool) -> Change[Any]:
        """Return the change to commit."""
        ...


def _leave_unchanged(change: Change[Any], *, is_first: bool, is_last: bool) -> Change[Any]:  # noqa: ARG001
    return change


class Writer:
    """Commits the changes of one request, and sends its messages. The one of a dry run does neither (planned_rows.py).

    `has_committed` says whether anything has been committed.
    """

    def __init__(self) -> None:
        self.has_committed = False

    def commit(self, change: Change[Any], author: Author) -> None:
        """Write a change, with the stamps of this author. Raises as transactions.commit."""
        transactions.commit(change.with_stamps(author))
        self.has_committed = True

    def send(self, message: Message) -> object:
        """Send a message. Return how that went."""
        return message.send()


def run(plan: Plan[T], prepare: Prepare = _leave_unchanged, author: Author = NOBODY, writer: Writer | None = None) -> T:
    """Call a domain function, carry out what it plans, and return its answer.

    If another request was faster, call the function again, at most MAX_ATTEMPTS times. Then raise errors.Conflict.
    Raises every error of the function, and that of a precondition that does not hold.

    `author` is recorded in the objects that are changed. Without an author, their stamps stay as they are. `writer`
    commits and sends; without one, this is done for real.
    """
    runner = _Runner(prepare, author, writer or Writer())
    for attempt in range(MAX_ATTEMPTS):
        try:
            return runner.carry_out(plan())
        except errors.Stale:
            _pause(attempt)
    raise errors.Conflict(KEEPS_CHANGING, RETRY)


def _pause(attempt: int) -> None:
    clock.sleep(randomness.jitter(min(0.4, 0.02 * 2**attempt)))


class _Runner:
    """The execution of one domain function."""

    def __init__(self, prepare: Prepare, author: Author, writer: Writer) -> None:
        self._prepare = prepare
        self._author = author
        self._writer = writer

    def carry_out(self, planned: Change[T] | Steps[T]) -> T:
        """Perform all steps, commit the last change and return its answer. Raises errors.Stale after a lost race."""
        change = planned if isinstance(planned, Change) else self._take_steps(planned)
        return self._commit(change, is_last=True)

    def _take_steps(self, steps: Steps[T]) -> Change[T]:
        """Perform every step but the last change, and return that change."""
        try:
            step = next(steps)
            while True:
                try:
                    outcome = self._commit(step) if isinstance(step, Change) else self._writer.send(step)
                except errors.Problem as problem:
                    step = steps.throw(problem)
                else:
                    step = steps.send(outcome)
        except StopIteration as end:
            last: Change[T] = end.value
            return last

    def _commit(self, change: Change[T], *, is_last: bool = False) -> T:
        """Commit a change and return its answer. If another request was faster, plan it again, if it can be.

        A step that can be planned again stays so, also if there is nothing left to write but the answer of a key.
        """
        for attempt in range(MAX_ATTEMPTS):
            try:
                return self._commit_once(change, is_last=is_last)
            except errors.Stale:
                if not change.retry:
                    raise errors.Conflict(LOST_RACE) from None
                if change.replan is None:
                    raise
                _pause(attempt)
                again = change.replan()
                change = again if again.replan else replace(again, replan=change.replan)
        raise errors.Conflict(KEEPS_CHANGING, RETRY)

    def _commit_once(self, change: Change[T], *, is_last: bool) -> T:
        if is_last or not change.writes_nothing:
            change = self._prepare(change, is_first=not self._writer.has_committed, is_last=is_last)
        if not change.writes_nothing:
            self._writer.commit(change, self._author_of(change))
        return change.answer

    def _author_of(self, change: Change[Any]) -> Author:
        if change.author is None:
            return self._author
        return Author(change.author.user, change.author.credential, self._author.request_id)
