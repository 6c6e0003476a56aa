"""Webhooks. Their receivers are on localhost, which is refused without any request to the network."""

from chalicelib.domain.webhooks.deliveries import CHANGE, Outgoing, build_delivery
from chalicelib.schemas.webhooks import MAX_WEBHOOKS
from chalicelib.storage.models.changes import FeedEntry
from chalicelib.storage.models.webhooks import DueWebhook, Webhook, WebhookDelivery, WebhookState
from chalicelib.webhooks.sending import Attempt, WebhookMessage
from infra.testing.noun import Noun
from infra.testing.request_cases import BATCH_GET, GET_ITEM, PUT_ITEM, QUERY, TRANSACTION, RequestCase
from infra.testing.rows import store_rows
from infra.testing.sample_rows import CREATED_AT, FIRST_ID, SampleRow, sample_user
from infra.testing.world import World, location_of

WEBHOOKS = "/api/webhooks"
WEBHOOK = f"{WEBHOOKS}/{{webhook_id}}"
URL = "https://localhost/hooks"
FEW = "an account has at most 20 webhooks"
CHANGE_WEBHOOK, CHANGE_WITH_KEY = [BATCH_GET, TRANSACTION], [GET_ITEM, BATCH_GET, TRANSACTION]


def create_webhook(world: World) -> str:
    """Create a webhook of the owner behind the first change of the feed, and return its address."""
    entry = {"object_kind": "action", "object_id": "1", "verb": "create", "sequence": "1", "changed_at": 0}
    store_rows([FeedEntry.at(world.account, 1, **entry)])
    others = world.owner.get(WEBHOOKS).json()
    if len(others) == MAX_WEBHOOKS:
        world.owner.delete(f"{WEBHOOKS}/{others[0]['id']}")
    return location_of(world.owner.post(WEBHOOKS, json={"url": URL}))


def sample_rows(account: int) -> list[SampleRow]:
    """Return a delivery of a webhook."""
    ids = {"id": "1-00000000", "account": account, "user": sample_user(0), "created_at": CREATED_AT}
    webhook = Webhook.at(account, 1, url=URL, label="", kinds=[], enabled=True, secret="", **ids)
    message = WebhookMessage(URL, f"{account}-1-00000000-1", "{}", ())
    delivery = build_delivery(webhook, Outgoing(CHANGE, 1, "action.update", message), Attempt(204, None, 50))
    return [SampleRow(delivery, lambda n: WebhookDelivery.ref(account, webhook.id, f"{FIRST_ID + n:016}-00000000"))]


NOUN = Noun(
    request_cases=[
        RequestCase("GET", WEBHOOKS, [(GET_ITEM, QUERY)]),
        RequestCase(
            "POST",
            WEBHOOKS,
            [(BATCH_GET, QUERY), QUERY, TRANSACTION],
            [GET_ITEM, (BATCH_GET, QUERY), QUERY, TRANSACTION],
            body={"url": URL},
        ),
        RequestCase("GET", WEBHOOK, [BATCH_GET], address=create_webhook),
        RequestCase(
            "PATCH",
            WEBHOOK,
            CHANGE_WEBHOOK,
            CHANGE_WITH_KEY,
            address=create_webhook,
            body={"url": f"{URL}/2"},
        ),
        RequestCase("DELETE", WEBHOOK, CHANGE_WEBHOOK, CHANGE_WITH_KEY, address=create_webhook),
        RequestCase(
            "POST",
            f"{WEBHOOK}/rotate",
            CHANGE_WEBHOOK,
            CHANGE_WITH_KEY,
            address=lambda world: f"{create_webhook(world)}/rotate",
            body={},
        ),
        RequestCase(
            "GET",
            f"{WEBHOOK}/deliveries",
            [BATCH_GET, QUERY],
            address=lambda world: f"{create_webhook(world)}/deliveries",
        ),
        RequestCase(
            "POST",
            f"{WEBHOOK}/replay",
            CHANGE_WEBHOOK,
            CHANGE_WITH_KEY,
            address=lambda world: f"{create_webhook(world)}/replay",
            body={"from": 1, "to": 1},
        ),
        RequestCase(
            "POST",
            f"{WEBHOOK}/test",
            [BATCH_GET, PUT_ITEM],
            CHANGE_WITH_KEY,
            address=lambda world: f"{create_webhook(world)}/test",
        ),
    ],
    sample_rows=sample_rows,
    rows_not_filled={
        Webhook: FEW,
        WebhookState: FEW,
        DueWebhook: "only webhooks that could not be delivered to have some",
    },
)
