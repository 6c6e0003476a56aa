"""Authorisation: who may do what in a workspace, and what a credential may do."""

import pytest

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.storage.models.workspaces import Member, Workspace

# The roles that have each permission.
ROLES_WITH_PERMISSION = {
    "see": ("owner", "member", "invited"),
    "enter": ("owner", "member"),
    "invite": ("owner", "member"),
    "view": ("owner", "member"),
    "take_over": ("owner", "member"),
    "delegate": ("owner", "member"),
    "change_blocks": ("owner", "member"),
    "change": ("owner",),
    "delete": ("owner",),
}
REFUSALS = {
    "member": r"^Members of this workspace may not [a-z' ]+\.$",
    "invited": r"^You are only invited to this workspace; you may not [a-z' ]+\.$",
}
SETTINGS = ("allow_invitations", "allow_take_over_by_members", "members_can_change_blocks")


def workspace(deletion_state: str | None = None, *, members_may: bool = True) -> Workspace:
    return Workspace(id=1, deletion_state=deletion_state, setting=dict.fromkeys(SETTINGS, members_may))


@pytest.mark.parametrize("role", ["owner", "member", "invited"])
@pytest.mark.parametrize("verb", ROLES_WITH_PERMISSION)
def test_a_permission_belongs_to_certain_roles(verb: str, role: str) -> None:
    place, member = workspace(), Member(role=role)
    if role in ROLES_WITH_PERMISSION[verb]:
        assert access.require_permission(place, member, verb) == (place, member)
    else:
        with pytest.raises(errors.Forbidden, match=REFUSALS[role]):
            access.require_permission(place, member, verb)


@pytest.mark.parametrize("verb", ROLES_WITH_PERMISSION)
def test_users_outside_a_workspace_cannot_find_it(verb: str) -> None:
    for place, member in [(None, None), (workspace(), None), (None, Member(role="owner"))]:
        with pytest.raises(errors.NotFound):
            access.require_permission(place, member, verb)


@pytest.mark.parametrize("role", ["owner", "member", "invited"])
@pytest.mark.parametrize("verb", ROLES_WITH_PERMISSION)
@pytest.mark.parametrize("deletion_state", ["archiving", "deleting"])
def test_only_the_owner_finds_a_workspace_that_is_being_deleted_and_only_to_delete_it(
    verb: str, role: str, deletion_state: str
) -> None:
    place, member = workspace(deletion_state), Member(role=role)
    if verb == "delete" and role == "owner":
        assert access.require_permission(place, member, verb) == (place, member)
    else:
        with pytest.raises(errors.NotFound):
            access.require_permission(place, member, verb)


@pytest.mark.parametrize("verb", ["invite", "take_over", "delegate", "change_blocks"])
def test_members_may_do_some_things_only_if_a_setting_allows_it(verb: str) -> None:
    restricted = workspace(members_may=False)
    owner = Member(role="owner")
    assert access.require_permission(restricted, owner, verb) == (restricted, owner)
    with pytest.raises(errors.Forbidden, match=REFUSALS["member"]):
        access.require_permission(restricted, Member(role="member"), verb)


@pytest.mark.parametrize(
    ("role", "verb", "message"),
    [
        ("member", "invite", "Members of this workspace may not invite others."),
        ("member", "delete", "Members of this workspace may not delete it."),
        ("invited", "enter", "You are only invited to this workspace; you may not see what is in it."),
    ],
)
def test_a_refusal_is_an_ordinary_sentence(role: str, verb: str, message: str) -> None:
    with pytest.raises(errors.Forbidden) as refusal:
        access.require_permission(workspace(members_may=False), Member(role=role), verb)
    assert refusal.value.detail == message


def test_the_table_above_has_every_permission() -> None:
    assert set(access.PERMISSIONS) == set(ROLES_WITH_PERMISSION)


def test_a_credential_writes_only_with_the_scope_write() -> None:
    access.require_write_scope(access.Caller(1, "u", "k", "write"))
    for scope in ("read", "", "WRITE"):
        with pytest.raises(errors.Forbidden):
            access.require_write_scope(access.Caller(1, "u", "k", scope))
