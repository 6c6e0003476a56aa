"""/api/v2/actions: the calls of the OGSM document. Each docstring is the document's own sentence."""

from chalicelib.domain.ogsm import actions
from chalicelib.http import ogsm_lists
from chalicelib.http.endpoint import CSV
from chalicelib.http.path_variables import NUMBER_WITH_JSON
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.json_text import JsonObject
from chalicelib.schemas.actions import ACTION, ACTION_PARAMETERS
from chalicelib.serializers.ogsm_documents import select_fields
from chalicelib.storage.unit_of_work import Change, Steps
from chalicelib.validation.containers import ListOf
from chalicelib.validation.schema import PartOf

routes = Routes(__name__, path_variables={"action_id": NUMBER_WITH_JSON})
ALL = "/api/v2/actions.json"
ALL_AS_CSV = "/api/v2/actions.csv"
ONE = "/api/v2/actions/{action_id}"


@routes.get(
    ALL,
    has_past=True,
    query=actions.ACTIONS.list_query,
    other_media_types=(CSV,),
    answers=ListOf(PartOf(ACTION)),
    answer_example="actions",
)
def list_actions(request: ApiRequest) -> ApiResponse:
    """This will return an array of action objects."""
    return ogsm_lists.list_response(request, actions.ACTIONS)


@routes.get(
    ALL_AS_CSV,
    has_past=True,
    query=actions.ACTIONS.list_query,
    media_type=CSV,
    answers=ListOf(PartOf(ACTION)),
    answer_example="actions",
)
def list_actions_as_csv(request: ApiRequest) -> ApiResponse:
    """Return the list of actions as CSV, with a column for each field."""
    return ogsm_lists.list_response(request, actions.ACTIONS)


@routes.post(ALL, body=ACTION, answers=ACTION, creates=ONE, body_example="sent_action", answer_example="action")
def create_action(request: ApiRequest) -> Change[JsonObject]:
    """Send a JSON encoded action object as the body to create the action."""
    return actions.create_action(request.caller, request.body)


@routes.get(ONE, history="action", query=ACTION_PARAMETERS, answers=PartOf(ACTION), answer_example="action")
def get_action(request: ApiRequest, action_id: int) -> JsonObject:
    """The action object looks like this."""
    return select_fields(actions.get_action(request.caller, action_id), request.query.get("fields"))


@routes.patch(ONE, body=ACTION, answers=ACTION, body_example="sent_action", answer_example="action")
def update_action(request: ApiRequest, action_id: int) -> Change[JsonObject]:
    """Send a JSON encoded action object as the body to update the action."""
    return actions.update_action(request.caller, action_id, request.body)


@routes.delete(ONE, answers=ACTION, answer_example="action")
def delete_action(request: ApiRequest, action_id: int) -> Steps[JsonObject]:
    """This request doesn't need a body. The deleted action is returned as a JSON object."""
    from chalicelib.domain.ogsm import deletion  # only deletions need it, and it makes cold starts slower

    return deletion.delete_object(request.caller, actions.ACTIONS, action_id)
