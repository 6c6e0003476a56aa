"""The gate itself: who may do what in which workspace, and with which credential."""

import pytest

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.storage.models.workspaces import Member, Workspace

# Who passes, by what is to be done.
PASSES = {
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


def workspace(deletion_state: str | None = None, *, members_may: bool = True) -> Workspace:
    return Workspace(
        id=1, deletion_state=deletion_state, setting=dict.fromkeys(access.REQUIRED_SETTINGS.values(), members_may)
    )


@pytest.mark.parametrize("role", ["owner", "member", "invited"])
@pytest.mark.parametrize("verb", PASSES)
def test_the_gate_lets_those_pass_whom_it_names(verb: str, role: str) -> None:
    place = workspace()
    if role in PASSES[verb]:
        assert access.require_permission(place, Member(role=role), verb) is place
    else:
        with pytest.raises(errors.Forbidden, match=role):
            access.require_permission(place, Member(role=role), verb)


@pytest.mark.parametrize("verb", PASSES)
def test_the_gate_hides_the_workspace_from_those_outside(verb: str) -> None:
    for found, member in [(None, None), (workspace(), None), (None, Member(role="owner"))]:
        with pytest.raises(errors.NotFound):
            access.require_permission(found, member, verb)


@pytest.mark.parametrize("role", ["owner", "member", "invited"])
@pytest.mark.parametrize("verb", PASSES)
@pytest.mark.parametrize("ending", ["archiving", "deleting"])
def test_the_gate_hides_a_workspace_that_is_being_deleted_from_all_but_who_deletes_it(
    verb: str, role: str, deletion_state: str
) -> None:
    place, member = workspace(deletion_state), Member(role=role)
    if verb == "delete" and role == "owner":
        assert access.require_permission(place, member, verb) is place
    else:
        with pytest.raises(errors.NotFound):
            access.require_permission(place, member, verb)


@pytest.mark.parametrize("verb", ["invite", "take_over", "delegate", "change_blocks"])
def test_the_gate_lets_members_do_some_things_only_while_they_may(verb: str) -> None:
    closed = workspace(members_may=False)
    assert access.require_permission(closed, Member(role="owner"), verb) is closed
    with pytest.raises(errors.Forbidden):
        access.require_permission(closed, Member(role="member"), verb)


def test_the_gate_knows_no_other_verbs() -> None:
    assert set(access.PERMISSIONS) == set(PASSES)


def test_a_credential_writes_only_with_the_scope_write() -> None:
    access.require_write_scope(access.Caller(1, "u", "k", "write"))
    for scope in ("read", "", "WRITE"):
        with pytest.raises(errors.Forbidden):
            access.require_write_scope(access.Caller(1, "u", "k", scope))
