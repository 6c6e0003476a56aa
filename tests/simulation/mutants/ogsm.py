"""Planted mistakes in the deletion and archiving of OGSM objects."""

from tests.simulation.mutants.mutant import Mutant

DELETION, CASCADE = "chalicelib/domain/ogsm/deletion.py", "chalicelib/domain/ogsm/cascade.py"
OBJECTS = "chalicelib/domain/ogsm/objects.py"

OGSM_MUTANTS = [
    Mutant(
        "deleted_object_keeps_reports",
        DELETION,
        "delete=[*reports, *plan.deleted])",
        "delete=plan.deleted)",
        "The reports on a deleted object stay.",
    ),
    Mutant(
        "large_deletion_keeps_reports",
        DELETION,
        "    while reports := _read_reports(caller, items):\n",
        "    if reports := _read_reports(caller, items):\n",
        "Of many reports on a deleted object, some stay.",
    ),
    Mutant(
        "deletion_ignores_referrers",
        DELETION,
        "        if objects and not root.deleted_with:\n",
        "        if objects and root.deleted_with:\n",
        "An object that others refer to is deleted alone.",
    ),
    Mutant(
        "cascade_goes_one_level_deep",
        CASCADE,
        "                deleted[row.position] = row\n                waiting.append(row.position)\n",
        "                deleted[row.position] = row\n",
        "What refers to an object that goes along stays, and refers to nothing.",
    ),
    Mutant(
        "kept_object_keeps_reference",
        DELETION,
        "    for batch in split_into_batches(plan.changed, writes=1):\n",
        "    for batch in split_into_batches(plan.changed[1:], writes=1):\n",
        "What also belongs to another strategy still names the deleted one.",
    ),
    Mutant(
        "hidden_object_can_be_changed",
        OBJECTS,
        "    if row is None or row.deleted_with:\n",
        "    if row is None:\n",
        "An object is changed while it is being deleted.",
    ),
    Mutant(
        "restored_object_remembers_archiving",
        OBJECTS,
        "        row.archived_by = None\n",
        "        row.archived_by = row.archived_by\n",
        "What a user has restored is still restored with its strategy.",
    ),
]
