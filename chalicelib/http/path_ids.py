"""TODO."""

import re
from collections.abc import Callable
from typing import Any

from chalicelib import errors
from chalicelib.domain.accounts import credentials


def number(text: str) -> int:
    """The number in a path. Raises errors.NotFound where there can be no such object."""
    if not re.fullmatch(r"[1-9][0-9]{0,15}", text):
        raise errors.NotFound(NOWHERE)
    return int(text)


def action_id(text: str) -> int:
    """The number in a path such as `actions/123.json`."""
    return number(text.removesuffix(".json"))


def user_id(text: str) -> str:
    """The nine hex digits of a user in a path. Raises errors.NotFound for anything else."""
    if not re.fullmatch(r"[0-9a-f]{9}", text):
        raise errors.NotFound(NOWHERE)
    return text


def user_key(text: str) -> str:
    """A user in a path, by slug or id. Raises errors.NotFound for what can be neither."""
    if not re.fullmatch(r"[a-z0-9-]+", text):
        raise errors.NotFound(NOWHERE)
    return text


def credential_id(text: str) -> str:
    """The key of a credential in a path. Raises errors.NotFound for anything else."""
    if not credentials.KEY_PATTERN.fullmatch(text):
        raise errors.NotFound(NOWHERE)
    return text


def block_id(text: str) -> str:
    """The 24 hex digits of a building block in a path. Raises errors.NotFound for anything else."""
    if not re.fullmatch(r"[0-9a-f]{24}", text):
        raise errors.NotFound(NOWHERE)
    return text


NOWHERE = "there is nothing at this address"
PATH_IDS: dict[str, Callable[[str], Any]] = {
    "action_id": action_id,
    "activity_id": number,
    "block_id": block_id,
    "comment_id": number,
    "delegation_id": number,
    "workspace_id": number,
    "stack_id": number,
    "invitation_id": number,
    "token": str,
    "user_id": user_id,
    "user": user_key,
    "credential_id": credential_id,
}
