"""/api/credentials: the keys with which requests are signed."""

from chalicelib.domain.accounts import credential_management
from chalicelib.http import paging
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.common import LIST_PARAMETERS
from chalicelib.schemas.credentials import CREDENTIAL, NEW_CREDENTIAL, ROTATION
from chalicelib.serializers.credentials import serialize_credential, serialize_issued_credential
from chalicelib.storage.unit_of_work import Change
from chalicelib.validation.containers import ListOf

routes = Routes(__name__)
ALL = "/api/credentials"
ONE = "/api/credentials/{credential_id}"
SECRET = {"Cache-Control": "no-store"}  # of an answer that shows one
Answer = dict[str, object]


@routes.get(ALL, query=LIST_PARAMETERS, answers=ListOf(CREDENTIAL))
def list_credentials(request: ApiRequest) -> ApiResponse:
    """Returns your credentials; to an admin, those of the whole account."""
    return paging.array_response(
        request,
        [serialize_credential(held.credential) for held in credential_management.list_credentials(request.caller)],
    )


@routes.post(ALL, body=NEW_CREDENTIAL, answers=CREDENTIAL, statuses=(201,))
def create_credential(request: ApiRequest) -> Change[ApiResponse]:
    """Creates a credential, for you or, as an admin, for another user. Only this answer shows its secret."""
    change = credential_management.create_credential(request.caller, request.body)
    location = request.href(f"{ALL}/{change.answer.credential.id}")
    return change.with_answer(
        ApiResponse(serialize_issued_credential(change.answer), 201, SECRET | {"Location": location})
    )


@routes.get(f"{ALL}/self", answers=CREDENTIAL)
def get_own_credential(request: ApiRequest) -> Answer:
    """Returns the credential that the request is signed with."""
    return serialize_credential(credential_management.get_own_credential(request.caller))


@routes.get(ONE, answers=CREDENTIAL)
def get_credential(request: ApiRequest, credential_id: str) -> Answer:
    """Returns a credential."""
    return serialize_credential(credential_management.get_credential(request.caller, credential_id))


@routes.patch(ONE, body=CREDENTIAL, answers=CREDENTIAL)
def update_credential(request: ApiRequest, credential_id: str) -> Change[Answer]:
    """Changes the label of a credential, and when it expires."""
    change = credential_management.update_credential(request.caller, credential_id, request.body)
    return change.with_answer(serialize_credential(change.answer))


@routes.post(f"{ONE}/rotate", body=ROTATION, needs_no_body=True, answers=CREDENTIAL)
def rotate_credential(request: ApiRequest, credential_id: str) -> Change[ApiResponse]:
    """Gives a credential a new secret, shown in this answer only. The old one works for `overlap` seconds more."""
    change = credential_management.rotate_credential(request.caller, credential_id, request.body.get("overlap", 0))
    return change.with_answer(ApiResponse(serialize_issued_credential(change.answer), headers=SECRET))


@routes.delete(ONE, statuses=(204,))
def delete_credential(request: ApiRequest, credential_id: str) -> Change[ApiResponse]:
    """Revokes a credential for good."""
    return credential_management.revoke_credential(request.caller, credential_id).with_answer(ApiResponse("", 204))
