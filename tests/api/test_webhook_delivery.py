"""Delivery to webhooks: every change arrives, in order and signed, whatever fails on the way."""

from contextlib import suppress
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from chalicelib import clock as product_clock
from chalicelib.domain.webhooks import claims
from chalicelib.http.schedule import IncompleteRun
from chalicelib.storage.models.changes import FeedEntry
from chalicelib.webhooks.sending import WebhookMessage
from infra import schedule
from infra.testing.rows import delete_rows
from tests.support import counts
from tests.support.failures import Hook, Killed, kill
from tests.support.stored_rows import stored_rows
from tests.support.webhook_runs import WebhookRuns

Json = dict[str, Any]
MINUTE = 60


def titles(runs: WebhookRuns) -> list[str]:
    """Return the titles of the actions that the receiver has accepted."""
    return [one.message["data"]["after"]["title"] for one in runs.receiver.accepted]


def test_a_change_arrives_as_the_feed_shows_it_and_is_verified_by_the_library(runs: WebhookRuns) -> None:
    webhook = runs.create(kinds=["action"])
    runs.create_actions("é")
    runs.catch_up()
    [received] = runs.receiver.requests
    change = runs.world.owner.get("/api/changes?kind=action").json()[-1]
    assert received.message == {"type": "action.create", "timestamp": change["at"], "data": change}
    assert received.headers["webhook-id"] == f"{runs.world.account}-{webhook['id']}-{change['seq']}"
    assert Webhook(webhook["secret"]).verify(received.body, received.headers) == received.message
    now = runs.read(webhook)
    assert (now["cursor"], now["failing_since"]) == (change["seq"], None)
    assert now["last_delivery"] == {"at": product_clock.now(), "status": 204, "error": None}


def test_changes_arrive_in_order_and_each_once(runs: WebhookRuns) -> None:
    webhook = runs.create()
    runs.create_actions(*"abcdefghijklmnopqrstuvwxy")
    records = runs.record()
    for start in range(0, len(records), 10):
        runs.deliver(records[start : start + 10])
    runs.run_schedule()
    assert runs.receiver.seqs == list(range(webhook["cursor"] + 1, webhook["cursor"] + 27))
    assert runs.receiver.requests[0].message["type"] == "audit_event.create", "the event about the webhook itself"


def test_a_webhook_gets_what_happens_after_it_was_created_and_only_its_kinds(runs: WebhookRuns) -> None:
    assert runs.world.owner.post("/api/v2/goals.json", json={"title": "before"}).status_code == 201
    webhook = runs.create(kinds=["goal", "workspace"])
    runs.create_actions("another kind")
    assert runs.world.owner.post("/api/v2/goals.json", json={"title": "goal"}).status_code == 201
    runs.create_actions("another kind")
    runs.catch_up()
    assert titles(runs) == ["goal"]
    assert runs.read(webhook)["cursor"] == webhook["cursor"] + 4


def test_a_webhook_gets_what_its_user_sees_and_nothing_more(runs: WebhookRuns, bob: httpx.Client) -> None:
    runs.create(kinds=["activity"])
    for client, name in ((runs.world.owner, "mine"), (runs.world.member, "member's"), (bob, "bob's")):
        assert client.post("/api/activities", json={"name": name}).status_code == 200
    runs.catch_up()
    assert [one.message["data"]["after"]["name"] for one in runs.receiver.requests] == ["mine"]


def test_another_admin_who_changes_the_url_gets_only_what_that_admin_sees(runs: WebhookRuns, bob: httpx.Client) -> None:
    webhook = runs.create(kinds=["activity"])
    assert bob.patch(f"/api/webhooks/{webhook['id']}", json={"url": f"{runs.receiver.url}/2"}).status_code == 200
    for client, name in ((runs.world.owner, "mine"), (bob, "bob's")):
        assert client.post("/api/activities", json={"name": name}).status_code == 200
    runs.catch_up()
    assert [one.message["data"]["after"]["name"] for one in runs.receiver.requests] == ["bob's"]


def test_the_pauses_after_failures_grow_and_the_first_is_within_the_run(runs: WebhookRuns, pauses: list[float]) -> None:
    runs.receiver.status = 500
    webhook = runs.create(kinds=["action"])
    runs.create_actions("a")
    runs.catch_up()
    assert (len(runs.receiver.requests), pauses) == (2, [5])
    for number, minutes in enumerate((5, 30, 2 * 60, 5 * 60, 10 * 60, 14 * 60, 20 * 60, 24 * 60), start=2):
        runs.run_schedule(minutes * MINUTE - 1)
        assert len(runs.receiver.requests) == number
        runs.run_schedule(1)
        assert len(runs.receiver.requests) == number + 1
    tried = runs.deliveries(webhook)
    assert [one["attempt"] for one in tried] == list(range(1, 11))
    assert {(one["status"], one["error"], one["seq"]) for one in tried} == {(500, None, tried[0]["seq"])}
    assert [one["next_attempt_at"] for one in tried[:-1]] == [one["at"] for one in tried[1:]]
    assert len({one.headers["webhook-id"] for one in runs.receiver.requests}) == 1


def test_a_receiver_that_is_down_for_an_hour_gets_everything_in_order_afterwards(runs: WebhookRuns) -> None:
    webhook = runs.create()
    runs.receiver.status = 503
    for minute in range(0, 60, 5):
        if minute % 10 == 0:
            runs.create_actions(f"{minute}")
        runs.catch_up()
        runs.run_schedule(5 * MINUTE)
    assert runs.receiver.accepted == []
    failing_since = runs.read(webhook)["failing_since"]
    runs.receiver.status = 200
    for _ in range(2 * 60 // 5):
        runs.run_schedule(5 * MINUTE)
    assert runs.receiver.seqs == list(range(webhook["cursor"] + 1, webhook["cursor"] + 8))
    now = runs.read(webhook)
    assert failing_since
    assert (now["failing_since"], now["next_attempt_at"], now["cursor"]) == (None, None, webhook["cursor"] + 7)


def test_nothing_behind_a_failed_change_is_sent_before_it(runs: WebhookRuns) -> None:
    runs.create(kinds=["action"])
    runs.receiver.statuses = [204, 500, 500]
    runs.create_actions("a", "b", "c")
    runs.catch_up()
    runs.create_actions("d")
    runs.catch_up()
    assert [one.message["data"]["after"]["title"] for one in runs.receiver.requests] == ["a", "b", "b"]
    runs.run_schedule(5 * MINUTE)
    assert titles(runs) == ["a", "b", "c", "d"]


def test_a_short_failure_is_made_up_for_within_the_run(runs: WebhookRuns) -> None:
    webhook = runs.create(kinds=["action"])
    runs.receiver.statuses = [500]
    runs.create_actions("a", "b")
    runs.catch_up()
    assert titles(runs) == ["a", "b"]
    assert [one["attempt"] for one in runs.deliveries(webhook)] == [1, 2, 1]
    assert runs.read(webhook)["failing_since"] is None


class Killer:
    """Ends the process at the nth request to DynamoDB."""

    def __init__(self, on: Hook) -> None:
        self.left, self.count = 0, 0
        on("before-call.dynamodb", self._count_down)

    def _count_down(self, **_: Any) -> None:
        self.left -= 1
        if self.left == 0:
            self.count += 1
            kill()


def test_a_run_that_is_killed_anywhere_loses_nothing_and_keeps_the_order(runs: WebhookRuns, on: Hook) -> None:
    runs.create(kinds=["action"])
    killer = Killer(on)
    requests = range(1, 26, counts.choose(quick=3, full=1))
    for number in requests:
        runs.create_actions(f"{number:02}")
        records = runs.record()
        killer.left = number
        with suppress(Killed):
            runs.deliver(records)
        killer.left = 0
        runs.deliver(records)  # the stream delivers the batch again
        runs.run_schedule(claims.CLAIM_SECONDS + 1)
    assert killer.count >= len(requests) / 2
    assert sorted(set(titles(runs))) == titles_without_doubles(runs) == [f"{number:02}" for number in requests]
    assert stored_rows("due_webhook") == []


def titles_without_doubles(runs: WebhookRuns) -> list[str]:
    return list(dict.fromkeys(titles(runs)))


def test_only_one_run_at_a_time_delivers_and_the_other_leaves_a_reminder(
    runs: WebhookRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs.create(kinds=["action"])
    runs.create_actions("a")
    records = runs.record()
    send, begun = WebhookMessage.send, []

    def send_beside_another_run(message: WebhookMessage) -> Any:
        begun.append(message.id)
        if len(begun) == 1:
            runs.create_actions("b")
            runs.deliver(runs.record())
        return send(message)

    monkeypatch.setattr(WebhookMessage, "send", send_beside_another_run)
    runs.deliver(records)
    assert titles(runs) == ["a", "b"], "the first run sends the change that the second one has found"
    assert len(begun) == 2
    [reminder] = stored_rows("due_webhook")
    assert reminder["sk"]["S"].startswith(f"DUE#{runs.clock.later(claims.CLAIM_SECONDS)}#")
    runs.run_schedule(claims.CLAIM_SECONDS)
    assert stored_rows("due_webhook") == []
    assert len(begun) == 2


def test_a_run_without_time_leaves_the_rest_to_the_next_one(runs: WebhookRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    webhook = runs.create(kinds=["action"])
    runs.create_actions("a", "b", "c")
    seconds = iter([45, 45, 45, 45, 20])
    with monkeypatch.context() as patched:
        patched.setattr(schedule.Context, "get_remaining_time_in_millis", lambda _: next(seconds, 5) * 1000)
        runs.catch_up()
    assert titles(runs) == ["a", "b"]
    runs.run_schedule()
    assert titles(runs) == ["a", "b", "c"]
    assert runs.read(webhook)["failing_since"] is None


def test_an_error_of_one_webhook_holds_up_neither_the_others_nor_the_stream(
    runs: WebhookRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = runs.create(kinds=["action"], label="bad"), runs.create(kinds=["action"], label="good")
    send = WebhookMessage.send

    def fail_for_one(message: WebhookMessage) -> Any:
        if bad["id"] in message.id:
            raise RuntimeError("a mistake in the code")
        return send(message)

    runs.create_actions("a")
    with monkeypatch.context() as patched:
        patched.setattr(WebhookMessage, "send", fail_for_one)
        runs.catch_up()
        assert titles(runs) == ["a"]
        with pytest.raises(IncompleteRun):
            runs.run_schedule(2 * MINUTE)
    assert [runs.read(one)["cursor"] > one["cursor"] for one in (bad, good)] == [False, True]
    runs.run_schedule(2 * MINUTE)
    assert titles(runs) == ["a", "a"]


def test_a_run_without_changes_takes_one_query(runs: WebhookRuns, asked: list[str]) -> None:
    runs.create()
    runs.catch_up()
    runs.run_schedule()
    asked.clear()
    runs.run_schedule()
    assert asked == ["Query"]


def test_changes_that_are_no_longer_kept_are_passed_over(runs: WebhookRuns) -> None:
    webhook = runs.create(kinds=["action"], enabled=False)
    runs.create_actions("old")
    runs.catch_up()
    delete_rows(FeedEntry.ref(runs.world.account, seq) for seq in range(webhook["cursor"] + 3))
    runs.create_actions("new")
    runs.catch_up()
    assert runs.world.owner.patch(f"/api/webhooks/{webhook['id']}", json={"enabled": True}).status_code == 200
    runs.run_schedule()
    assert titles(runs) == ["new"]


def test_what_happens_while_a_webhook_is_disabled_is_sent_when_it_is_enabled_again(runs: WebhookRuns) -> None:
    webhook = runs.create(kinds=["action"])
    address = f"/api/webhooks/{webhook['id']}"
    runs.world.owner.patch(address, json={"enabled": False})
    runs.create_actions("a", "b")
    runs.catch_up()
    runs.run_schedule()
    assert runs.receiver.requests == []
    runs.world.owner.patch(address, json={"enabled": True})
    runs.run_schedule()
    assert titles(runs) == ["a", "b"]


def test_nothing_is_sent_to_a_webhook_that_was_deleted(runs: WebhookRuns) -> None:
    webhook = runs.create(kinds=["action"])
    runs.create_actions("a")
    assert runs.world.owner.delete(f"/api/webhooks/{webhook['id']}").status_code == 204
    runs.catch_up()
    runs.run_schedule()
    assert runs.receiver.requests == []
    assert stored_rows("webhook", "webhook_state") == []


def replay(runs: WebhookRuns, webhook: Json, first: int, last: int) -> httpx.Response:
    return runs.world.owner.post(f"/api/webhooks/{webhook['id']}/replay", json={"from": first, "to": last})


def test_a_replay_sends_a_range_again_and_the_cursor_stays(runs: WebhookRuns) -> None:
    webhook = runs.create(kinds=["action"])
    runs.create_actions("a", "b", "c", "d")
    runs.catch_up()
    first, cursor = runs.receiver.seqs[0], runs.read(webhook)["cursor"]
    answer = replay(runs, webhook, first + 1, first + 2)
    assert (answer.status_code, answer.json()["replay"]) == (202, {"from": first + 1, "to": first + 2})
    runs.run_schedule()
    assert titles(runs) == ["a", "b", "c", "d", "b", "c"]
    ids = [one.headers["webhook-id"] for one in runs.receiver.accepted]
    assert ids[1:3] == ids[4:6]
    now = runs.read(webhook)
    assert (now["replay"], now["cursor"]) == (None, cursor)
    assert [one["purpose"] for one in runs.deliveries(webhook)] == ["change"] * 4 + ["replay"] * 2


def test_a_replay_that_fails_goes_on_later_and_new_changes_come_after_it(runs: WebhookRuns) -> None:
    webhook = runs.create(kinds=["action"])
    runs.create_actions("a", "b")
    runs.catch_up()
    first = runs.receiver.seqs[0]
    runs.receiver.statuses = [204, 500, 500]
    assert replay(runs, webhook, first, first + 1).status_code == 202
    assert replay(runs, webhook, 1, 1).status_code == 409
    runs.run_schedule()
    assert runs.read(webhook)["replay"] == {"from": first + 1, "to": first + 1}
    runs.create_actions("c")
    runs.catch_up()
    runs.run_schedule(5 * MINUTE)
    assert titles(runs) == ["a", "b", "a", "b", "c"]


@pytest.mark.parametrize(
    ("first", "last", "pointer"), [(2, 1, "to"), (1, 10_001, "to"), (1, 9_000, "to"), (0, 1, "from")]
)
def test_a_replay_has_a_range_that_was_sent_and_is_not_too_long(
    runs: WebhookRuns, first: int, last: int, pointer: str
) -> None:
    webhook = runs.create()
    refused = replay(runs, webhook, first, last)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"#/{pointer}")


def test_the_functions_ask_of_dynamodb_only_what_their_roles_allow(runs: WebhookRuns, asked: list[str]) -> None:
    runs.create(kinds=["action"])
    runs.receiver.statuses = [500, 500, 410]
    runs.create_actions("a")
    records = runs.record()
    asked.clear()
    runs.deliver(records)
    runs.run_schedule(5 * MINUTE)
    assert set(asked) == {"BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems"}
