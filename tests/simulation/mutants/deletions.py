"""Planted mistakes in the deletion of workspaces and stacks, and in delegations."""

from tests.simulation.mutants.mutant import Mutant

DELETION, LIFECYCLE = "chalicelib/domain/activities/deletion.py", "chalicelib/domain/activities/lifecycle.py"
PURGES, MARKS = "chalicelib/domain/activities/purges.py", "chalicelib/domain/workspaces/deletion_marks.py"
DELEGATING = "chalicelib/domain/activities/delegating.py"
DELEGATIONS = "chalicelib/domain/activities/delegations.py"

DELETIONS = [
    Mutant(
        "purged_workspace_keeps_comments",
        PURGES,
        "        yield from _delete_comments(caller, batch)\n",
        "",
        "The comments in a purged workspace stay.",
        scenario="a workspace is deleted",
    ),
    Mutant(
        "purged_workspace_keeps_memberships",
        DELETION,
        "    rows: list[Row] = [member, Membership.at(caller.account, member.user, workspace_id)]\n",
        "    rows: list[Row] = [member]\n",
        "Former members still have a row that names a purged workspace.",
        scenario="a workspace is deleted",
    ),
    Mutant(
        "purged_workspace_keeps_invitations",
        DELETION,
        "    if member.role == INVITED and member.invitation:\n",
        "    if member.role == INVITED and not member.invitation:\n",
        "Pending invitations to a purged workspace stay.",
        scenario="a workspace is deleted",
    ),
    Mutant(
        "purged_stack_keeps_lookup",
        PURGES,
        "    return [stack, StackLookup.at(account, stack.id)]\n",
        "    return [stack]\n",
        "The rows by which stacks are found outlive them.",
        scenario="a stack is deleted",
    ),
    Mutant(
        "purge_without_items",
        PURGES,
        "    parts = (_delete_activities, _delete_stacks, _delete_members)\n",
        "    parts = (_delete_stacks, _delete_members)\n",
        "The items of a purged workspace stay.",
        scenario="a workspace is deleted",
    ),
    Mutant(
        "purge_not_noted",
        MARKS,
        "    return Change(None, save=[workspace, Purge.build(workspace.purge_at, account, workspace.id)])\n\n\n"
        "def plan_stack_mark",
        "    return Change(None, save=[workspace])\n\n\ndef plan_stack_mark",
        "A deleted workspace is never purged.",
        scenario="a workspace is deleted",
    ),
    Mutant(
        "purge_of_another_deletion",
        PURGES,
        "    if note.stack or workspace is None or workspace.purge_at != note.due:\n",
        "    if note.stack or workspace is None:\n",
        "A workspace that was restored is purged when its former deletion is due.",
        scenario="activities are undone",
    ),
    Mutant(
        "last_batch_forgotten",
        DELETION,
        "    if batch:\n        yield Change(None, delete=batch, resumes=resumes)\n",
        "    if len(batch) > BATCH_SIZE:\n        yield Change(None, delete=batch, resumes=resumes)\n",
        "Rows that do not fill a batch are not deleted.",
        scenario="a workspace is deleted",
    ),
    Mutant(
        "emptied_stack_keeps_placements",
        DELETION,
        "    return Change(None, rows, batch.placements)\n",
        "    return Change(None, rows)\n",
        "Items that leave a deleted stack or workspace stay there as well.",
        scenario="a stack is deleted",
    ),
    Mutant(
        "deleted_stack_stays_in_order",
        MARKS,
        "    workspace.stacks = [stack_id for stack_id in workspace.stacks if stack_id != stack.id]\n",
        "",
        "The order of stacks still names a deleted one.",
        scenario="a stack is deleted",
    ),
    Mutant(
        "arrivals_on_deleted_stack",
        DELETION,
        "            mark, row.is_emptied = plan_mark(), True\n",
        "            mark, row.is_emptied = plan_mark(), False\n",
        "An item that arrives while the others leave stays on the deleted stack.",
        scenario="a stack is deleted",
    ),
    Mutant(
        "decline_without_effect",
        LIFECYCLE,
        '        "decline": DECLINED,\n',
        '        "decline": PENDING,\n',
        "A declined delegation stays open.",
        scenario="an activity is delegated",
    ),
    Mutant(
        "former_delegation_stays_open",
        DELEGATING,
        "    return Change(None, past_delegation, copies_before, preconditions)\n",
        "    return Change(None, past_delegation, [], preconditions)\n",
        "A delegation that was passed on stays open for its former delegee.",
        scenario="an activity is delegated",
    ),
    Mutant(
        "delegation_link_unsaved",
        DELEGATING,
        "    yield change.and_save(*preparation.save, *delegee.save, token_row).with_preconditions(*preconditions)\n",
        "    yield change.and_save(*preparation.save, *delegee.save).with_preconditions(*preconditions)\n",
        "The link in the mail about a delegation leads nowhere.",
        scenario="an activity is delegated",
    ),
    Mutant(
        "delegation_planned_again",
        DELEGATING,
        "    return Change(None, [activity, *copies.delegation_copies(caller, activity)], replan=replan)\n",
        "    return Change(None, [activity, *copies.delegation_copies(caller, activity)])\n",
        "If noting how a mail went loses a race, the whole request is planned again, and the mail is sent twice.",
        scenario="an activity is delegated",
    ),
    Mutant(
        "delegee_unchecked",
        DELEGATING,
        "        access.require_user_active(caller.account, delegee.id, _user_not_found(request)),\n",
        "",
        "An activity is delegated to somebody who has just left the account.",
        scenario="people come and go",
    ),
    Mutant(
        "delivery_not_copied",
        DELEGATING,
        "    return Change(None, [activity, *copies.delegation_copies(caller, activity)], replan=replan)\n",
        "    return Change(None, [activity], replan=replan)\n",
        "Noting how a mail went changes the activity without the copies in its delegation.",
        scenario="an activity is delegated",
    ),
    Mutant(
        "returns_to_closed_place",
        DELEGATIONS,
        "    return [origin_open, *items.require_destination_open(caller, workspace_id, stack_id)]\n",
        "    return [origin_open]\n",
        "An activity returns to a workspace or stack that has just been deleted.",
        scenario="delegated activities return",
    ),
    Mutant(
        "decision_keeps_old_copies",
        DELEGATIONS,
        "    copies_before = copies.all_copies(caller, visible.activity)\n"
        '    preconditions = _accept(caller, visible) if verb == "accept" else return_to_delegator(caller, visible)\n',
        '    preconditions = _accept(caller, visible) if verb == "accept" else return_to_delegator(caller, visible)\n'
        "    copies_before = copies.all_copies(caller, visible.activity)\n",
        "Accepting a delegation leaves the activity in its old place as well.",
        scenario="an activity is delegated",
    ),
]
