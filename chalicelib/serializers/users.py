"""TODO."""

from typing import Any

from chalicelib.serializers.common import Links

NO_PICTURE = "/assets/app/no-profile.svg"


def serialize_user(user: Any, at: Links) -> dict[str, Any]:
    """A user as the Workspaces document shows one."""
    picture = at.origin + at.prefix + NO_PICTURE
    return {
        "user_since": user.created_at,
        "email": user.email,
        "avatar": {"thumb_url": picture, "url": picture},
        "id": user.id,
        "name_or_email": user.name_or_email,
        "last_name": user.last_name,
        "first_name": user.first_name,
        "slug": user.slug,
    }


def serialize_user_for_operator(user: Any) -> dict[str, Any]:
    """A user with role and account, for whoever runs the deployment."""
    names = ("id", "account", "email", "first_name", "last_name", "slug", "role", "created_at")
    return {name: getattr(user, name) for name in names}


def serialize_user_with_role(seen: Any, at: Links) -> dict[str, Any]:
    """A user, with the role for those who see it."""
    return serialize_user(seen.user, at) | ({"role": seen.role} if seen.role else {})
