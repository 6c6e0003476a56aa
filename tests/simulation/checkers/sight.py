"""Who may see the image of a change, as docs/changes.md says, from the rows during a request."""

import json
from collections.abc import Callable
from typing import NamedTuple

from tests.simulation.checkers.items import Item, document_of, kind_of, number_of, text_of
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.history import Request

OPEN_STATES = ("pending", "accepted")  # of a delegation


class Sight(NamedTuple):
    """Whether something was to be seen at some point of a request, and whether it was so all the time."""

    ever: bool
    always: bool

    def __or__(self, other: "Sight") -> "Sight":
        return Sight(self.ever or other.ever, self.always or other.always)

    def __and__(self, other: "Sight") -> "Sight":
        return Sight(self.ever and other.ever, self.always and other.always)


def certain(holds: bool) -> Sight:
    """Return the sight of what does not change."""
    return Sight(holds, holds)


class Viewer:
    """The user of a request."""

    def __init__(self, timeline: Timeline, request: Request) -> None:
        self._timeline = timeline
        self._request = request
        self._root = f"ACCOUNT#{request.account:09}"

    def sees(self, item: Item) -> Sight:
        """Return whether the user may see an image."""
        rule = RULES.get(kind_of(item))
        return rule(self, item) if rule else certain(holds=True)

    def is_me(self, user: str | None) -> Sight:
        """Return whether this is the user."""
        return certain(user == self._request.user)

    def is_admin(self) -> Sight:
        """Return whether the user is an admin."""
        return self._of(self._root, f"USER#{self._request.user}", lambda row: text_of(row, "role") == "admin")

    def is_open(self, workspace: int) -> Sight:
        """Return whether a workspace is there and not deleted."""
        return self._of(self._place(workspace), "META", lambda row: "deletion_state" not in row)

    def may_enter(self, workspace: int) -> Sight:
        """Return whether the user may see what is in a workspace."""
        is_inside = self.has_role(workspace, ("owner", "member"))
        return is_inside & self.is_open(workspace)

    def has_role(self, workspace: int, roles: tuple[str, ...]) -> Sight:
        """Return whether the user has one of these roles in a workspace."""
        member = f"MEMBER#{self._request.user}"
        return self._of(self._place(workspace), member, lambda row: text_of(row, "role") in roles)

    def sees_now(self, activity: int) -> Sight:
        """Return whether the user may see an activity as it is."""
        key = (f"{self._root}#ACTIVITIES", f"ACTIVITY#{activity:016}")
        first, last = self._request.started, self._request.ended or self._request.started
        versions = self._timeline.versions_between(key, first, last)
        seen = [self.sees(item) if item and "deleted_by" not in item else certain(holds=False) for item in versions]
        return Sight(any(one.ever for one in seen), all(one.always for one in seen))

    def _place(self, workspace: int) -> str:
        return f"{self._root}#WORKSPACE#{workspace:016}"

    def _of(self, partition: str, sort: str, holds: Callable[[Item], bool]) -> Sight:
        first, last = self._request.started, self._request.ended or self._request.started
        versions = self._timeline.versions_between((partition, sort), first, last)
        found = [item is not None and holds(item) for item in versions]
        return Sight(any(found), all(found))


def _space_of(item: Item) -> int:
    return int(item["pk"]["S"].rpartition("#")[2])


def _sees_workspace(viewer: Viewer, item: Item) -> Sight:
    has_role = viewer.has_role(_space_of(item), ("owner", "member", "invited"))
    return has_role | viewer.is_me(text_of(item, "owner"))


def _sees_stack(viewer: Viewer, item: Item) -> Sight:
    return viewer.may_enter(_space_of(item))


def _sees_member(viewer: Viewer, item: Item) -> Sight:
    return viewer.is_me(text_of(item, "user")) | viewer.may_enter(_space_of(item))


def _sees_activity(viewer: Viewer, item: Item) -> Sight:
    document, space = document_of(item), number_of(item, "workspace")
    delegation = json.loads(item["delegation"]["S"]) if "delegation" in item else None
    parties: set[str] = set()
    if delegation:
        parties = {delegation["delegator"], delegation["delegee"]}
        if delegation["state"] not in OPEN_STATES:
            parties &= {document["creator"], document["assignee"]}
    is_party = certain(any(viewer.is_me(user).ever for user in parties))
    return viewer.may_enter(space) | (is_party & viewer.is_open(space))


def _sees_comment(viewer: Viewer, item: Item) -> Sight:
    """Authors see their comments at least if the activity is gone; in between it depends on the activity."""
    document = document_of(item)
    activity = viewer.sees_now(document["activity_id"])
    return Sight(activity.ever or viewer.is_me(document["author"]).ever, activity.always)


def _sees_delegation(viewer: Viewer, item: Item) -> Sight:
    is_party = viewer.is_me(text_of(item, "delegator")) | viewer.is_me(text_of(item, "delegee"))
    return is_party & viewer.is_open(number_of(item, "workspace")) if "workspace" in item else is_party


def _sees_invitation(viewer: Viewer, item: Item) -> Sight:
    space = number_of(item, "workspace")
    is_own = viewer.is_me(text_of(item, "user")) | viewer.is_me(text_of(item, "inviter"))
    is_pending = certain(text_of(item, "state") == "pending")
    return viewer.is_open(space) & (is_own | (is_pending & viewer.may_enter(space)))


def _sees_follow(viewer: Viewer, item: Item) -> Sight:
    return viewer.is_me(item["pk"]["S"].rpartition("#")[2]) | viewer.is_me(text_of(item, "other_user"))


def _sees_credential(viewer: Viewer, item: Item) -> Sight:
    return viewer.is_admin() | viewer.is_me(text_of(item, "user"))


# Everybody in the account sees users and OGSM objects.
RULES: dict[str, Callable[[Viewer, Item], Sight]] = {
    "workspace": _sees_workspace,
    "stack": _sees_stack,
    "member": _sees_member,
    "activity": _sees_activity,
    "comment": _sees_comment,
    "delegation": _sees_delegation,
    "invitation": _sees_invitation,
    "follow": _sees_follow,
    "credential": _sees_credential,
    "audit_event": lambda viewer, _: viewer.is_admin(),
}
