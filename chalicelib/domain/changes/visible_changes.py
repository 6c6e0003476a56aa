"""A change of an object as a viewer sees it, whether it has been made or a dry run has planned it."""

from dataclasses import dataclass

from chalicelib.domain.changes.kinds import KINDS
from chalicelib.domain.changes.visibility import Surroundings
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.changes import UPDATE
from chalicelib.storage.models.users import User

PUBLIC_USER_FIELDS = ("email", "first_name", "last_name", "slug")


@dataclass(frozen=True)
class VisibleChange:
    """A change of an object. An image that the viewer may not see is None, as is one that did not exist.

    `around` has the rows that the answers of the images show.
    """

    verb: str
    kind: str
    object_id: str
    before: Row | None
    after: Row | None
    around: Surroundings

    @property
    def path(self) -> str | None:
        """The address of the object, or of the list that it is in. Follows have none."""
        return KINDS[self.kind].path_of(self.after or self.before)

    @property
    def public_id(self) -> int | str:
        """The id of the object as it is answered."""
        return KINDS[self.kind].public_id(self.object_id)

    @property
    def shows_anything(self) -> bool:
        """Whether the viewer sees an image, and not just a change of what only others may see of a user."""
        before, after = self.before, self.after
        if self.verb == UPDATE and isinstance(before, User) and isinstance(after, User):
            return self.around.sees_all_of(after) or _public(before) != _public(after)
        return before is not None or after is not None


def visible_image(kind: str, row: Row | None, around: Surroundings) -> Row | None:
    """Return an image of an object of this kind if the viewer may see it and it is an object, or None."""
    return row if row is not None and KINDS[kind].exists(row) and around.may_see(row) else None


def _public(user: User) -> list[object]:
    return [getattr(user, name) for name in PUBLIC_USER_FIELDS]
