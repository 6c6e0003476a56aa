"""Planted mistakes in chalicelib/domain/activities, without those of deletions and delegations."""

from tests.simulation.mutants.mutant import Mutant

COPIES, ITEMS = "chalicelib/domain/activities/copies.py", "chalicelib/domain/activities/items.py"
COMMENTS, ALARMS = "chalicelib/domain/activities/comments.py", "chalicelib/domain/activities/alarms.py"
ACTIVITIES, MODEL = "chalicelib/domain/activities/activities.py", "chalicelib/storage/models/activities.py"

ACTIVITY_MUTANTS = [
    Mutant(
        "assignee_without_copy",
        COPIES,
        "    return activity.people | delegation_parties(activity)\n",
        "    return {activity.creator} | delegation_parties(activity)\n",
        "The assignee of an activity gets no copy of it.",
    ),
    Mutant(
        "delegation_copy_outdated",
        COPIES,
        "return [*_user_activities(caller, activity), *delegation_copies(caller, activity)]",
        "return [*_user_activities(caller, activity)]",
        "The copies in an open delegation are not written with the activity.",
    ),
    Mutant(
        "outdated_copies_kept",
        COPIES,
        "return Change(None, save=[activity, *copies], delete=outdated)",
        "return Change(None, save=[activity, *copies])",
        "The copies of people who no longer have to do with an activity stay.",
    ),
    Mutant(
        "copies_name_old_workspace",
        COPIES,
        "    stays_in_workspace = activity.workspace == workspace_id\n",
        "    stays_in_workspace = True\n",
        "If an activity moves to another workspace, the copies of its people still name the old one.",
    ),
    Mutant(
        "delegee_without_row",
        COPIES,
        '    parties = (delegation["delegator"], delegation["delegee"])\n    return [Delegation.at',
        '    parties = (delegation["delegator"],)\n    return [Delegation.at',
        "Only the delegator gets a row of a delegation.",
    ),
    Mutant(
        "past_delegation_unsaved",
        COPIES,
        "    return _delegation_rows(caller, PAST, activity, delegation)\n",
        "    return []\n",
        "A delegation that has ended disappears.",
    ),
    Mutant(
        "old_placement_kept",
        ITEMS,
        "rows, [old_placement], preconditions)",
        "rows, [], preconditions)",
        "A moved activity stays in its old place as well.",
    ),
    Mutant(
        "stack_unchecked",
        ITEMS,
        "    return [workspace_open, Precondition(key, is_open(Stack), stack_not_found, Stack.additions)]\n",
        "    return [workspace_open]\n",
        "An item arrives on a stack that has just been deleted.",
    ),
    Mutant(
        "new_item_unchecked",
        ITEMS,
        "        preconditions=require_destination_open(caller, workspace_id, stack_id),\n",
        "",
        "A new item arrives in a workspace that has just been deleted.",
    ),
    Mutant(
        "moved_item_unchecked",
        ITEMS,
        "    preconditions = require_destination_open(caller, workspace.id, stack_id)\n",
        "    preconditions: list[Precondition] = []\n",
        "An item moves into a workspace that has just been deleted.",
    ),
    Mutant(
        "comment_on_moved_activity",
        COMMENTS,
        "        Precondition(key, Activity.is_in(activity.workspace), moved),\n",
        "",
        "A comment is added to an activity that has just been moved or deleted.",
    ),
    Mutant(
        "discussed_not_marked",
        COMMENTS,
        "    if activity.discussed:\n        return Change(None, preconditions=preconditions)\n",
        "    if activity:\n        return Change(None, preconditions=preconditions)\n",
        "An activity does not record that it has comments, so nobody deletes them with it.",
    ),
    Mutant(
        "comment_lookup_kept",
        COMMENTS,
        "    return [comment, CommentLookup.at(caller.account, comment.id)]\n",
        "    return [comment]\n",
        "The row by which a comment is found outlives it.",
    ),
    Mutant(
        "alarm_not_claimed",
        ALARMS,
        "    claim: Claim | Alarm | None = yield _plan_claim(ref)\n",
        "    claim: Claim | Alarm | None = _plan_claim(ref).answer\n",
        "Two runs of the scheduled function send the same alarm.",
    ),
    Mutant(
        "alarm_not_recorded",
        ALARMS,
        "    yield from _record_outcome(ref, claim, is_sent)\n",
        "",
        "An alarm that was sent is not removed from the index.",
    ),
    Mutant(
        "alarm_of_stale_index",
        ALARMS,
        "    if activity is None or not activity.alarm_at or activity.alarm_at > clock.now():\n",
        "    if activity is None or not activity.alarm_at:\n",
        "The index is trusted, although it may be behind: an alarm that somebody has claimed is sent.",
    ),
    Mutant(
        "new_alarm_removed",
        ALARMS,
        "    if activity is None or activity.alarm_claim != claim.token:\n",
        "    if activity is None:\n",
        "If an alarm is set to another time while it is sent, it is removed.",
    ),
    Mutant(
        "changed_alarm_not_indexed",
        MODEL,
        '        if "alarm" in fields:\n            self.set_alarm(self.block("alarm")["time"])\n',
        "",
        "A changed alarm does not get into the index.",
    ),
    Mutant(
        "deleted_activity_keeps_comments",
        ACTIVITIES,
        "    if activity.discussed:\n        yield from deletion.delete_comments(caller, activity.id)\n",
        "    yield from ()\n",
        "The comments of a deleted activity stay.",
    ),
    Mutant(
        "deleted_activity_keeps_copies",
        ACTIVITIES,
        "    rows = [activity, *copies.all_copies(caller, activity)]\n",
        "    rows = [activity, copies.placement(caller, activity)]\n",
        "The copies of a deleted activity stay with its people.",
    ),
    Mutant(
        "activity_deleted_before_comments",
        ACTIVITIES,
        "    if activity.discussed:\n"
        "        yield from deletion.delete_comments(caller, activity.id)\n"
        "    rows = [activity, *copies.all_copies(caller, activity)]\n",
        "    rows = [activity, *copies.all_copies(caller, activity)]\n"
        "    if activity.discussed:\n"
        "        yield Change(None, delete=rows)\n"
        "        rows = []\n"
        "        yield from deletion.delete_comments(caller, activity.id)\n",
        "The activity is deleted before its comments, so that a request that is cut off leaves them behind.",
    ),
    Mutant(
        "former_assignee_keeps_copy",
        ACTIVITIES,
        "    copies_before = copies.all_copies(caller, activity)\n    activity.change_fields(fields)\n",
        "    activity.change_fields(fields)\n    copies_before = copies.all_copies(caller, activity)\n",
        "Taking over an activity leaves the copy of the former assignee behind.",
    ),
]
