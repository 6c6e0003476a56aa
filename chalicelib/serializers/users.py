"""Users."""

from typing import Protocol

from chalicelib.json_text import JsonObject
from chalicelib.serializers.common import Links
from chalicelib.storage.models.users import User

NO_PICTURE = "/assets/app/no-profile.svg"  # the path of the avatar that all users share


class UnconfirmedAddress(Protocol):
    """An address that a user has not confirmed yet, and how the mail to it went."""

    @property
    def email(self) -> str: ...

    @property
    def delivery(self) -> str: ...


class UserView(Protocol):
    """A user as the caller sees it. The role and the unconfirmed address are None unless the caller may see them."""

    @property
    def user(self) -> User: ...

    @property
    def role(self) -> str | None: ...

    @property
    def unconfirmed(self) -> UnconfirmedAddress | None: ...


def serialize_user(user: User, links: Links) -> JsonObject:
    """Return a user as the Workspaces document shows it."""
    picture_url = links.base_url + NO_PICTURE
    return {
        "user_since": user.created_at,
        "email": user.email,
        "avatar": {"thumb_url": picture_url, "url": picture_url},
        "id": user.id,
        "name_or_email": user.name_or_email,
        "last_name": user.last_name,
        "first_name": user.first_name,
        "slug": user.slug,
    }


def serialize_user_for_operator(user: User) -> JsonObject:
    """Return a user with role and account, as the operator sees it."""
    return {
        "id": user.id,
        "account": user.account,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "slug": user.slug,
        "role": user.role,
        "created_at": user.created_at,
    }


def serialize_user_with_role(view: UserView, links: Links) -> JsonObject:
    """Return a user, with the role and the address that waits for its confirmation if the caller may see them."""
    document = serialize_user(view.user, links)
    if view.role:
        document["role"] = view.role
    if view.unconfirmed:
        document["unconfirmed_email"] = view.unconfirmed.email
        document["confirmation_delivery"] = view.unconfirmed.delivery
    return document
