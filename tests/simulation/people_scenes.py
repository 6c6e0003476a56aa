"""Histories of users, their addresses, credentials, invitations and delegations, for the tests of the checkers."""

import hashlib
import json
from collections.abc import Callable

from chalicelib.storage.models.keys import MAX_ID
from tests.simulation.checkers import acknowledged, addresses, answers, credentials, idempotency, mails, places
from tests.simulation.checkers.items import Item
from tests.simulation.scenes import ACCOUNT, USER, Scene, item

OTHER_USER = "0123456b2"
KEY, OTHER_KEY = "1-0123456789abcdef", "1-fedcba9876543210"
CREDENTIALS = "/api/credentials"
TOKEN = "1-abc"

Attributes = dict[str, str | int | bool]


def user(number: str = USER, role: str = "admin", **attributes: str) -> Item:
    """Return a user."""
    return item("user", ACCOUNT, f"USER#{number}", id=number, role=role, version=1, **attributes)


def credential(key: str = KEY, owner: str = USER, **attributes: str) -> Item:
    """Return a credential that may write."""
    return item("credential", ACCOUNT, f"CREDENTIAL#{key}", id=key, user=owner, scope="write", **attributes)


def a_revoked_credential(damaged: bool) -> Scene:
    scene = Scene(user(), credential(revoked_at="2027-01-15T07:00:00Z"))
    request = scene.begin("c1.r1", "GET", "/api/me")
    request.credential = KEY
    scene.end(request, 200 if damaged else 401)
    return scene


def a_credential_that_is_revoked_meanwhile(damaged: bool) -> Scene:
    """Return a request whose credential is revoked before it begins, or only before it ends."""
    scene = Scene(user(), user(OTHER_USER), credential(), credential(OTHER_KEY, OTHER_USER))
    revoked = credential(revoked_at="2027-01-15T08:00:00Z")
    if damaged:
        scene.write(scene.begin("c2.r1", "DELETE", f"{CREDENTIALS}/{KEY}"), revoked)
    request = scene.begin("c1.r1", "GET", "/api/me")
    request.credential = KEY
    if not damaged:
        scene.write(scene.begin("c2.r1", "DELETE", f"{CREDENTIALS}/{KEY}"), revoked)
    scene.end(request, 200)
    return scene


def a_shown_credential(damaged: bool) -> Scene:
    scene = Scene()
    request = scene.begin("c1.r1", "POST", f"/invitations/{TOKEN}")
    if not damaged:
        scene.write(request, credential())
    scene.end(request, 200, f"<code>{KEY}</code>")
    return scene


def the_last_admin(damaged: bool) -> Scene:
    """Return an admin who revokes a credential while a member, or another admin, has one."""
    role = "member" if damaged else "admin"
    scene = Scene(user(), user(OTHER_USER, role), credential(), credential(OTHER_KEY, OTHER_USER))
    request = scene.begin("c1.r1", "DELETE", f"{CREDENTIALS}/{KEY}")
    scene.write(request, credential(revoked_at="2027-01-15T08:00:00Z"))
    return scene


def a_former_address(damaged: bool) -> Scene:
    """Return a user with the address of the rows, in other letters, or with another one."""
    mailbox = item("email_address", ACCOUNT, "EMAIL#ada@acme.example", user=USER)
    return Scene(user(email="nora@acme.example" if damaged else "Ada@acme.example"), mailbox)


def a_former_slug(damaged: bool) -> Scene:
    return Scene(user(slug="nora" if damaged else "ada"), item("slug", ACCOUNT, "SLUG#ada", user=USER))


def a_link_that_is_forbidden(damaged: bool) -> Scene:
    scene = Scene()
    request = scene.begin("c1.r1", "POST", f"/invitations/{TOKEN}")
    headers = {"content-type": "text/html; charset=utf-8"}
    scene.end(request, 403 if damaged else 404, **headers)
    return scene


def an_invitation_after_its_mail(damaged: bool) -> Scene:
    """Return a request that invites somebody once more after its mail, or notes how the mail went."""
    scene = Scene()
    request = scene.begin("c1.r1", "POST", "/api/workspaces/3/invitation")
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    scene.write(request, invitation(7), item("link_token", ACCOUNT, f"LINK_TOKEN#{digest}", invitation=7, workspace=3))
    scene.mail(request, f"https://api.example/invitations/{TOKEN}")
    scene.write(request, invitation(8 if damaged else 7))
    return scene


def invitation(number: int) -> Item:
    """Return the row of the invited user."""
    place = f"{ACCOUNT}#USER#{OTHER_USER}", f"INVITATION#{number:016}"
    return item("invitation", *place, id=number, user=OTHER_USER, email="a@acme.example", workspace=3)


def a_copy_in_a_delegation(damaged: bool) -> Scene:
    """Return a delegated activity whose mail was sent, and the rows of the delegation, which know it or do not."""
    names = ("note", "sign_off", "state", "created_at", "updated_at", "reason")
    details = {"id": 7, "delegator": USER, "delegee": OTHER_USER} | dict.fromkeys(names) | {"state": "pending"}
    text = f'{{"id":9,"name":"x","creator":\x01{USER}","assignee":\x01{USER}"}}'
    workspace, numbers = f"{ACCOUNT}#WORKSPACE#{3:016}", {"activity": 9, "workspace": 3}
    sent = json.dumps(details | {"delivery": "sent"})
    place: Attributes = {"id": 9, "workspace": 3, "stack": 4, "order": "5", "discussed": False, "doc": text}
    scene = Scene(
        item("activity", f"{ACCOUNT}#ACTIVITIES", f"ACTIVITY#{9:016}", delegation=sent, **place),
        item("placement", workspace, f"ITEM#{4:016}#5#{9:016}", activity=9, doc=text),
    )
    delivery = "unsent" if damaged else "sent"
    own = f'{{"id":7,"activity":{text},"delegator":\x01{USER}","delegee":\x01{OTHER_USER}","note":null,"sign_off":null,'
    own += f'"state":"pending","created_at":null,"updated_at":null,"reason":null,"delivery":"{delivery}"}}'
    rows = []
    for person in (USER, OTHER_USER):
        partition = f"{ACCOUNT}#USER#{person}"
        rows.append(item("user_activity", partition, f"ACTIVITY#{MAX_ID - 9:016}", doc=text, delegated=True, **numbers))
        rows.append(item("delegation", partition, f"DELEGATION#OPEN#{MAX_ID - 7:016}", **delegation_row(own)))
    scene.write(scene.begin("c1.r1", "PUT", "/api/activities/9/delegate"), *rows)
    return scene


def delegation_row(text: str) -> Attributes:
    """Return the attributes of a row of delegation 7."""
    people: Attributes = {"delegator": USER, "delegee": OTHER_USER, "state": "pending", "doc": text}
    return people | {"id": 7, "activity": 9, "workspace": 3, "origin": 3, "stack": 4}


def delegations_under_a_key(damaged: bool) -> Scene:
    """Return two attempts of a removal that each end a delegation, or of a request that each begin one."""
    scene = Scene()
    group = "OPEN" if damaged else "PAST"
    for number, name in ((7, "c1.r1"), (8, "c1.r1/2")):
        request = scene.begin(name, "DELETE", f"/api/users/{OTHER_USER}", key="k")
        place = f"{ACCOUNT}#USER#{USER}", f"DELEGATION#{group}#{MAX_ID - number:016}"
        scene.write(request, item("delegation", *place, delegator=USER))
    return scene


def a_removal_that_another_finishes(damaged: bool) -> Scene:
    """Return a removal that does a part and is answered with 404, while another one does the rest, or nobody."""
    number, place = 7, f"{ACCOUNT}#USER#{OTHER_USER}"
    row = item("invitation", place, f"INVITATION#{number:016}", id=number, user=OTHER_USER)
    scene = Scene(user(OTHER_USER, deletion_state="leaving"), row)
    request = scene.begin("c1.r1", "DELETE", f"/api/users/{OTHER_USER}")
    scene.write(request, deleted=((place, f"INVITATION#{number:016}"),))
    if not damaged:
        scene.write(scene.begin("c2.r1", "DELETE", request.path), user(OTHER_USER, deletion_state="left"))
    request.verb = "delete_user"
    scene.end(request, 404)
    return scene


PEOPLE_TABLE: list[tuple[Callable[..., object], Callable[[bool], Scene], str]] = [
    (credentials.check, a_revoked_credential, "revoked before"),
    (credentials.check, a_credential_that_is_revoked_meanwhile, "revoked before"),
    (credentials.check, a_shown_credential, "which never existed"),
    (credentials.check, the_last_admin, "without an admin who can write"),
    (addresses.check, a_former_address, "whose email is nora@acme.example"),
    (addresses.check, a_former_slug, "whose slug is nora"),
    (answers.check, a_link_that_is_forbidden, "may not use it"),
    (acknowledged.check, a_removal_that_another_finishes, "but it has written"),
    (idempotency.check, delegations_under_a_key, "each created a delegation"),
    (mails.check, an_invitation_after_its_mail, "invited this address again"),
    (places.check, a_copy_in_a_delegation, "in a delegation of activity 9"),
]
