"""Carry out several plans as one: in one transaction if they fit, else in steps, each of which is whole in itself."""

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.rows import Rows
from chalicelib.storage.transactions import fits_in_transaction
from chalicelib.storage.unit_of_work import Change, Steps

NOTHING: Change[None] = Change(None)


@dataclass(frozen=True)
class Part:
    """A part of the work. `plan` gets the rows that were read, with those that earlier parts will have saved.

    `is_last` says that it has to be planned once the parts before it have been committed, if there are several commits.
    """

    plan: Callable[[Rows], Change[Any] | Steps[Any]]
    is_last: bool = False


def carry_out(parts: Sequence[Part], rows: Rows) -> Steps[None]:
    """Plan all parts, and commit them in their order. Nothing is committed before all have been planned."""
    planned: list[Change[Any] | None] = []
    for part in parts:
        change = _first_change(part.plan(rows))
        planned.append(change)
        if change is not None:
            rows = rows | Rows.of(change.save)
    whole: Change[Any] | None = NOTHING
    for change in planned:
        whole = _merge(whole, change)
    if whole is not None:
        return whole
    return (yield from _take_steps(parts, planned, rows))


def _take_steps(parts: Sequence[Part], planned: Sequence[Change[Any] | None], rows: Rows) -> Steps[None]:
    waiting: Change[Any] = NOTHING
    for part, change in zip(parts, planned, strict=True):
        merged = None if part.is_last else _merge(waiting, change)
        if merged is not None:
            waiting = merged
            continue
        if not waiting.writes_nothing:
            yield replace(waiting, resumes=True)
        if change is None or part.is_last:
            again = part.plan(rows)
            waiting = again if isinstance(again, Change) else (yield from again)
        else:
            waiting = change
    return replace(waiting, answer=None, replan=None)


def _first_change(planned: Change[Any] | Steps[Any]) -> Change[Any] | None:
    """Return the only change of a plan, or None if it has several steps."""
    if isinstance(planned, Change):
        return planned
    try:
        next(planned)
    except StopIteration as end:
        change: Change[Any] = end.value
        return change
    if isinstance(planned, Generator):
        planned.close()
    return None


def _merge(one: Change[Any] | None, other: Change[Any] | None) -> Change[None] | None:
    """Return both changes as one. Return None if they write the same row differently or do not fit together."""
    if one is None or other is None:
        return None
    save = [*one.save, *(row for row in other.save if not any(row is saved for saved in one.save))]
    delete = [*one.delete, *other.delete]
    preconditions = [*one.preconditions, *other.preconditions]
    merged = Change(None, save, delete, preconditions)
    written = _references([*save, *delete])
    checked = {precondition.ref for precondition in preconditions} - written
    is_whole = len(written) == len(save) + len(delete) and fits_in_transaction(merged, len(checked))
    return merged if is_whole else None


def _references(rows: Iterable[Row]) -> set[Ref[Row]]:
    return {row.reference for row in rows}
