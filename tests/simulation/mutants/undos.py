"""Mistakes in undoing changes and in restoring objects."""

from functools import partial

from tests.simulation.mutants.mutant import Mutant

UNDONE = partial(Mutant, scenario="changes are undone")
UNDO = "chalicelib/domain/changes/undo.py"
ACTIVITY_RESTORING = "chalicelib/domain/activities/restoring.py"

UNDOS = [
    UNDONE(
        "later_changes_overwritten",
        UNDO,
        "    if touched and not force:\n",
        "    if False:\n",
        "An undo overwrites a later change of the same field.",
        scenario="activities are undone",
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
        "copies_kept_when_moved_back",
        ACTIVITY_RESTORING,
        "    outdated = [copy for copy in copies_before if copy.reference not in current]\n",
        "    outdated: list[Row] = []\n",
        "An activity that an undo has moved back is still in the list from which it came.",
    ),
]
