"""Planted mistakes in chalicelib/domain/workspaces, people and accounts, and in mail."""

from tests.simulation.mutants.mutant import Mutant

STACKS, WORKSPACES = "chalicelib/domain/workspaces/stacks.py", "chalicelib/domain/workspaces/workspaces.py"
INVITATIONS, MAILS = "chalicelib/domain/people/invitations.py", "chalicelib/domain/people/invitation_mails.py"
RESPONSES, LINKS = "chalicelib/domain/people/invitation_responses.py", "chalicelib/domain/people/link_responses.py"
OFFBOARDING, MEMBERS = "chalicelib/domain/people/offboarding.py", "chalicelib/domain/people/members.py"
FOLLOWS = "chalicelib/domain/people/follows.py"

PEOPLE = [
    Mutant(
        "new_stack_not_in_order",
        STACKS,
        "    return Change(contents, save=[stack, lookup, workspace])\n",
        "    return Change(contents, save=[stack, lookup])\n",
        "A new stack is not in the order of stacks, and may be created in a workspace that is being deleted.",
    ),
    Mutant(
        "new_stack_without_lookup",
        STACKS,
        "    return Change(contents, save=[stack, lookup, workspace])\n",
        "    return Change(contents, save=[stack, workspace])\n",
        "A new stack cannot be found by its id.",
    ),
    Mutant(
        "owner_without_membership",
        WORKSPACES,
        "        save=[workspace, *membership],\n",
        "        save=[workspace, membership[0]],\n",
        "The owner of a new workspace does not find it among the own ones.",
    ),
    Mutant(
        "arrivals_not_counted",
        WORKSPACES,
        "    return Precondition(key, is_open(Workspace), errors.NotFound(lost), Workspace.additions)\n",
        "    return Precondition(key, is_open(Workspace), errors.NotFound(lost))\n",
        "A deletion does not notice what has arrived since the workspace was read.",
        scenario="a workspace is deleted",
        survives="Hardly any item arrives while others are archived. A load test of that moment finds it.",
    ),
    Mutant(
        "inviter_without_copy",
        INVITATIONS,
        "for holder in (user.id, caller.user)]",
        "for holder in (user.id,)]",
        "The inviter does not find the own invitation.",
    ),
    Mutant(
        "invitation_to_deleted_workspace",
        INVITATIONS,
        "    preconditions = [\n        workspaces.require_workspace_open(caller, workspace_id),\n",
        "    preconditions = [\n",
        "Somebody is invited to a workspace that has just been deleted.",
        scenario="a workspace is deleted",
    ),
    Mutant(
        "invitation_of_leaver",
        INVITATIONS,
        "    return InvitationPlan(mail, save, [invitee_active])\n",
        "    return InvitationPlan(mail, save)\n",
        "Somebody is invited who has just left the account.",
        scenario="people come and go",
    ),
    Mutant(
        "invited_without_membership",
        INVITATIONS,
        "    save = [*creation.save, member, membership, *copies, *claim.rows]\n",
        "    save = [*creation.save, member, *copies, *claim.rows]\n",
        "An invited user has no row that names the workspace.",
    ),
    Mutant(
        "invitation_link_unsaved",
        INVITATIONS,
        "    save = [*creation.save, member, membership, *copies, *claim.rows]\n",
        "    save = [*creation.save, member, membership, *copies]\n",
        "The link in the mail of an invitation leads nowhere, and nothing notes that there was a mail.",
    ),
    Mutant(
        "invitation_planned_again",
        MAILS,
        "delete=[note] if note and outcome == FAILED else [], replan=replan)",
        "delete=[note] if note and outcome == FAILED else [])",
        "If noting how a mail went loses a race, the whole request is planned again, and the mail is sent twice.",
        scenario="people are invited",
        survives="Hardly any invitation ends while its mail is noted. A test of that moment finds it.",
    ),
    Mutant(
        "mail_not_noted",
        MAILS,
        "    return MailClaim(token, UNSENT, [token_row, note], note)\n",
        "    return MailClaim(token, UNSENT, [token_row], None)\n",
        "Nothing notes that an address has had a mail lately, so it gets another one.",
        scenario="people are invited",
    ),
    Mutant(
        "declined_keeps_place",
        RESPONSES,
        "        return Change(context.view, save=context.copies, delete=context.place)\n",
        "        return Change(context.view, save=context.copies)\n",
        "Who has declined an invitation is still listed as invited.",
        scenario="people are invited",
    ),
    Mutant(
        "one_copy_decided",
        RESPONSES,
        "    for copy in context.copies:\n        copy.state = decision\n",
        "    for copy in context.copies[:1]:\n        copy.state = decision\n",
        "The inviter still sees a decided invitation as pending.",
        scenario="people are invited",
    ),
    Mutant(
        "withdrawn_keeps_place",
        RESPONSES,
        "    return Change(None, delete=[*context.copies, *place])\n",
        "    return Change(None, delete=[*context.copies, *place[:1]])\n",
        "Who was invited by a withdrawn invitation still has a row that names the workspace.",
        scenario="people are invited",
    ),
    Mutant(
        "leaver_keeps_place",
        OFFBOARDING,
        "            groups.append([membership, Member.at(caller.account, membership.workspace, user.id)])\n",
        "            groups.append([membership])\n",
        "A workspace still lists a member who has left the account.",
        scenario="people come and go",
    ),
    Mutant(
        "leaver_keeps_slug",
        OFFBOARDING,
        "    freed = [EmailAddress.at(caller.account, user.email), Slug.at(caller.account, user.slug)]\n",
        "    freed = [EmailAddress.at(caller.account, user.email)]\n",
        "The slug of a user who has left is never free again.",
        scenario="people come and go",
    ),
    Mutant(
        "leaver_keeps_credentials",
        OFFBOARDING,
        "    yield from _revoke_credentials(caller, live_credentials)\n",
        "",
        "The credentials of a user who has left are not revoked.",
        scenario="people come and go",
    ),
    Mutant(
        "leaver_not_marked",
        OFFBOARDING,
        "    if not user.deletion_state:\n        yield plan_mark_as_leaving(caller, user, caller_unchanged)\n",
        "",
        "A user can join and create while everything of the user is being ended.",
        scenario="people come and go",
    ),
    Mutant(
        "leaver_still_followed",
        OFFBOARDING,
        "follows.both_rows(caller, user.id, follow) for follow",
        "[follow] for follow",
        "The other side of a follow outlives the user who has left.",
        scenario="people come and go",
    ),
    Mutant(
        "follow_with_one_side",
        FOLLOWS,
        "    return Change(user, save=both_rows(caller, caller.user, row), preconditions=preconditions)\n",
        "    return Change(user, save=[row], preconditions=preconditions)\n",
        "The followed user does not see the follower.",
    ),
    Mutant(
        "follow_into_another_account",
        FOLLOWS,
        "    caller_ref, followed_ref = User.ref(caller.account, caller.user), User.ref(caller.account, followed_id)\n",
        "    from chalicelib.storage.models.users import UserAccount\n\n"
        "    home = table.get(UserAccount.ref(followed_id))\n"
        "    account = home.account if home else caller.account\n"
        "    caller_ref, followed_ref = User.ref(caller.account, caller.user), User.ref(account, followed_id)\n",
        "A user of another account is read by id.",
    ),
    Mutant(
        "removed_member_keeps_membership",
        MEMBERS,
        "    return Change(None, delete=[member, Membership.at(caller.account, user, workspace_id)])\n",
        "    return Change(None, delete=[member])\n",
        "A removed member still has a row that names the workspace.",
    ),
    Mutant(
        "credential_of_link_unsaved",
        LINKS,
        "    return change.and_save(user, event, *issued.save).with_answer(issued.answer)\n",
        "    return change.and_save(user, event).with_answer(issued.answer)\n",
        "The credential that somebody gets for accepting by a link does not exist.",
        scenario="people are invited",
    ),
]
