"""The list of a noun of the OGSM API as it was at a time.

It is made of the objects that are there now, by going back: of each object that was changed since, the state before its
first change after the time. The changes are found in the feed, whose entries are almost in the order of time.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from chalicelib import clock, errors, json_text
from chalicelib.domain.access import Caller
from chalicelib.domain.changes import history, past
from chalicelib.domain.changes.feed_search import DISORDER, find_last_before, read_newest
from chalicelib.domain.changes.objects import ObjectName, read_present_row
from chalicelib.domain.changes.past import Beginning
from chalicelib.domain.ogsm import listing
from chalicelib.domain.ogsm.listing import DocumentEntry
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.sorting import Position
from chalicelib.json_text import JsonObject
from chalicelib.storage import stamps, table
from chalicelib.storage.models.changes import FeedEntry, read_images
from chalicelib.storage.models.ogsm_objects import ObjectRow, StampedEntry
from chalicelib.storage.parallel import run_both, run_parallel
from chalicelib.storage.rows import Entry

MOST_CHANGES = 50_000  # of the account since the time, which one request goes back
TOO_FAR = (
    f"lies more than {MOST_CHANGES:,} changes of the account back. Take a later time, or read each object at that time"
)
BATCH = 100  # records that are read at once

States = dict[int, str]


def list_objects(
    caller: Caller, noun: OgsmNoun, query: JsonObject, after: Position | None, limit: int | None
) -> Iterator[DocumentEntry]:
    """Return the objects of a noun as they were at the time `at` of the query, which selects and sorts them.

    Raises errors.Invalid if too many changes were made since. Raises errors.WrongCursor as `listing.list_documents`,
    and the errors of `past.require_past`, `past.read_beginning` and `Beginning.unrecorded`.
    """
    at = clock.read_milliseconds(query["at"])
    past.require_past(at)
    states = _read_states(caller, noun, at)

    def read_entries(after: Position | None, _limit: int | None) -> Iterator[DocumentEntry]:
        first = after[-1] if after else 0
        return (Entry([number], text) for number, text in sorted(states.items()) if number > first)

    return listing.list_documents(caller, noun.listing, query, after, limit, read_entries)


def _read_states(caller: Caller, noun: OgsmNoun, at: int) -> States:
    """Return the texts of the objects that were there at a time, by their ids.

    The present objects are read before the changes, so that no change in between is missed.
    """
    account = caller.account
    present, (beginning, newest) = run_both(
        lambda: _read_present(account, noun.row),
        lambda: run_both(lambda: past.read_beginning(account, at), lambda: read_newest(account)),
    )
    changes = _find_first_changes(account, noun, at, newest.seq) if newest else {}
    unchanged = [entry for entry in present if entry.id not in changes]
    states: States = {one.id: one.text for one in unchanged if one.text is not None and not _is_written_after(one, at)}
    states |= _read_states_before(list(changes.items()))
    unclear = [one.id for one in unchanged if _is_written_after(one, at)]
    return states | _find_states(caller, noun, at, unclear, beginning)


def _read_present(account: int, row: type[ObjectRow]) -> list[StampedEntry]:
    return list(table.query_entries(row.of_account(account), row.read_stamped_entry))


def _is_written_after(entry: StampedEntry, at: int) -> bool:
    return entry.stamp is not None and stamps.unpack(entry.stamp).milliseconds > at


def _find_first_changes(account: int, noun: OgsmNoun, at: int, newest: int) -> dict[int, FeedEntry]:
    """Return the first change after a time of each object of a noun that was changed since, by the object's id."""
    seq = find_last_before(account, newest, at - DISORDER)
    if newest - seq > MOST_CHANGES:
        raise errors.Invalid([{"pointer": "?at", "detail": TOO_FAR}])
    first: dict[int, FeedEntry] = {}
    for entry in table.query(FeedEntry.behind(account, seq)):
        if entry.object_kind != noun.singular:
            continue
        if entry.changed_at > at:
            first.setdefault(int(entry.object_id), entry)
        else:
            first.pop(int(entry.object_id), None)  # the clocks of two writers differed
    return first


def _read_states_before(changes: Sequence[tuple[int, FeedEntry]]) -> States:
    """Return the texts of objects before these changes, by their ids, without those that were not there."""
    batches = [changes[start : start + BATCH] for start in range(0, len(changes), BATCH)]
    states: States = {}
    for found in run_parallel([partial(_read_batch, batch) for batch in batches]):
        states |= found
    return states


def _read_batch(changes: Sequence[tuple[int, FeedEntry]]) -> States:
    found = table.get_many(entry.record for _, entry in changes)
    rows = [(number, read_images(found[entry.record])[0]) for number, entry in changes if entry.record in found]
    return {number: _text_of(row) for number, row in rows if isinstance(row, ObjectRow) and not row.deleted_with}


def _text_of(row: ObjectRow) -> str:
    return json_text.dump(row.doc)


def _find_states(caller: Caller, noun: OgsmNoun, at: int, unclear: Sequence[int], beginning: Beginning) -> States:
    """Return the texts of objects that were written after a time without a change that the feed has.

    Most such writes changed nothing that the API answers. Others have not been recorded yet.
    """

    def find(number: int) -> tuple[int, past.PastState]:
        name = ObjectName(noun.singular, str(number))

        newest = history.read_newest(caller.account, name)
        return number, past.find_state(caller.account, name, at, newest, lambda: read_present_row(caller, name))

    found = run_parallel([partial(find, number) for number in unclear])
    if not all(state.is_known for _, state in found):
        raise beginning.unrecorded()
    return {number: _text_of(state.row) for number, state in found if isinstance(state.row, ObjectRow)}
