"""The gate itself: who may do what in which workspace, and with which credential."""

import pytest

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.storage.spaces import Member, Workspace

# Who passes, by what is to be done.
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


def workspace(ending: str | None = None, *, members_may: bool = True) -> Workspace:
    return Workspace(id=1, ending=ending, setting=dict.fromkeys(access.WHILE.values(), members_may))


@pytest.mark.parametrize("role", ["owner", "member", "invited"])
@pytest.mark.parametrize("verb", PASSES)
def test_the_gate_lets_those_pass_whom_it_names(verb: str, role: str) -> None:
    place = workspace()
    if role in PASSES[verb]:
        assert access.admit(place, Member(role=role), verb) is place
    else:
        with pytest.raises(errors.Forbidden, match=role):
            access.admit(place, Member(role=role), verb)


@pytest.mark.parametrize("verb", PASSES)
def test_the_gate_hides_the_workspace_from_those_outside(verb: str) -> None:
    for found, member in [(None, None), (workspace(), None), (None, Member(role="owner"))]:
        with pytest.raises(errors.NotFound):
            access.admit(found, member, verb)


@pytest.mark.parametrize("role", ["owner", "member", "invited"])
@pytest.mark.parametrize("verb", PASSES)
@pytest.mark.parametrize("ending", ["archiving", "deleting"])
def test_the_gate_hides_a_workspace_that_is_being_deleted_from_all_but_who_deletes_it(
    verb: str, role: str, ending: str
) -> None:
    place, member = workspace(ending), Member(role=role)
    if verb == "delete" and role == "owner":
        assert access.admit(place, member, verb) is place
    else:
        with pytest.raises(errors.NotFound):
            access.admit(place, member, verb)


@pytest.mark.parametrize("verb", ["invite", "take_over", "delegate", "change_blocks"])
def test_the_gate_lets_members_do_some_things_only_while_they_may(verb: str) -> None:
    closed = workspace(members_may=False)
    assert access.admit(closed, Member(role="owner"), verb) is closed
    with pytest.raises(errors.Forbidden):
        access.admit(closed, Member(role="member"), verb)


def test_the_gate_knows_no_other_verbs() -> None:
    assert set(access.WORKSPACE_VERBS) == set(PASSES)


def test_a_credential_writes_only_with_the_scope_write() -> None:
    access.may_write(access.Caller(1, "u", "k", "write"))
    for scope in ("read", "", "WRITE"):
        with pytest.raises(errors.Forbidden):
            access.may_write(access.Caller(1, "u", "k", scope))
