"""/api/credentials: the keys and secrets with which programs and people sign in."""

from chalicelib.domain.accounts import credential_management
from chalicelib.http import paging
from chalicelib.http.endpoint import Created
from chalicelib.http.path_variables import CREDENTIAL_ID
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.common import LIST_PARAMETERS
from chalicelib.schemas.credentials import CREDENTIAL, NEW_CREDENTIAL, ROTATION
from chalicelib.serializers.credentials import serialize_credential, serialize_issued_credential
from chalicelib.storage.unit_of_work import Change
from chalicelib.validation.containers import ListOf

routes = Routes(__name__, path_variables={"credential_id": CREDENTIAL_ID})
ALL = "/api/credentials"
ONE = "/api/credentials/{credential_id}"
# A revoked credential can still be read. Testing tools that follow links would expect 404 after the DELETE.
CREATES_CREDENTIAL = Created(ONE, has_links=False)
Answer = dict[str, object]


@routes.get(ALL, query=LIST_PARAMETERS, answers=ListOf(CREDENTIAL))
def list_credentials(request: ApiRequest) -> ApiResponse:
    """Returns your credentials. Admins get those of the whole account."""
    owned = credential_management.list_credentials(request.caller)
    return paging.array_response(request, [serialize_credential(one.credential) for one in owned])


@routes.post(
    ALL,
    body=NEW_CREDENTIAL,
    body_example="sent_credential",
    answers=CREDENTIAL,
    creates=CREATES_CREDENTIAL,
    has_secret=True,
)
def create_credential(request: ApiRequest) -> Change[Answer]:
    """Creates a credential for you or, as an admin, for another user. Only this answer shows its secret."""
    change = credential_management.create_credential(request.caller, request.body)
    return change.with_answer(serialize_issued_credential(change.answer))


@routes.get(f"{ALL}/self", answers=CREDENTIAL)
def get_own_credential(request: ApiRequest) -> Answer:
    """Returns the credential with which this request was made."""
    return serialize_credential(credential_management.get_own_credential(request.caller))


@routes.get(ONE, history="credential", answers=CREDENTIAL)
def get_credential(request: ApiRequest, credential_id: str) -> Answer:
    """Returns a credential."""
    return serialize_credential(credential_management.get_credential(request.caller, credential_id))


@routes.patch(ONE, body=CREDENTIAL, body_example="sent_credential_update", answers=CREDENTIAL)
def update_credential(request: ApiRequest, credential_id: str) -> Change[Answer]:
    """Changes the label and the expiry of a credential."""
    change = credential_management.update_credential(request.caller, credential_id, request.body)
    return change.with_answer(serialize_credential(change.answer))


@routes.post(
    f"{ONE}/rotate",
    body=ROTATION,
    body_example="sent_rotation",
    is_body_optional=True,
    answers=CREDENTIAL,
    statuses=(200,),
    has_secret=True,
)
def rotate_credential(request: ApiRequest, credential_id: str) -> Change[Answer]:
    """Gives a credential a new secret, which only this answer shows. The old one works for `overlap` seconds more."""
    change = credential_management.rotate_credential(request.caller, credential_id, request.body.get("overlap", 0))
    return change.with_answer(serialize_issued_credential(change.answer))


@routes.delete(ONE)
def delete_credential(request: ApiRequest, credential_id: str) -> Change[None]:
    """Revokes a credential permanently."""
    return credential_management.revoke_credential(request.caller, credential_id).with_answer(None)
