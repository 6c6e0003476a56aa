"""Mistakes in undoing changes and in restoring objects."""

from functools import partial

from tests.simulation.mutants.mutant import Mutant

UNDONE = partial(Mutant, scenario="changes are undone")
UNDO = "chalicelib/domain/changes/undo.py"
UNDOING = "chalicelib/domain/changes/undoing.py"
NET_CHANGES = "chalicelib/domain/changes/net_changes.py"
OGSM_RESTORING = "chalicelib/domain/ogsm/restoring.py"
ACTIVITY_RESTORING = "chalicelib/domain/activities/restoring.py"

UNDOS = [
    UNDONE(
        "later_changes_overwritten",
        UNDO,
        "    if touched and not force:\n",
        "    if False:\n",
        "An undo overwrites a later change of the same field.",
    ),
    UNDONE(
        "whole_object_restored",
        OGSM_RESTORING,
        "    document = row.doc | {name: before.doc[name] for name in fields}\n",
        "    document = dict(before.doc)\n",
        "An undo sets back the whole object, and not only the fields that the change has set.",
    ),
    UNDONE(
        "restored_versions_begin_anew",
        "chalicelib/storage/restoring.py",
        "    row.restored_version = max(image.version or 0, (tombstone.deleted_version or 0) if tombstone else 0)\n",
        "",
        "A restored row begins with version 1 again.",
    ),
    UNDONE(
        "moved_back_to_wrong_place",
        ACTIVITY_RESTORING,
        "copies.relocate(caller, activity, before.workspace, before.stack, before.order)",
        "copies.relocate(caller, activity, before.workspace, activity.stack, before.order)",
        "An undo of a move puts the activity on the stack to which it was moved.",
    ),
    UNDONE(
        "restored_without_copies",
        ACTIVITY_RESTORING,
        "        save=[activity, *copies.all_copies(caller, activity)],\n",
        "        save=[activity],\n",
        "A restored activity is in no list.",
    ),
    UNDONE(
        "last_change_of_request_first",
        NET_CHANGES,
        "    newest, oldest = entries[0], entries[-1]\n",
        "    newest, oldest = entries[-1], entries[0]\n",
        "An undo of a request takes its changes of one object in the wrong order.",
    ),
    UNDONE(
        "undone_although_changed",
        UNDOING,
        "        if any(row.version not in (None, version) for row in written):\n",
        "        if False:\n",
        "An undo overwrites what another request has changed after it was compared.",
    ),
    UNDONE(
        "marks_of_deletion_kept",
        ACTIVITY_RESTORING,
        "    activity.deleted_by = None\n",
        "",
        "A restored activity is still marked as being deleted.",
    ),
    UNDONE(
        "copies_kept_when_moved_back",
        ACTIVITY_RESTORING,
        "    outdated = [copy for copy in copies_before if copy.reference not in current]\n",
        "    outdated: list[Row] = []\n",
        "An activity that an undo has moved back is still in the list from which it came.",
    ),
]
