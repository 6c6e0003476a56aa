"""Planted mistakes in chalicelib/storage."""

from tests.simulation.mutants.mutant import Mutant

TRANSACTIONS, UNIT_OF_WORK = "chalicelib/storage/transactions.py", "chalicelib/storage/unit_of_work.py"
IDS, TABLE = "chalicelib/storage/ids.py", "chalicelib/storage/table.py"
BASE = "chalicelib/storage/models/base.py"

STORAGE = [
    Mutant(
        "checks_dropped",
        TRANSACTIONS,
        "    checks = [precondition for precondition in change.preconditions if precondition.counts is None]\n",
        '    checks: "list[Precondition]" = []\n',
        "The preconditions on rows that a transaction does not count are not checked.",
    ),
    Mutant(
        "counts_unconditional",
        TRANSACTIONS,
        "_operation(count.ref, actions=[count.counts.add(1)], condition=count.condition)",
        "_operation(count.ref, actions=[count.counts.add(1)])",
        "What arrives is counted even if the workspace or stack is gone.",
    ),
    Mutant(
        "deletes_any_version",
        TRANSACTIONS,
        "delete_items=[_operation(row.reference, condition=row.delete_condition()) for row in change.delete]",
        "delete_items=[_operation(row.reference) for row in change.delete]",
        "A transaction deletes rows that have changed since they were read.",
    ),
    Mutant(
        "own_write_taken_for_race",
        TRANSACTIONS,
        "        if not (_was_retried(error) and _is_committed(change)):\n            raise\n",
        "        raise\n",
        "If the answer of a write is lost, its repetition is taken for a lost race, and the work is done twice.",
    ),
    Mutant(
        "retried_taken_for_committed",
        TRANSACTIONS,
        "if not (_was_retried(error) and _is_committed(change)):",
        "if not _was_retried(error):",
        "A write that was sent twice and failed is taken for done, although another request has changed the row.",
    ),
    Mutant(
        "rows_one_by_one",
        TRANSACTIONS,
        "if len(change.save) + len(change.delete) + len(change.preconditions) > 1:",
        "if change.preconditions:",
        "The rows of a change without preconditions are written one by one.",
    ),
    Mutant(
        "lost_race_is_success",
        TRANSACTIONS,
        "    with translate_errors():\n        if len(change.save)",
        "    from contextlib import suppress\n\n"
        "    from chalicelib import errors\n\n"
        "    with suppress(errors.Stale), translate_errors():\n        if len(change.save)",
        "After a lost race the client is told that it worked.",
    ),
    Mutant(
        "retry_without_reading",
        UNIT_OF_WORK,
        "                if change.replan is None:\n                    raise\n",
        "                if change.replan is None:\n"
        "                    current = table.get_many(row.reference for row in change.save)\n"
        "                    for row in change.save:\n"
        "                        stored = current.get(row.reference)\n"
        "                        row.version = stored.version if stored else None\n"
        "                    continue\n",
        "After a lost race the same rows are written again, only in the version that is stored now.",
    ),
    Mutant(
        "steps_unprepared",
        UNIT_OF_WORK,
        "        if is_last or not change.writes_nothing:\n",
        "        if is_last:\n",
        "Only the last of several commits is prepared: the first one does not claim the Idempotency-Key.",
    ),
    Mutant(
        "every_step_is_first",
        UNIT_OF_WORK,
        "        self.has_committed = True\n",
        "",
        "If-Match is checked again after the first commit, which has changed the object.",
    ),
    Mutant(
        "additions_ignored_by_if_match",
        UNIT_OF_WORK,
        "    unchanged = [precondition.require_same_count(rows.get(precondition.ref)) for precondition in counting]\n",
        "    unchanged = counting\n",
        "If-Match on a list does not notice what arrives between its check and the commit.",
        scenario="lists are read and extended",
    ),
    Mutant(
        "id_read_then_written",
        IDS,
        "    return _update(account, name, Counter.last.add(by))\n",
        "    ref = Counter.ref(account, name)\n"
        '    item = table_connection.get_item(ref.pk, ref.sk, consistent_read=True).get("Item")\n'
        "    last = Counter.from_raw_data(item).last if item else 0\n"
        "    return _update(account, name, Counter.last.set(last + by))\n",
        "A new id is read and written in two requests, so that two callers get the same.",
    ),
    Mutant(
        "ids_off_by_one",
        IDS,
        "    return range(last - count + 1, last + 1)\n",
        "    return range(last - count, last)\n",
        "Several ids drawn at once begin with the last one of somebody else.",
    ),
    Mutant(
        "one_id_drawn_for_many",
        IDS,
        'next_id(account, "ids", by=count)',
        'next_id(account, "ids")',
        "The counter rises by one although several ids are taken.",
    ),
    Mutant(
        "counter_lowered",
        IDS,
        "_update(account, name, Counter.last.set(least), is_lower)",
        "_update(account, name, Counter.last.set(least))",
        "Setting a counter to at least a number can lower it.",
    ),
    Mutant(
        "unprocessed_keys_forgotten",
        TABLE,
        "        missing += [_key_of(item) for item in unprocessed]\n",
        "",
        "Keys that DynamoDB did not process are taken for rows that do not exist.",
    ),
    Mutant(
        "saves_any_version",
        BASE,
        "        condition: Condition = type(self).version == self.version\n        return condition\n",
        "        condition: Condition = type(self).version.exists()\n        return condition\n",
        "A row is saved even if it has changed since it was read.",
    ),
    Mutant(
        "creation_overwrites",
        BASE,
        "            return None if self.is_copy else type(self).version.does_not_exist()\n",
        "            return None\n",
        "A new row overwrites one that somebody else has just created.",
    ),
    Mutant(
        "deletion_ignores_additions",
        BASE,
        '        if "additions" not in self.get_attributes():\n            return condition\n',
        "        return condition\n",
        "A workspace or stack is deleted although something has just arrived in it.",
        scenario="a stack is deleted",
    ),
    Mutant(
        "version_stands_still",
        BASE,
        "return (self.version or self.restored_version or 0) + 1",
        "return self.version or (self.restored_version or 0) + 1",
        "The version does not rise, so that nobody notices a change.",
    ),
]
