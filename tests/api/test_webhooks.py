"""/api/webhooks: admins set webhooks up, their secrets are shown once, and the service disables those that fail."""

import json
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from chalicelib import config
from chalicelib.mail.messages import DisabledWebhookMail
from tests.support.clock import Clock
from tests.support.concurrent_writes import ConcurrentWriter
from tests.support.failures import Hook, Killed, kill
from tests.support.problems import assert_problem
from tests.support.stored_rows import stored_rows
from tests.support.webhook_receiver import Receiver
from tests.support.webhook_runs import WebhookRuns

Json = dict[str, Any]
ALL = "/api/webhooks"
URL = "https://receiver.example/hooks"
HOUR, DAY = 3600, 86_400


def create(client: httpx.Client, **fields: Any) -> Json:
    made = client.post(ALL, json={"url": URL} | fields)
    assert made.status_code == 201, made.text
    webhook: Json = made.json()
    return webhook


def test_a_new_webhook_is_enabled_and_gets_all_kinds(ada: httpx.Client, acme: Json) -> None:
    made = ada.post(ALL, json={"url": URL})
    webhook = made.json()
    assert made.headers["location"] == f"{ALL}/{webhook['id']}"
    assert (webhook["url"], webhook["label"], webhook["kinds"], webhook["enabled"]) == (URL, "", [], True)
    assert (webhook["user"], webhook["cursor"], webhook["last_delivery"]) == (acme["user"]["id"], 0, None)
    shown = {name: value for name, value in webhook.items() if name != "secret"}
    assert ada.get(f"{ALL}/{webhook['id']}").json() == shown
    assert ada.get(ALL).json() == [shown]


def test_the_secret_is_in_the_answers_that_create_it_and_nowhere_else(
    ada: httpx.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    webhook = create(ada)
    address = f"{ALL}/{webhook['id']}"
    rotated = ada.post(f"{address}/rotate", json={}).json()
    secrets = [webhook["secret"], rotated["secret"]]
    assert len({*secrets}) == 2
    assert all(secret.startswith("whsec_") for secret in secrets)
    answers = [
        ada.get(ALL),
        ada.get(address),
        ada.patch(address, json={"label": "x"}),
        ada.post(f"{address}/test"),
        ada.get(f"{address}/deliveries"),
        ada.get("/settings/webhooks"),
        ada.get(f"/settings/webhooks/{webhook['id']}"),
        ada.get("/api/audit"),
        ada.post(f"{address}/replay", json={"from": 1, "to": 9}),
        ada.delete(address),
    ]
    log = "".join(capfd.readouterr())
    for secret in secrets:
        assert not [one.url for one in answers if secret in one.text]
        assert secret not in log
        assert secret not in json.dumps([row for row in stored_rows() if row["kind"]["S"] != "webhook"], default=str)


def test_an_answer_with_a_secret_is_not_kept_for_an_idempotency_key(ada: httpx.Client) -> None:
    made = ada.post(ALL, json={"url": URL}, headers={"Idempotency-Key": "one"})
    assert made.headers["cache-control"] == "no-store"
    again = ada.post(ALL, json={"url": URL}, headers={"Idempotency-Key": "one"})
    assert (again.json()["id"], len(ada.get(ALL).json())) == (made.json()["id"], 1)


def test_both_secrets_sign_until_the_overlap_has_ended(ada: httpx.Client, receiver: Receiver, clock: Clock) -> None:
    webhook = create(ada, url=receiver.url)
    address = f"{ALL}/{webhook['id']}"
    rotated = ada.post(f"{address}/rotate", json={"overlap": HOUR}).json()
    assert rotated["old_secret_until"] == clock.later(HOUR)
    for seconds, old_verifies in ((HOUR - 1, True), (1, False)):
        clock.goes(seconds)
        assert ada.post(f"{address}/test").json()["status"] == 204
        sent = receiver.requests[-1]
        Webhook(rotated["secret"]).verify(sent.body, sent.headers)
        assert verifies(webhook["secret"], sent.body, sent.headers) == old_verifies


def verifies(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def test_without_an_overlap_the_old_secret_no_longer_signs(ada: httpx.Client, receiver: Receiver) -> None:
    webhook = create(ada, url=receiver.url)
    rotated = ada.post(f"{ALL}/{webhook['id']}/rotate", json={"overlap": 0}).json()
    ada.post(f"{ALL}/{webhook['id']}/test")
    assert rotated["old_secret_until"] is None
    assert " " not in receiver.requests[0].headers["webhook-signature"]


def test_a_test_is_sent_at_once_and_is_listed(ada: httpx.Client, receiver: Receiver) -> None:
    webhook = create(ada, url=receiver.url, enabled=False)
    address = f"{ALL}/{webhook['id']}"
    receiver.statuses = [204, 500]
    tested = [ada.post(f"{address}/test").json() for _ in range(2)]
    assert [(one["purpose"], one["seq"], one["status"]) for one in tested] == [("test", None, 204), ("test", None, 500)]
    first, second = receiver.requests
    assert first.message["data"] == {"webhook": webhook["id"]}
    assert first.message["type"] == "webhook.test"
    assert first.headers["webhook-id"] == tested[0]["message_id"] != second.headers["webhook-id"]
    assert ada.get(f"{address}/deliveries").json() == tested[::-1]
    page = ada.get(f"{address}/deliveries?limit=1")
    assert page.json() + ada.get(page.links["next"]["url"]).json() == tested[::-1]


def test_a_test_to_an_address_that_is_not_public_says_so(ada: httpx.Client) -> None:
    webhook = create(ada, url="https://localhost/hooks")
    tested = ada.post(f"{ALL}/{webhook['id']}/test").json()
    assert (tested["status"], tested["error"]) == (None, "The host of the URL has an address that is not public.")


@pytest.mark.parametrize(
    "wrong",
    [
        "http://receiver.example/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:8.8.8.8]/",
        "https://user:password@receiver.example/",
        "https://receiver.example/#fragment",
        "https://receiver.example:99999/",
        "https://receiver.example/a b",
        "https://receiver.example/\r\nX: y",
        "https://receiver.example\\@other.example/",
        "https:///",
        "https://" + "a." * 200 + "example/",
        "ftp://receiver.example/",
        "https://receiver.example/" + "x" * 1_001,
        "",
    ],
)
def test_urls_that_are_not_public_and_secure_are_refused(ada: httpx.Client, wrong: str) -> None:
    webhook = create(ada)
    for refused in (ada.post(ALL, json={"url": wrong}), ada.patch(f"{ALL}/{webhook['id']}", json={"url": wrong})):
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/url")


def test_an_account_has_at_most_twenty_webhooks(ada: httpx.Client, on: Hook) -> None:
    for _ in range(19):
        create(ada)
    other = ConcurrentWriter(on)
    other.work = lambda: create(ada)  # after the first request has seen that there is a place
    assert_problem(ada.post(ALL, json={"url": URL}), 409, "An account has at most 20 webhooks. Delete one first.")
    assert len({one["id"] for one in ada.get(ALL).json()}) == 20


def test_a_place_that_is_free_again_gets_another_id(ada: httpx.Client) -> None:
    old = create(ada)
    assert ada.delete(f"{ALL}/{old['id']}").status_code == 204
    new = create(ada)
    assert new["id"] != old["id"]
    assert ada.get(f"{ALL}/{old['id']}").status_code == 404


def test_every_change_of_a_webhook_is_audited_without_its_secrets(ada: httpx.Client) -> None:
    webhook = create(ada, label="x")
    address = f"{ALL}/{webhook['id']}"
    ada.patch(address, json={"label": "y"})
    ada.patch(address, json={"label": "y"})
    ada.post(f"{address}/rotate", json={})
    ada.delete(address)
    events = [one for one in ada.get("/api/audit").json()[::-1] if one["subject"]["kind"] == "webhook"]
    assert [one["verb"] for one in events] == ["create", "update", "rotate", "delete"]
    assert {one["subject"]["id"] for one in events} == {webhook["id"]}
    assert events[1]["details"] == {"label": {"from": "x", "to": "y"}}


def test_a_deployment_that_records_no_changes_has_no_webhooks(
    ada: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = create(ada)
    monkeypatch.setattr(config, "HISTORY_DAYS", 0)
    for answer in (ada.get(ALL), ada.post(ALL, json={"url": URL}), ada.get(f"{ALL}/{webhook['id']}")):
        assert_problem(answer, 404, "This deployment has no webhooks")


def mails_to(outbox: list[Json]) -> list[str]:
    return sorted(address for one in outbox for address in one["Destination"]["ToAddresses"])


def text_of(mail: Json) -> str:
    text: str = mail["Content"]["Simple"]["Body"]["Text"]["Data"]
    return text


def test_a_receiver_that_is_gone_disables_the_webhook_and_the_admins_are_told(
    runs: WebhookRuns, outbox: list[Json], bob: httpx.Client
) -> None:
    webhook = runs.create(kinds=["action"], label="Warehouse")
    runs.receiver.status = 410
    runs.create_actions("a", "b")
    runs.catch_up()
    runs.run_schedule(120)
    assert len(runs.receiver.requests) == 1
    now = runs.read(webhook)
    assert (now["enabled"], now["disabled_reason"]) == (False, "gone")
    assert mails_to(outbox) == ["ada@acme.example", "bob@acme.example"]
    assert 'The webhook "Warehouse" to http://127.0.0.1' in text_of(outbox[0])
    assert "status 410" in text_of(outbox[0])
    [event] = [one for one in runs.world.owner.get("/api/audit").json() if one["verb"] == "disable"]
    assert (event["actor"], event["details"]) == ({"user": "service", "credential": None}, {"reason": "gone"})


def test_five_days_of_failures_disable_the_webhook_and_enabling_it_goes_on_where_it_was(
    runs: WebhookRuns, outbox: list[Json]
) -> None:
    webhook = runs.create(kinds=["action"])
    runs.receiver.status = 500
    runs.create_actions("a")
    runs.catch_up()
    for _ in range(4):
        runs.run_schedule(DAY)
    assert (runs.read(webhook)["enabled"], outbox) == (True, [])
    runs.run_schedule(DAY - 5)
    runs.run_schedule(5)
    assert (runs.read(webhook)["disabled_reason"], mails_to(outbox)) == ("failures", ["ada@acme.example"])
    runs.receiver.status = 204
    enabled = runs.world.owner.patch(f"{ALL}/{webhook['id']}", json={"enabled": True}).json()
    assert (enabled["disabled_reason"], enabled["failing_since"]) == (None, None)
    runs.run_schedule()
    assert len(runs.receiver.accepted) == 1


def test_a_webhook_whose_user_is_no_admin_any_more_is_disabled_before_anything_is_sent(
    runs: WebhookRuns, bob: httpx.Client, bob_user: Json, outbox: list[Json]
) -> None:
    webhook = runs.create(bob, kinds=["action"])
    demoted = runs.world.owner.patch(f"/api/users/{bob_user['user']['id']}", json={"role": "member"})
    assert demoted.status_code == 200
    runs.create_actions("a")
    runs.catch_up()
    assert runs.receiver.requests == []
    assert runs.read(webhook)["disabled_reason"] == "user"
    assert mails_to(outbox) == ["ada@acme.example"]


def test_the_mail_is_sent_later_if_the_run_is_cut_off_before_it(
    runs: WebhookRuns, outbox: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs.create(kinds=["action"])
    runs.receiver.status = 410
    runs.create_actions("a")
    with monkeypatch.context() as patched:
        patched.setattr(DisabledWebhookMail, "send", lambda _: kill())
        with pytest.raises(Killed):
            runs.catch_up()
    assert outbox == []
    runs.run_schedule(61)
    runs.run_schedule(61)
    assert mails_to(outbox) == ["ada@acme.example"]
