"""/api/webhooks: addresses to which the changes of the account are sent, for admins.

The views import the rules when they are called, because few requests need them.
"""

from chalicelib.http import paging
from chalicelib.http.cursors import read_cursor
from chalicelib.http.path_variables import PathVariable
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.json_text import JsonObject
from chalicelib.schemas.common import LIST_PARAMETERS
from chalicelib.schemas.webhooks import (
    DEFAULT_OVERLAP,
    NEW_WEBHOOK,
    REPLAY,
    WEBHOOK,
    WEBHOOK_DELIVERY,
    WEBHOOK_ID,
    WEBHOOK_ROTATION,
)
from chalicelib.storage.unit_of_work import Change, Steps
from chalicelib.validation.containers import ListOf

routes = Routes(__name__, path_variables={"webhook_id": PathVariable(WEBHOOK_ID.regex)})
ALL = "/api/webhooks"
ONE = f"{ALL}/{{webhook_id}}"


@routes.get(ALL, query=LIST_PARAMETERS, answers=ListOf(WEBHOOK), answer_example="webhooks")
def list_webhooks(request: ApiRequest) -> ApiResponse:
    """Returns the webhooks of the account."""
    from chalicelib.domain.webhooks import webhooks
    from chalicelib.serializers.webhooks import serialize_webhook

    return paging.array_response(request, [serialize_webhook(one) for one in webhooks.list_webhooks(request.caller)])


@routes.post(
    ALL,
    body=NEW_WEBHOOK,
    body_example="sent_webhook",
    answers=WEBHOOK,
    answer_example="new_webhook",
    creates=ONE,
    has_secret=True,
)
def create_webhook(request: ApiRequest) -> Change[JsonObject]:
    """Creates a webhook, which gets all changes from now on. Only this answer shows its secret."""
    from chalicelib.domain.webhooks import webhooks
    from chalicelib.serializers.webhooks import serialize_webhook

    change = webhooks.create_webhook(request.caller, request.body)
    return change.with_answer(serialize_webhook(change.answer))


@routes.get(ONE, answers=WEBHOOK, answer_example="webhook")
def get_webhook(request: ApiRequest, webhook_id: str) -> JsonObject:
    """Returns a webhook, with how far it has come."""
    from chalicelib.domain.webhooks import webhooks
    from chalicelib.serializers.webhooks import serialize_webhook

    return serialize_webhook(webhooks.get_webhook(request.caller, webhook_id))


@routes.patch(ONE, body=WEBHOOK, body_example="sent_webhook_update", answers=WEBHOOK, answer_example="webhook")
def update_webhook(request: ApiRequest, webhook_id: str) -> Change[JsonObject]:
    """Changes a webhook. With another URL it becomes yours, and gets what you see."""
    from chalicelib.domain.webhooks import webhooks
    from chalicelib.serializers.webhooks import serialize_webhook

    change = webhooks.update_webhook(request.caller, webhook_id, request.body)
    return change.with_answer(serialize_webhook(change.answer))


@routes.delete(ONE)
def delete_webhook(request: ApiRequest, webhook_id: str) -> Change[None]:
    """Deletes a webhook. Changes that it has not received are no longer sent."""
    from chalicelib.domain.webhooks import webhooks

    return webhooks.delete_webhook(request.caller, webhook_id)


@routes.post(
    f"{ONE}/rotate",
    body=WEBHOOK_ROTATION,
    body_example="sent_webhook_rotation",
    is_body_optional=True,
    answers=WEBHOOK,
    answer_example="new_webhook",
    statuses=(200,),
    has_secret=True,
)
def rotate_webhook_secret(request: ApiRequest, webhook_id: str) -> Change[JsonObject]:
    """Gives a webhook a new secret, which only this answer shows. The old one signs as well for `overlap` seconds."""
    from chalicelib.domain.webhooks import webhooks
    from chalicelib.serializers.webhooks import serialize_webhook

    overlap = request.body.get("overlap", DEFAULT_OVERLAP)
    change = webhooks.rotate_secret(request.caller, webhook_id, overlap)
    return change.with_answer(serialize_webhook(change.answer))


@routes.get(
    f"{ONE}/deliveries",
    query=LIST_PARAMETERS,
    answers=ListOf(WEBHOOK_DELIVERY),
    answer_example="webhook_deliveries",
)
def list_deliveries(request: ApiRequest, webhook_id: str) -> ApiResponse:
    """Returns the attempts to deliver to a webhook in the last thirty days, newest first."""
    from chalicelib.domain.webhooks import deliveries

    position = read_cursor(request, str)
    return paging.list_response(
        request, lambda limit: deliveries.list_deliveries(request.caller, webhook_id, position, limit)
    )


@routes.post(
    f"{ONE}/replay",
    body=REPLAY,
    body_example="sent_replay",
    answers=WEBHOOK,
    answer_example="webhook",
    statuses=(202,),
)
def replay_changes(request: ApiRequest, webhook_id: str) -> Change[JsonObject]:
    """Sends the changes of a range again, from `from` to `to`. Sending begins within a minute. The cursor stays."""
    from chalicelib.domain.webhooks import webhooks
    from chalicelib.serializers.webhooks import serialize_webhook

    change = webhooks.replay_changes(request.caller, webhook_id, request.body["from"], request.body["to"])
    return change.with_answer(serialize_webhook(change.answer))


@routes.post(
    f"{ONE}/test", body=None, answers=WEBHOOK_DELIVERY, answer_example="webhook_test_delivery", statuses=(200,)
)
def test_webhook(request: ApiRequest, webhook_id: str) -> Steps[JsonObject]:
    """Sends a message of the type `webhook.test` to a webhook at once, and returns how that went."""
    from chalicelib.domain.webhooks import deliveries

    return deliveries.send_test(request.caller, webhook_id)
