"""/api/v2/actions: the calls of the OGSM document. Docstrings are its sentences."""

from collections.abc import Iterator

from chalicelib import json_text
from chalicelib.domain.ogsm import actions, listing
from chalicelib.domain.ogsm.actions import Fields
from chalicelib.http import paging
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.actions import ACTION, ACTION_FILTERS, ACTION_PARAMETERS
from chalicelib.serializers.actions import select_fields
from chalicelib.storage.unit_of_work import Change
from chalicelib.validation.containers import ListOf
from chalicelib.validation.schema import PartOf

routes = Routes(__name__)
ALL = ("/api/v2/actions.json", "/api/v2/actions")
ONE = ("/api/v2/actions/{action_id}",)  # with and without .json: API Gateway has no path part `{action_id}.json`


@routes.get(*ALL, query=ACTION_FILTERS, answers=ListOf(PartOf(ACTION)))
def list_actions(request: ApiRequest) -> ApiResponse:
    """This will return an array of action objects."""
    fields = request.query.get("fields")

    def entries(reach: int | None) -> Iterator[paging.Entry]:
        for place, text in listing.list_actions(request.caller, request.query, reach):
            yield place, json_text.dump(select_fields(json_text.load(text), fields)) if fields else text

    return paging.list_response(request, entries)


@routes.post(*ALL, body=ACTION, answers=ACTION, statuses=(201,))
def create_action(request: ApiRequest) -> Change[ApiResponse]:
    """Send a JSON encoded action object as the body to create the action."""
    change = actions.create_action(request.caller, request.body)
    location = request.href(f"/api/v2/actions/{change.answer['id']}.json")
    return change.with_answer(ApiResponse(change.answer, 201, {"Location": location}))


@routes.get(*ONE, query=ACTION_PARAMETERS, answers=PartOf(ACTION))
def get_action(request: ApiRequest, action_id: int) -> Fields:
    """The action object looks like this."""
    return select_fields(actions.get_action(request.caller, action_id), request.query.get("fields"))


@routes.patch(*ONE, body=ACTION, answers=ACTION)
def update_action(request: ApiRequest, action_id: int) -> Change[Fields]:
    """Send a JSON encoded action object as the body to update the action."""
    return actions.update_action(request.caller, action_id, request.body)


@routes.delete(*ONE, answers=ACTION)
def delete_action(request: ApiRequest, action_id: int) -> Change[Fields]:
    """This request doesn't need a body. The deleted action is returned as a JSON object."""
    return actions.delete_action(request.caller, action_id)
