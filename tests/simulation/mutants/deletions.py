"""Planted mistakes in the deletion of workspaces and stacks, and in delegations."""

from tests.simulation.mutants.mutant import Mutant

DELETION, LIFECYCLE = "chalicelib/domain/activities/deletion.py", "chalicelib/domain/activities/lifecycle.py"
DELEGATING = "chalicelib/domain/activities/delegating.py"
DELEGATIONS = "chalicelib/domain/activities/delegations.py"

DELETIONS = [
    Mutant(
        "deleted_workspace_keeps_comments",
        DELETION,
        "    rows = [*change.delete, *comment_rows]\n",
        "    rows = [*change.delete]\n",
        "The comments in a small deleted workspace stay.",
    ),
    Mutant(
        "deleted_workspace_keeps_memberships",
        DELETION,
        "        rows += rows_of_member(caller, workspace.id, member)\n    change =",
        "        rows.append(member)\n    change =",
        "Former members still have a row that names a deleted workspace.",
    ),
    Mutant(
        "deleted_workspace_keeps_invitations",
        DELETION,
        "    if member.role == INVITED and member.invitation:\n",
        "    if member.role == INVITED and not member.invitation:\n",
        "Pending invitations to a deleted workspace stay.",
    ),
    Mutant(
        "deleted_workspace_keeps_lookups",
        DELETION,
        "        rows += [stack, StackLookup.at(caller.account, stack.id)]\n",
        "        rows += [stack]\n",
        "The rows by which stacks are found outlive them.",
        scenario="a workspace is deleted",
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
        DELETION,
        "    return Change(None, save=[workspace], delete=[stack, StackLookup.at(caller.account, stack.id)])\n",
        "    return Change(None, delete=[stack, StackLookup.at(caller.account, stack.id)])\n",
        "The order of stacks still names a deleted one.",
        scenario="a stack is deleted",
    ),
    Mutant(
        "mark_not_saved",
        DELETION,
        "        row.deletion_state = deletion_state\n        yield Change(None, save=[row])\n",
        "        row.deletion_state = deletion_state\n        yield Change(None)\n",
        "A workspace or stack that is deleted in steps is not marked, so that more can arrive.",
        scenario="a workspace is deleted",
    ),
    Mutant(
        "steps_keep_comments",
        DELETION,
        "            yield from delete_in_batches(comments.read_comment_rows(caller, activity.id), resumes=True)\n",
        "            yield from ()\n",
        "The comments in a large deleted workspace stay.",
        scenario="a workspace is deleted",
    ),
    Mutant(
        "workspace_deleted_before_members",
        DELETION,
        "    yield from _delete_other_members(caller, workspace.id)\n"
        "    rows = [workspace, *rows_of_member(caller, workspace.id, context.member)]\n"
        "    return Change(None, delete=rows, resumes=True)\n",
        "    rows = [workspace, *rows_of_member(caller, workspace.id, context.member)]\n"
        "    yield Change(None, delete=rows, resumes=True)\n"
        "    yield from _delete_other_members(caller, workspace.id)\n"
        "    return Change(None, resumes=True)\n",
        "A large workspace is deleted before its members, so that a request that is cut off leaves them behind.",
        scenario="a workspace is deleted",
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
        survives="Few activities return in the moment in which their place is deleted. A test of that moment finds it.",
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
