"""From what the domain answers to the documented JSON. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from chalicelib import jsontext
from chalicelib.dataclass import dataclass

DELEGATION_ID = re.compile(r'\A\{"id":([0-9]+)')
NO_PICTURE = "/assets/app/no-profile.svg"


@dataclass(frozen=True)
class Addresses:
    """Where the client reached the service: its origin, and the stage before every path."""

    origin: str
    prefix: str

    def link(self, rel: str, path: str) -> dict[str, str]:
        """A link as the documents show them: root-relative, so that it works on any host."""
        return {"rel": rel, "href": self.prefix + path}


def only(document: dict[str, Any], fields: Collection[str] | None) -> dict[str, Any]:
    """The named fields of a document, in its own order; all of them where none are named."""
    return document if fields is None else {name: value for name, value in document.items() if name in fields}


def user(user: Any, at: Addresses) -> dict[str, Any]:
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


def workspace(owned: Any, at: Addresses) -> dict[str, Any]:
    """A workspace as the Workspaces document shows one; without links for the invited, who would be turned away."""
    workspace, owner = owned.workspace, owned.owner
    path = f"/api/workspaces/{workspace.id}"
    rooms = () if owned.role == "invited" else ("inbox", "stacks", "outboxes")
    return {
        "owner": user(owner, at),
        "created_at": workspace.created_at,
        "name": workspace.name,
        "type": workspace.type,
        "id": workspace.id,
        "description": workspace.description,
        "links": [at.link(rel, f"{path}/{rel}") for rel in rooms],
        "setting": workspace.setting,
    }


def activities(texts: Iterable[str], people: Mapping[str, Any], at: Addresses) -> list[str]:
    """Stored activities as the JSON texts that are answered: whatever is marked in them is put in."""
    cards = {key: jsontext.dump(user(person, at)) for key, person in people.items()}
    return [jsontext.MARKED.sub(lambda match: cards.get(match[1], "null"), text) for text in map(jsontext.timed, texts)]


def items(texts: Iterable[str], people: Mapping[str, Any], at: Addresses) -> list[str]:
    """Stored activities as the documents' items."""
    return [f'{{"activity":{text}}}' for text in activities(texts, people, at)]


def item(placed: Any, inbox: int, at: Addresses) -> str:
    """An activity that has just landed somewhere, with the way there."""
    container = f"/api/workspaces/{placed.workspace}"
    links = [at.link("container", container), at.link("inbox", f"{container}/stacks/{inbox}")]
    [text] = activities([placed.text], placed.people, at)
    return f'{{"activity":{text},"links":{jsontext.dump(links)}}}'


def inbox(filled: Any, at: Addresses) -> str:
    """The inbox of a workspace as the Workspaces document shows one."""
    links = [at.link("container", f"/api/workspaces/{filled.workspace}")]
    return _filled({"id": filled.id, "rules": [], "links": links}, filled, at)


def stack(filled: Any, at: Addresses) -> str:
    """A stack as the Workspaces document shows one."""
    links = [at.link("container", f"/api/workspaces/{filled.workspace}")]
    described = {"name": filled.name, "id": filled.id, "description": filled.description, "links": links}
    return _filled(described, filled, at)


def outbox(outbox: Any, at: Addresses) -> str:
    """What one person was handed of a workspace, wherever it lies now."""
    links = [at.link("container", f"/api/workspaces/{outbox.workspace}")]
    links.append(at.link("delegations", "/api/delegations/outgoing"))
    return _filled({"id": outbox.id, "user": user(outbox.user, at), "links": links}, outbox, at)


def _filled(described: dict[str, Any], filled: Any, at: Addresses) -> str:
    lying = items([text for _, text in filled.entries], filled.people, at)
    return jsontext.dump(described)[:-1] + f',"items":[{",".join(lying)}]}}'


def invitation(shown: Any, at: Addresses) -> dict[str, Any]:
    """An invitation, with as much of the workspace as the invited needs to know it by."""
    invitation, workspace = shown.invitation, shown.workspace
    names = ("id", "name", "type", "description")
    return {
        "id": invitation.id,
        "workspace": {name: getattr(workspace, name) for name in names},
        "user": user(shown.people[invitation.user], at),
        "email": invitation.email,
        "inviter": user(shown.people[invitation.inviter], at),
        "state": invitation.state,
        "created_at": invitation.created_at,
        "delivery": invitation.delivery,
        "links": [
            at.link("self", f"/api/invitations/{invitation.id}"),
            at.link("workspace", f"/api/workspaces/{workspace.id}"),
        ],
    }


def account(account: Any) -> dict[str, Any]:
    """An account, for whoever runs the deployment."""
    return {"id": account.id, "name": account.name, "created_at": account.created_at}


def person(user: Any) -> dict[str, Any]:
    """A user with role and account, for whoever runs the deployment."""
    names = ("id", "account", "email", "first_name", "last_name", "slug", "role", "created_at")
    return {name: getattr(user, name) for name in names}


def credential(credential: Any) -> dict[str, Any]:
    """A credential without its secret, which is not kept. `last_used_at` is exact to the day."""
    names = ("id", "account", "user", "label", "scope", "created_at", "expires_at", "last_used_at", "revoked_at")
    shown = {name: getattr(credential, name) for name in (*names, "old_secret_until")}
    return {"key": credential.id} | shown


def issued(issued: Any) -> dict[str, Any]:
    """A credential with its new secret, which is shown this once."""
    return credential(issued.credential) | {"secret": issued.secret}


def colleague(seen: Any, at: Addresses) -> dict[str, Any]:
    """A user, with the role for those who see it."""
    return user(seen.user, at) | ({"role": seen.role} if seen.role else {})


def token(granted: Any) -> dict[str, Any]:
    """An access token, as RFC 6749 section 5.1 has it."""
    return {
        "access_token": granted.token,
        "token_type": "bearer",
        "expires_in": granted.expires_in,
        "scope": granted.scope,
    }


def limit(limit: Any) -> dict[str, Any]:
    """How much may be asked, and until when."""
    return {"limit": limit.limit, "remaining": limit.remaining, "reset": limit.reset}


def context(context: Any, at: Addresses) -> dict[str, Any]:
    """Who is calling, with what."""
    credential, account = context.credential, context.account
    names = ("label", "scope", "expires_at")
    return {
        "user": user(context.user, at),
        "account": {"id": account.id, "name": account.name},
        "credential": {"key": credential.id} | {name: getattr(credential, name) for name in names},
        "scope": context.scope,
    }


def delegations(texts: Iterable[str], people: Mapping[str, Any], at: Addresses) -> list[str]:
    """Stored delegations as the JSON texts that are answered."""
    return [_delegation(text, at) for text in activities(texts, people, at)]


def _delegation(text: str, at: Addresses) -> str:
    [number] = DELEGATION_ID.findall(text)
    return _linked(text, [at.link("self", f"/api/delegations/{number}")])


def comments(activity_id: int, entries: Mapping[int, str], people: Mapping[str, Any], at: Addresses) -> list[str]:
    """Stored comments on an activity, by their ids, as the JSON texts that are answered."""
    shown = zip(entries, activities(entries.values(), people, at), strict=True)
    whole = at.link("activity", f"/api/activities/{activity_id}")
    return [_linked(text, [at.link("self", f"/api/comments/{one}"), whole]) for one, text in shown]


def _linked(text: str, links: list[dict[str, str]]) -> str:
    return f'{text[:-1]},"links":{jsontext.dump(links)}}}'
