"""Mistakes in the change feed: recording the changes of objects, and showing them."""

from functools import partial

from tests.simulation.mutants.mutant import Mutant

FOLLOWED = partial(Mutant, scenario="changes are followed")
UNDONE = partial(Mutant, scenario="changes are undone")
READ = partial(Mutant, scenario="the past is read")
SEQUENCING = "chalicelib/domain/changes/sequencing.py"
GUARD = "chalicelib/domain/changes/guard.py"
RECORDS = "chalicelib/domain/changes/records.py"
WRITES = "chalicelib/domain/changes/writes.py"
KINDS = "chalicelib/domain/changes/kinds.py"
VISIBLE_CHANGES = "chalicelib/domain/changes/visible_changes.py"
HISTORY = "chalicelib/domain/changes/history.py"
PAST = "chalicelib/domain/changes/past.py"
VISIBILITY = "chalicelib/domain/changes/visibility.py"

CHANGES = [
    FOLLOWED(
        "no_guard",
        GUARD,
        "    if missing is not None and _may_still_come(stamps.unpack(missing).milliseconds, write):\n",
        "    if False:\n",
        "A write is recorded before the one that came before it, from a shard that was replaced.",
    ),
    FOLLOWED(
        "entry_of_predecessor_not_awaited",
        GUARD,
        "    if newest is not None and _may_still_come(newest.changed_at, write) and not is_listed(newest):\n",
        "    if False:\n",
        "A write gets its entry although a run that was broken off has left the one before without an entry.",
    ),
    FOLLOWED(
        "entry_overwritten",
        "chalicelib/storage/feed_rows.py",
        "attributes=row.next_item(), condition=row.save_condition())",
        "attributes=row.next_item(), condition=None)",
        "Two runs that overlap write their entries over each other.",
    ),
    FOLLOWED(
        "no_look_behind_base",
        SEQUENCING,
        "        if not is_new:\n            self._read_on(record.base)\n",
        "",
        "A batch that is delivered again gets its entries a second time.",
    ),
    FOLLOWED(
        "base_is_beginning_of_run",
        SEQUENCING,
        "        record = records.build_record(write, tombstone, self._newest.seq)\n",
        "        record = records.build_record(write, tombstone, self._newest.seq + 1)\n",
        "The entry of a change lies before the place from which it is looked for.",
    ),
    FOLLOWED(
        "done_if_recorded",
        SEQUENCING,
        "        if not is_new:\n            self._read_on(record.base)\n",
        "        if not is_new:\n            return\n",
        "A run that was broken off between the record and the entry leaves a change out.",
    ),
    FOLLOWED(
        "conflict_not_read",
        SEQUENCING,
        "            else:\n                self._read_on(self._newest.seq)\n",
        "            else:\n                self._newest.sk = entry.sk\n",
        "After another run has taken the place, the next one is taken without looking whose entry is there.",
    ),
    FOLLOWED(
        "all_entries_expire",
        SEQUENCING,
        "expires=not is_last)",
        "expires=True)",
        "The newest entry expires, and the feed of an account begins anew with 1.",
    ),
    FOLLOWED(
        "waiting_leaves_newest_expiring",
        "chalicelib/domain/changes/recording.py",
        "            feed.keep_newest()\n            return [error]\n",
        "            return []\n",
        "A batch of which a write must wait is taken to be done.",
    ),
    FOLLOWED(
        "tombstone_ignored",
        RECORDS,
        "row_write.after.stamp if row_write.after else guard.stamp_of_deletion(row_write, tombstone)",
        "row_write.after.stamp if row_write.after else row_write.before.stamp if row_write.before else None",
        "A deletion has no author.",
    ),
    FOLLOWED(
        "tombstone_of_another_deletion",
        GUARD,
        "        return tombstone.stamp if tombstone.deleted_stamp == write.row.stamp else None\n",
        "        return tombstone.stamp\n",
        "A deletion has the author of a later one.",
        survives="It takes an object that is deleted twice before the first deletion is recorded, which is rare.",
    ),
    FOLLOWED(
        "stamped_writes_dropped",
        WRITES,
        "    if verb == NO_CHANGE and write.before and write.after and write.before.stamp == write.after.stamp:\n",
        "    if verb == NO_CHANGE:\n",
        "A write that changed no answer is not recorded, and the next one waits for it for ever.",
    ),
    FOLLOWED(
        "past_delegation_deleted",
        WRITES,
        "        if past is not None:\n",
        "        if False:\n",
        "A delegation that ends is deleted.",
    ),
    FOLLOWED(
        "secrets_copied",
        KINDS,
        "        return image and {name: value for name, value in image.items() if name not in self.secrets}\n",
        "        return image\n",
        "The hash of a secret is copied into the history.",
    ),
    FOLLOWED(
        "marked_objects_exist",
        KINDS,
        "    return not any(getattr(row, mark, None) for mark in DELETION_MARKS)\n",
        "    return True\n",
        "An object that is marked as deleted is not deleted, and its removal is.",
    ),
    FOLLOWED(
        "moves_are_updates",
        KINDS,
        "        if self.place(before) != self.place(after):\n            return MOVE\n",
        "",
        "An activity that gets to another stack has not changed.",
    ),
    FOLLOWED(
        "images_not_checked",
        VISIBLE_CHANGES,
        "KINDS[kind].exists(row) and around.may_see(row) else None",
        "KINDS[kind].exists(row) else None",
        "Everybody sees all changes of the account.",
    ),
    FOLLOWED(
        "workspace_not_checked",
        VISIBILITY,
        "        return self.viewer.roles.get(workspace_id, INVITED) != INVITED and self.is_open(workspace_id)\n",
        "        return self.is_open(workspace_id)\n",
        "Everybody sees the changes in all workspaces.",
    ),
    FOLLOWED(
        "link_passes_over_one",
        "chalicelib/routes/changes.py",
        '{"after": page.last}',
        '{"after": page.last + 1}',
        "A client that follows the links misses changes.",
    ),
    UNDONE(
        "slow_clock_stamps_earlier",
        "chalicelib/storage/unit_of_work.py",
        "max([clock.microseconds() // 1000, *times])",
        "clock.microseconds() // 1000",
        "A deletion by a slow clock seems to be older than the creation, which then waits for ever.",
    ),
    Mutant(
        "moved_invitation_deleted",
        WRITES,
        "        if tombstone is not None and tombstone.moved_to:\n",
        "        if False:\n",
        "An invitation that passes to another user is deleted.",
    ),
    READ(
        "state_before_newest_change",
        PAST,
        "        *_, earliest = takewhile(",
        "        earliest, *_ = takewhile(",
        "A past state is that before the newest change, also if there were others after the time.",
    ),
    READ(
        "unrecorded_change_ignored",
        PAST,
        "is_known=not is_written_after(present, at))",
        "is_known=True)",
        "While a change is being recorded, the present object is shown as it was before.",
    ),
    READ(
        "last_change_for_first",
        "chalicelib/domain/changes/past_lists.py",
        "            first.setdefault(int(entry.object_id), entry)\n",
        "            first[int(entry.object_id)] = entry\n",
        "A past list shows objects as they were before their last change.",
    ),
    READ(
        "only_first_free_entry",
        HISTORY,
        " if _is_of(one, record)), None)\n",
        " if False), None)\n",
        "A change whose place in the feed was taken by another one is not in the history of its object.",
    ),
]
