"""The pages on which admins manage webhooks."""

from infra.testing.noun import Noun
from infra.testing.nouns.settings import FROM_THE_PAGE, SHOWS_PAGE
from infra.testing.nouns.webhooks import CHANGE_WEBHOOK, URL, WEBHOOKS, create_webhook
from infra.testing.request_cases import BATCH_GET, GET_ITEM, PUT_ITEM, QUERY, TRANSACTION, RequestCase, Step
from infra.testing.world import World

PAGES = "/settings/webhooks"
PAGE = f"{PAGES}/{{webhook_id}}"
SHOW_WEBHOOK: list[Step] = [BATCH_GET, QUERY]  # the webhook, then its deliveries


def page_of_webhook(world: World) -> str:
    """Return the address of the page of a new webhook."""
    return create_webhook(world).replace(WEBHOOKS, PAGES)


NOUN = Noun(
    request_cases=[
        RequestCase("GET", PAGES, [(GET_ITEM, QUERY)]),
        RequestCase(
            "POST",
            PAGES,
            [(BATCH_GET, QUERY), QUERY, TRANSACTION, *SHOW_WEBHOOK],
            form={"url": URL},
            headers=FROM_THE_PAGE,
            why_large=SHOWS_PAGE,
        ),
        RequestCase("GET", PAGE, SHOW_WEBHOOK, address=page_of_webhook),
        RequestCase(
            "POST",
            PAGE,
            CHANGE_WEBHOOK,
            address=page_of_webhook,
            form={"url": URL, "label": "x"},
            headers=FROM_THE_PAGE,
        ),
        RequestCase(
            "POST",
            f"{PAGE}/rotate",
            [*CHANGE_WEBHOOK, *SHOW_WEBHOOK],
            address=lambda world: f"{page_of_webhook(world)}/rotate",
            form={"overlap": "0"},
            headers=FROM_THE_PAGE,
            why_large=SHOWS_PAGE,
        ),
        RequestCase(
            "POST",
            f"{PAGE}/test",
            [BATCH_GET, PUT_ITEM, *SHOW_WEBHOOK],
            address=lambda world: f"{page_of_webhook(world)}/test",
            headers=FROM_THE_PAGE,
            why_large=SHOWS_PAGE,
        ),
        RequestCase(
            "POST",
            f"{PAGE}/delete",
            CHANGE_WEBHOOK,
            address=lambda world: f"{page_of_webhook(world)}/delete",
            headers=FROM_THE_PAGE,
        ),
    ]
)
