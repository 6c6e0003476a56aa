"""/api/changes/{seq}/undo and /api/changes/undo: undo a change, or all changes of a request."""

from chalicelib.http.request import ApiRequest
from chalicelib.http.routing import Routes
from chalicelib.json_text import JsonObject
from chalicelib.schemas.undo import REQUEST_TO_UNDO, UNDO_PARAMETERS, UNDONE
from chalicelib.storage.unit_of_work import Steps

routes = Routes(__name__)
ONE = "/api/changes/{seq}/undo"
OF_REQUEST = "/api/changes/undo"


@routes.post(
    ONE,
    body=None,
    query=UNDO_PARAMETERS,
    answers=UNDONE,
    answer_example="undone",
    statuses=(200,),
    more_errors=(410,),
    noun="changes",
)
def undo_change(request: ApiRequest, seq: int) -> Steps[JsonObject]:
    """Undoes a change, and returns what was undone."""
    from chalicelib.domain.changes import undo  # only undoing needs it, and it makes cold starts slower
    from chalicelib.serializers.undo import serialize_undone

    change = yield from undo.undo_change(request.caller, seq, force=request.query.get("force", False))
    return change.with_answer(serialize_undone(change.answer, request.addresses))


@routes.post(
    OF_REQUEST,
    body=REQUEST_TO_UNDO,
    body_example="sent_request_to_undo",
    query=UNDO_PARAMETERS,
    answers=UNDONE,
    answer_example="undone",
    statuses=(200,),
    noun="changes",
)
def undo_request(request: ApiRequest) -> Steps[JsonObject]:
    """Undoes all changes of a request that you can see, and returns what was undone."""
    from chalicelib.domain.changes import undo
    from chalicelib.serializers.undo import serialize_undone

    force = request.query.get("force", False)
    change = yield from undo.undo_request(request.caller, request.body["request_id"], force=force)
    return change.with_answer(serialize_undone(change.answer, request.addresses))
