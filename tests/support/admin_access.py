"""Who may make the calls for admins: the part of the table in tests/api/test_access.py about webhooks and the audit."""

from collections.abc import Callable
from typing import Any, NamedTuple

from infra.testing.nouns.webhook_settings import PAGE, PAGES
from infra.testing.nouns.webhooks import URL, WEBHOOK, WEBHOOKS, create_webhook
from infra.testing.world import World

Json = dict[str, Any]

BY_ADMINS_READ = (200, 403, 403, 403, 404, 200, 401)
OF_ADMINS_READ = (200, 403, 403, 403, 200, 200, 401)
OWN_PAGES_ONLY = (403, 403, 403, 403, 403, 403, 401)


class Access(NamedTuple):
    """The status for each role, and the address and body to call it with. `token` is the status for an access token."""

    statuses: tuple[int, ...]
    address: Callable[[World], str]
    body: Callable[[World], Json] | None = None
    token: int | None = None


def by_admins(status: int) -> tuple[int, ...]:
    """Return the statuses of a write by admins."""
    return (status, 403, 403, 403, 404, 403, 401)


def new(tail: str = "", place: str = WEBHOOKS) -> Callable[[World], str]:
    """Return a function that makes the address of something about a new webhook."""
    return lambda world: create_webhook(world).replace(WEBHOOKS, place) + tail


def body(**fields: Any) -> Callable[[World], Json]:
    return lambda _: fields


ROWS = {
    ("GET", "/api/audit"): Access(OF_ADMINS_READ, lambda _: "/api/audit"),
    ("GET", WEBHOOKS): Access(OF_ADMINS_READ, lambda _: WEBHOOKS),
    ("POST", WEBHOOKS): Access((201, 403, 403, 403, 201, 403, 401), lambda _: WEBHOOKS, body(url=URL), 403),
    ("GET", WEBHOOK): Access(BY_ADMINS_READ, new()),
    ("PATCH", WEBHOOK): Access(by_admins(200), new(), body(label="x")),
    ("DELETE", WEBHOOK): Access(by_admins(204), new()),
    ("POST", f"{WEBHOOK}/rotate"): Access(by_admins(200), new("/rotate"), body(), 403),
    ("GET", f"{WEBHOOK}/deliveries"): Access(BY_ADMINS_READ, new("/deliveries")),
    ("POST", f"{WEBHOOK}/replay"): Access(by_admins(202), new("/replay"), lambda _: {"from": 1, "to": 1}),
    ("POST", f"{WEBHOOK}/test"): Access(by_admins(200), new("/test")),
    ("GET", PAGES): Access(OF_ADMINS_READ, lambda _: PAGES),
    ("POST", PAGES): Access(OWN_PAGES_ONLY, lambda _: PAGES, body()),
    ("GET", PAGE): Access(BY_ADMINS_READ, new("", PAGES)),
    **{
        ("POST", f"{PAGE}{verb}"): Access(OWN_PAGES_ONLY, new(verb, PAGES), body())
        for verb in ("", "/rotate", "/test", "/delete")
    },
}
