"""A webhook of a world with a receiver on this machine, and the functions that deliver to it, called as on Lambda."""

from typing import Any

import httpx

from chalicelib.routes.webhook_delivery import deliver_new_changes, deliver_webhooks
from infra import schedule
from infra.testing.world import World, location_of
from tests.support import change_stream
from tests.support.change_stream import ChangeStream
from tests.support.clock import Clock
from tests.support.webhook_receiver import Receiver

Json = dict[str, Any]


class WebhookRuns:
    """A world with a stream and a receiver. A test makes changes, and lets the functions run."""

    def __init__(self, world: World, stream: ChangeStream, receiver: Receiver, clock: Clock) -> None:
        self.world, self.stream, self.receiver, self.clock = world, stream, receiver, clock

    def create(self, client: httpx.Client | None = None, **fields: Any) -> Json:
        """Create a webhook to the receiver, and return it with its secret. What has happened before is recorded."""
        self.stream.catch_up()
        made = (client or self.world.owner).post("/api/webhooks", json={"url": self.receiver.url} | fields)
        location_of(made)
        webhook: Json = made.json()
        return webhook

    def read(self, webhook: Json) -> Json:
        """Return a webhook as it is now."""
        found: Json = self.world.owner.get(f"/api/webhooks/{webhook['id']}").json()
        return found

    def deliveries(self, webhook: Json) -> list[Json]:
        """Return the attempts of a webhook, the oldest first."""
        found: list[Json] = self.world.owner.get(f"/api/webhooks/{webhook['id']}/deliveries").json()
        return found[::-1]

    def create_actions(self, *titles: str) -> None:
        """Create an action with each of these titles."""
        for title in titles:
            location_of(self.world.owner.post("/api/v2/actions.json", json={"title": title}))

    def record(self) -> list[Json]:
        """Let all changes be recorded, and return the records of the stream from then, which nobody has delivered."""
        records: list[Json] = []
        while batch := self.stream.unread[:100]:
            change_stream.invoke(batch)
            records += batch
            del self.stream.unread[: len(batch)]
        return records

    def deliver(self, records: list[Json]) -> None:
        """Let the stream call the function that delivers."""
        deliver_new_changes({"Records": records}, schedule.Context())

    def catch_up(self) -> None:
        """Let all changes be recorded and delivered."""
        self.deliver(self.record())

    def run_schedule(self, seconds: int = 60) -> None:
        """Let the time go on, and then the scheduled function run once."""
        self.clock.goes(seconds)
        deliver_webhooks(schedule.EVENT, schedule.Context())
