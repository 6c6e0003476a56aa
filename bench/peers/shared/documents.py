"""From what is stored to the documented JSON of workspaces and inboxes."""

from typing import Any

import edge
from edge import Event

Item = dict[str, Any]
NO_PICTURE = "/assets/app/no-profile.svg"


def user(card: Item, event: Event) -> Item:
    """A user."""
    picture = f"{edge.origin(event)}{edge.stage(event)}{NO_PICTURE}"
    return {
        "user_since": card["created_at"],
        "email": card["email"],
        "avatar": {"thumb_url": picture, "url": picture},
        "id": card["id"],
        "name_or_email": f"{card['first_name']} {card['last_name']}".strip() or card["email"],
        "last_name": card["last_name"],
        "first_name": card["first_name"],
        "slug": card["slug"],
    }


def workspace(found: Item, owner: Item, role: str, event: Event) -> Item:
    """A workspace; without links for those only invited."""
    path = f"{edge.stage(event)}/api/workspaces/{found['id']}"
    rooms = () if role == "invited" else ("inbox", "stacks", "outboxes")
    return {
        "owner": user(owner, event),
        "created_at": found["created_at"],
        "name": found["name"],
        "type": found["type"],
        "id": found["id"],
        "description": found.get("description"),
        "links": [{"rel": room, "href": f"{path}/{room}"} for room in rooms],
        "setting": found["setting"],
    }


def inbox(workspace_id: int, activities: list[Item], people: dict[str, Item], event: Event) -> Item:
    """An inbox with its activities, in which everybody stands who is named by an id."""
    cards: dict[Any, Item | None] = {one: user(card, event) for one, card in people.items()}
    items = [
        {"activity": one | {"creator": cards.get(one["creator"]), "assignee": cards.get(one["assignee"])}}
        for one in activities
    ]
    container = {"rel": "container", "href": f"{edge.stage(event)}/api/workspaces/{workspace_id}"}
    return {"id": workspace_id + 1, "rules": [], "links": [container], "items": items}
