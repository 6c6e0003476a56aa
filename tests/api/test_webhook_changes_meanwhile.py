"""A webhook that is changed while a message is on its way gets the next one as it is then."""

from collections.abc import Callable
from typing import Any

import pytest
from standardwebhooks import Webhook

from chalicelib.webhooks.sending import WebhookMessage
from tests.support.webhook_runs import WebhookRuns

Json = dict[str, Any]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Return a function that lets something be done while the first message is sent."""

    def arrange(act: Callable[[], object]) -> None:
        send, sent = WebhookMessage.send, list[str]()

        def send_meanwhile(message: WebhookMessage) -> Any:
            sent.append(message.id)
            if len(sent) == 1:
                act()
            return send(message)

        monkeypatch.setattr(WebhookMessage, "send", send_meanwhile)

    return arrange


Meanwhile = Callable[[Callable[[], object]], None]


def test_after_a_rotation_the_old_secret_signs_no_further_message(runs: WebhookRuns, meanwhile: Meanwhile) -> None:
    webhook = runs.create(kinds=["action"])
    rotated: list[Json] = []
    address = f"/api/webhooks/{webhook['id']}/rotate"
    meanwhile(lambda: rotated.append(runs.world.owner.post(address, json={"overlap": 0}).json()))
    runs.create_actions("a", "b")
    runs.catch_up()
    assert len(runs.receiver.accepted) == 2
    second = runs.receiver.accepted[1]
    assert Webhook(rotated[0]["secret"]).verify(second.body, second.headers) == second.message


def change_while_sending(runs: WebhookRuns, meanwhile: Meanwhile, fields: Json, statuses: list[int]) -> Json:
    """Change a webhook while a message is refused. Return the webhook as it is afterwards."""
    webhook = runs.create(kinds=["action"])
    meanwhile(lambda: runs.world.owner.patch(f"/api/webhooks/{webhook['id']}", json=fields))
    runs.receiver.statuses = statuses
    runs.create_actions("a")
    runs.catch_up()
    return runs.read(webhook)


def test_a_webhook_that_was_disabled_meanwhile_gets_no_second_attempt(runs: WebhookRuns, meanwhile: Meanwhile) -> None:
    change_while_sending(runs, meanwhile, {"enabled": False}, [500])
    runs.run_schedule()
    assert len(runs.receiver.requests) == 1


@pytest.mark.parametrize("status", [500, 410])
def test_a_failure_at_the_former_url_is_none_of_the_new_one(
    runs: WebhookRuns, meanwhile: Meanwhile, status: int
) -> None:
    now = change_while_sending(runs, meanwhile, {"url": f"{runs.receiver.url}/new"}, [status])
    assert (now["enabled"], now["failing_since"]) == (True, None)
    [accepted] = runs.receiver.accepted
    assert (accepted.path, accepted.message["data"]["after"]["title"]) == ("/hooks/new", "a")
