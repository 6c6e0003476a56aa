"""Permissions in a workspace: what each role may do, and what a credential may do."""

import pytest

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.storage.models.workspaces import Member, Workspace

# The roles that have each permission.
PASSES = {
    "see": ("owner", "member", "invited"),
    "enter": ("owner", "member"),
    "invite": ("owner", "member"),
    "look": ("owner", "member"),
    "take_over": ("owner", "member"),
    "delegate": ("owner", "member"),
    "change_blocks": ("owner", "member"),
    "change": ("owner",),
    "delete": ("owner",),
}


def workspace(deletion_state: str | None = None, *, members_may: bool = True) -> Workspace:
    return Workspace(
        id=1, deletion_state=deletion_state, setting=dict.fromkeys(access.REQUIRED_SETTINGS.values(), members_may)
    )


@pytest.mark.parametrize("role", ["owner", "member", "invited"])
@pytest.mark.parametrize("verb", PASSES)
def test_a_permission_is_given_to_the_roles_that_it_names(verb: str, role: str) -> None:
    place = workspace()
    if role in PASSES[verb]:
        assert access.require_permission(place, Member(role=role), verb) is place
    else:
        with pytest.raises(errors.Forbidden, match=role):
            access.require_permission(place, Member(role=role), verb)


@pytest.mark.parametrize("verb", PASSES)
def test_a_workspace_is_not_found_by_users_outside(verb: str) -> None:
    for found, member in [(None, None), (workspace(), None), (None, Member(role="owner"))]:
        with pytest.raises(errors.NotFound):
            access.require_permission(found, member, verb)


@pytest.mark.parametrize("role", ["owner", "member", "invited"])
@pytest.mark.parametrize("verb", PASSES)
@pytest.mark.parametrize("deletion_state", ["archiving", "deleting"])
def test_a_workspace_that_is_being_deleted_is_found_only_by_the_owner_who_deletes_it(
    verb: str, role: str, deletion_state: str
) -> None:
    place, member = workspace(deletion_state), Member(role=role)
    if verb == "delete" and role == "owner":
        assert access.require_permission(place, member, verb) is place
    else:
        with pytest.raises(errors.NotFound):
            access.require_permission(place, member, verb)


@pytest.mark.parametrize("verb", ["invite", "take_over", "delegate", "change_blocks"])
def test_some_permissions_of_members_depend_on_the_setting(verb: str) -> None:
    closed = workspace(members_may=False)
    assert access.require_permission(closed, Member(role="owner"), verb) is closed
    with pytest.raises(errors.Forbidden):
        access.require_permission(closed, Member(role="member"), verb)


def test_there_are_no_other_permissions() -> None:
    assert set(access.PERMISSIONS) == set(PASSES)


def test_a_credential_writes_only_with_the_scope_write() -> None:
    access.require_write_scope(access.Caller(1, "u", "k", "write"))
    for scope in ("read", "", "WRITE"):
        with pytest.raises(errors.Forbidden):
            access.require_write_scope(access.Caller(1, "u", "k", scope))
