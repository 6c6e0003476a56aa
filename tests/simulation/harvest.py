"""Find the objects in answers of the API, as the model of a real client does."""

import re
from collections.abc import Callable
from typing import Any

from tests.simulation.knowledge import Knowledge

Json = dict[str, Any]
WORKSPACE_LINK = re.compile(r"/workspaces/(\d+)")
BLOCKS = ("priority", "progress", "target_date", "size", "alarm")


def harvest(knowledge: Knowledge, user: str, answer: Any) -> None:
    """Note all objects in an answer that a user got. Objects inside others count as well."""
    if isinstance(answer, list):
        for element in answer:
            harvest(knowledge, user, element)
    elif isinstance(answer, dict):
        for field, note in NOTES:
            if field in answer:
                note(knowledge, user, answer)
                break
        for value in answer.values():
            if isinstance(value, dict | list):
                harvest(knowledge, user, value)


def _note_activity(knowledge: Knowledge, user: str, found: Json) -> None:
    blocks = {name: found[name]["id"] for name in BLOCKS}
    people = {name: _id_of(found[name]) for name in ("creator", "assignee")}
    knowledge.note(user, "activity", found["id"], state=found["state"], blocks=blocks, **people)


def _note_delegation(knowledge: Knowledge, user: str, found: Json) -> None:
    people = {name: _id_of(found[name]) for name in ("delegator", "delegee")}
    details = {"state": found["state"], "activity": found["activity"]["id"], "sign_off": found["sign_off"]}
    knowledge.note(user, "delegation", found["id"], **details, **people)
    known = knowledge.find("activity", found["activity"]["id"])
    if known:
        known.details["delegation"] = details | people


def _note_invitation(knowledge: Knowledge, user: str, found: Json) -> None:
    people = {"invitee": _id_of(found["user"]), "inviter": _id_of(found["inviter"])}
    knowledge.note(user, "invitation", found["id"], state=found["state"], workspace=found["workspace"]["id"], **people)


def _note_comment(knowledge: Knowledge, user: str, found: Json) -> None:
    knowledge.note(user, "comment", found["id"], author=_id_of(found["author"]), activity=found["activity_id"])


def _note_workspace(knowledge: Knowledge, user: str, found: Json) -> None:
    if found["links"]:  # without links the user is only invited
        owner = _id_of(found["owner"])
        knowledge.note(user, "workspace", found["id"], owner=owner, is_shared=found["type"] == "SharedWorkspace")


def _note_container(knowledge: Knowledge, user: str, found: Json) -> None:
    links = [WORKSPACE_LINK.search(link["href"]) for link in found["links"]]
    workspaces = [int(link[1]) for link in links if link]
    if "user" not in found and workspaces:  # otherwise it is an outbox
        kind = "stack" if "name" in found else "inbox"
        knowledge.note(user, kind, found["id"], workspace=workspaces[0])


def _note_user(knowledge: Knowledge, user: str, found: Json) -> None:
    knowledge.note(user, "user", found["id"], slug=found["slug"], email=found["email"])


def _note_credential(knowledge: Knowledge, user: str, found: Json) -> None:
    secret = {"secret": found["secret"]} if "secret" in found else {}
    is_revoked = found["revoked_at"] is not None
    knowledge.note(user, "credential", found["key"], owner=found["user"], is_revoked=is_revoked, **secret)


def _note_webhook(knowledge: Knowledge, user: str, found: Json) -> None:
    knowledge.note(user, "webhook", found["id"], cursor=found["cursor"], enabled=found["enabled"])


def _note_token(knowledge: Knowledge, user: str, found: Json) -> None:
    knowledge.note(user, "token", found["access_token"])


def _note_action(knowledge: Knowledge, user: str, found: Json) -> None:
    if "id" in found:
        knowledge.note(user, "action", found["id"])


# A field that only this kind of object has. The first that matches counts.
NOTES: tuple[tuple[str, Callable[[Knowledge, str, Json], None]], ...] = (
    ("size", _note_activity),
    ("delegee", _note_delegation),
    ("inviter", _note_invitation),
    ("activity_id", _note_comment),
    ("setting", _note_workspace),
    ("items", _note_container),
    ("user_since", _note_user),
    ("failing_since", _note_webhook),
    ("old_secret_until", _note_credential),
    ("access_token", _note_token),
    ("involved", _note_action),
)


def _id_of(person: Json | None) -> str | None:
    return person["id"] if person else None
