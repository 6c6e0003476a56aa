"""Planted mistakes in chalicelib/domain/accounts, ogsm, access.py and mail."""

from tests.simulation.mutants.mutant import Mutant

CREDENTIALS, MANAGEMENT = (
    "chalicelib/domain/accounts/credentials.py",
    "chalicelib/domain/accounts/credential_management.py",
)
USERS, USER_MANAGEMENT = "chalicelib/domain/accounts/users.py", "chalicelib/domain/accounts/user_management.py"
ADDRESSES, TOKENS = (
    "chalicelib/domain/accounts/address_changes.py",
    "chalicelib/domain/accounts/access_tokens.py",
)
LINK_TOKENS = "chalicelib/domain/accounts/link_tokens.py"
ACTIONS, ACCESS, DELIVERY = (
    "chalicelib/domain/ogsm/actions.py",
    "chalicelib/domain/access.py",
    "chalicelib/mail/delivery.py",
)

ACCOUNTS = [
    Mutant(
        "revocation_unsaved",
        CREDENTIALS,
        '    event = audit.build_event(caller, "revoke", audit.CREDENTIAL, credential.id, details)\n'
        "    return Change(credential, save=[credential, event])\n",
        '    event = audit.build_event(caller, "revoke", audit.CREDENTIAL, credential.id, details)\n'
        "    return Change(credential, save=[event])\n",
        "Only the audit log knows that a credential was revoked.",
        scenario="credentials change",
    ),
    Mutant(
        "revoked_credential_works",
        CREDENTIALS,
        "    return not credential.revoked_at and (credential.expires_at is None or at < credential.expires_at)\n",
        "    return credential.expires_at is None or at < credential.expires_at\n",
        "A revoked credential still works.",
        scenario="credentials change",
    ),
    Mutant(
        "last_admin_unprotected",
        MANAGEMENT,
        "    return [*remaining, *unchanged]\n",
        "    return unchanged\n",
        "Two admins who each revoke their own last credential at once leave the account without any.",
        scenario="credentials change",
    ),
    Mutant(
        "address_not_reserved",
        USERS,
        'unique_rows = [EmailAddress.at(account, person["email"], user=user_id), Slug.at',
        "unique_rows = [Slug.at",
        "Two users can have the same address.",
        scenario="addresses change",
    ),
    Mutant(
        "placeholder_without_workspace_rows",
        USERS,
        "    return Change(user, save=[user, user_account, *unique_rows, *workspace_rows, event])\n",
        "    return Change(user, save=[user, user_account, *unique_rows, *workspace_rows[:3], event])\n",
        "The stacks of a personal workspace are not saved, although the workspace names them.",
    ),
    Mutant(
        "address_mailed_before_commit",
        USER_MANAGEMENT,
        "        yield change\n        is_sent: bool = yield address_changes.build_mail(user, address.token)\n",
        "        is_sent: bool = yield address_changes.build_mail(user, address.token)\n        yield change\n",
        "The mail to a new address goes out before its link is saved.",
        scenario="addresses change",
    ),
    Mutant(
        "address_mail_not_noted",
        USER_MANAGEMENT,
        "    notes = [address.note] if address.note else []\n",
        "    notes: list[Row] = []\n",
        "Nothing notes that an address has had a mail lately, so it gets another one.",
        scenario="addresses change",
    ),
    Mutant(
        "old_address_kept",
        ADDRESSES,
        "    return Change(None, [user, address, event], [old_address], author=link.caller.as_author())\n",
        "    return Change(None, [user, address, event], author=link.caller.as_author())\n",
        "The former address of a user is never free again.",
        scenario="addresses change",
    ),
    Mutant(
        "token_outlives_credential",
        TOKENS,
        "        and credentials.is_live(credential, now)\n",
        "",
        "The tokens of a revoked credential still work.",
        scenario="credentials change",
    ),
    Mutant(
        "link_of_another_user",
        LINK_TOKENS,
        '(Caller(account, row.user, "", "write"), row)',
        '(Caller(account, row.inviter, "", "write"), row)',
        "Who opens a link acts for the user who has sent it.",
        scenario="people are invited",
    ),
    Mutant(
        "update_forgets_fields",
        "chalicelib/domain/ogsm/objects.py",
        "    document = row.doc | writable(noun, fields)\n",
        "    document = noun.defaults | {'id': object_id} | writable(noun, fields)\n",
        "Changing some fields of an action resets the others.",
    ),
    Mutant(
        "leaving_user_counts_as_active",
        ACCESS,
        "    return Precondition(User.ref(account, user), User.is_active(), error",
        "    return Precondition(User.ref(account, user), User.id.exists(), error",
        "A user who is leaving can still join and create.",
        scenario="people come and go",
    ),
    Mutant(
        "closing_workspace_visible",
        ACCESS,
        "    if workspace.deletion_state and not may_continue:\n        raise errors.NotFound(WORKSPACE_NOT_FOUND)\n",
        "",
        "A workspace that is being deleted is half visible.",
        scenario="a workspace is deleted",
    ),
    Mutant(
        "mail_claim_ignored",
        DELIVERY,
        "    return delivery != SENT and not is_claimed_by_another\n",
        "    return delivery != SENT\n",
        "Two requests that send the same mail at once both send it.",
        scenario="an activity is delegated",
    ),
]
