"""/api/credentials: the keys with which requests are signed."""

from chalicelib import render
from chalicelib.containers import Each
from chalicelib.domain import keyring
from chalicelib.http import paging
from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.schemas import HELD_CREDENTIAL, ISSUING, LIST, ROTATION
from chalicelib.storage.changes import Change

routes = Routes(__name__)
ALL = "/api/credentials"
ONE = "/api/credentials/{credential_id}"
SECRET = {"Cache-Control": "no-store"}  # of an answer that shows one
Answer = dict[str, object]


@routes.get(ALL, query=LIST, answers=Each(HELD_CREDENTIAL))
def list_credentials(call: Call) -> Reply:
    """Returns your credentials; to an admin, those of the whole account."""
    return paging.page_of(call, [render.credential(held.credential) for held in keyring.listing(call.caller)])


@routes.post(ALL, body=ISSUING, answers=HELD_CREDENTIAL, statuses=(201,))
def create_credential(call: Call) -> Change[Reply]:
    """Creates a credential, for you or, as an admin, for another user. Only this answer shows its secret."""
    change = keyring.create(call.caller, call.body)
    location = call.href(f"{ALL}/{change.answer.credential.id}")
    return change.answering(Reply(render.issued(change.answer), 201, SECRET | {"Location": location}))


@routes.get(f"{ALL}/self", answers=HELD_CREDENTIAL)
def get_own_credential(call: Call) -> Answer:
    """Returns the credential that the request is signed with."""
    return render.credential(keyring.own(call.caller))


@routes.get(ONE, answers=HELD_CREDENTIAL)
def get_credential(call: Call, credential_id: str) -> Answer:
    """Returns a credential."""
    return render.credential(keyring.show(call.caller, credential_id))


@routes.patch(ONE, body=HELD_CREDENTIAL, answers=HELD_CREDENTIAL)
def update_credential(call: Call, credential_id: str) -> Change[Answer]:
    """Changes the label of a credential, and when it expires."""
    change = keyring.update(call.caller, credential_id, call.body)
    return change.answering(render.credential(change.answer))


@routes.post(f"{ONE}/rotate", body=ROTATION, needs_no_body=True, answers=HELD_CREDENTIAL)
def rotate_credential(call: Call, credential_id: str) -> Change[Reply]:
    """Gives a credential a new secret, shown in this answer only. The old one works for `overlap` seconds more."""
    change = keyring.rotate(call.caller, credential_id, call.body.get("overlap", 0))
    return change.answering(Reply(render.issued(change.answer), headers=SECRET))


@routes.delete(ONE, statuses=(204,))
def delete_credential(call: Call, credential_id: str) -> Change[Reply]:
    """Revokes a credential for good."""
    return keyring.revoke(call.caller, credential_id).answering(Reply("", 204))
