"""Planted mistakes in the deletion and archiving of OGSM objects."""

from tests.simulation.mutants.mutant import Mutant

DELETION, CASCADE = "chalicelib/domain/ogsm/deletion.py", "chalicelib/domain/ogsm/cascade.py"

OGSM_MUTANTS = [
    Mutant(
        "deleted_object_keeps_reports",
        DELETION,
        "delete=[*reports, *plan.deleted])",
        "delete=plan.deleted)",
        "The reports on a deleted object stay.",
        scenario="reports go with their action",
    ),
    Mutant(
        "large_deletion_keeps_reports",
        DELETION,
        "    while reports := _read_reports(caller, items):\n",
        "    if reports := _read_reports(caller, items):\n",
        "Of many reports on a deleted object, some stay.",
        scenario="reports go with their action",
    ),
    Mutant(
        "deletion_ignores_referrers",
        DELETION,
        "        if objects and not root.deleted_with:\n",
        "        if objects and root.deleted_with:\n",
        "An object that others refer to is deleted alone.",
        scenario="strategies share KPIs",
    ),
    Mutant(
        "cascade_goes_one_level_deep",
        CASCADE,
        "                deleted[row.position] = row\n                waiting.append(row.position)\n",
        "                deleted[row.position] = row\n",
        "What refers to an object that goes along stays, and refers to nothing.",
        scenario="goals have parts",
    ),
    Mutant(
        "kept_object_keeps_reference",
        CASCADE,
        "[_without_references(row, deleted.keys()) for row in changed]",
        "[_without_references(row, deleted.keys()) for row in changed[1:]]",
        "What also belongs to another strategy still names the deleted one.",
        scenario="strategies share KPIs",
    ),
]
