"""/api/v2/actions: the calls of the OGSM document. Docstrings are its sentences."""

from collections.abc import Iterator

from chalicelib import jsontext, render
from chalicelib.containers import Each
from chalicelib.domain import action_list, actions
from chalicelib.domain.actions import Fields
from chalicelib.http import paging
from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.schemas import ACTION, ACTION_LIST, ONE_ACTION
from chalicelib.shapes import Part
from chalicelib.storage.changes import Change

routes = Routes(__name__)
ALL = ("/api/v2/actions.json", "/api/v2/actions")
ONE = ("/api/v2/actions/{action_id}",)  # with and without .json: API Gateway has no path part `{action_id}.json`


@routes.get(*ALL, query=ACTION_LIST, answers=Each(Part(ACTION)))
def list_actions(call: Call) -> Reply:
    """This will return an array of action objects."""
    fields = call.query.get("fields")

    def entries(reach: int | None) -> Iterator[paging.Entry]:
        for place, text in action_list.listing(call.caller, call.query, reach):
            yield place, jsontext.dump(render.only(jsontext.load(text), fields)) if fields else text

    return paging.page(call, entries)


@routes.post(*ALL, body=ACTION, answers=ACTION, statuses=(201,))
def create_action(call: Call) -> Change[Reply]:
    """Send a JSON encoded action object as the body to create the action."""
    change = actions.create(call.caller, call.body)
    location = call.href(f"/api/v2/actions/{change.answer['id']}.json")
    return change.answering(Reply(change.answer, 201, {"Location": location}))


@routes.get(*ONE, query=ONE_ACTION, answers=Part(ACTION))
def get_action(call: Call, action_id: int) -> Fields:
    """The action object looks like this."""
    return render.only(actions.show(call.caller, action_id), call.query.get("fields"))


@routes.patch(*ONE, body=ACTION, answers=ACTION)
def update_action(call: Call, action_id: int) -> Change[Fields]:
    """Send a JSON encoded action object as the body to update the action."""
    return actions.update(call.caller, action_id, call.body)


@routes.delete(*ONE, answers=ACTION)
def delete_action(call: Call, action_id: int) -> Change[Fields]:
    """This request doesn't need a body. The deleted action is returned as a JSON object."""
    return actions.delete(call.caller, action_id)
