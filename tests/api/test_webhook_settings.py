"""/settings/webhooks without a browser: what admins see, what the forms do, and that others' forms are refused."""

import re
from html import unescape
from typing import Any

import httpx
import pytest

from tests.support.webhook_receiver import Receiver
from tests.support.webhook_runs import WebhookRuns

Json = dict[str, Any]

PAGE, ALL = "/settings/webhooks", "/api/webhooks"
OWN = {"Sec-Fetch-Site": "same-origin"}
URL = "https://receiver.example/hooks"


@pytest.fixture
def webhook(ada: httpx.Client) -> Json:
    made: Json = ada.post(ALL, json={"url": URL, "label": "Warehouse <1>", "kinds": ["goal"]}).json()
    return made


def send(
    client: httpx.Client,
    tail: str = "",
    headers: dict[str, str] | None = None,
    kinds: tuple[str, ...] = (),
    **form: str,
) -> httpx.Response:
    fields = {**form, "kinds[]": kinds} if kinds else form
    return client.post(f"{PAGE}{tail}", data=fields, headers=OWN if headers is None else headers)


def alert(answer: httpx.Response) -> str:
    [text] = re.findall(r'role="alert">([^<]+)<', answer.text)
    return unescape(text)


def test_admins_see_the_webhooks_of_the_account_and_their_state(ada: httpx.Client, webhook: Json) -> None:
    page = ada.get(PAGE)
    assert page.headers["cache-control"] == "no-store"
    assert "Warehouse &lt;1&gt;" in page.text
    assert URL in page.text
    assert f'href="{PAGE}/{webhook["id"]}"' in page.text
    assert webhook["secret"] not in page.text + ada.get(f"{PAGE}/{webhook['id']}").text


def test_members_and_other_accounts_see_none(mia: httpx.Client, stranger: httpx.Client, webhook: Json) -> None:
    assert mia.get(PAGE).status_code == 403
    assert mia.get(f"{PAGE}/{webhook['id']}").status_code == 403
    assert "Warehouse" not in stranger.get(PAGE).text
    assert stranger.get(f"{PAGE}/{webhook['id']}").status_code == 404


def test_a_new_webhook_shows_its_secret_this_once(ada: httpx.Client) -> None:
    answer = send(ada, url=URL, label="x", kinds=("goal", "kpi"))
    assert answer.status_code == 200
    [secret] = re.findall(r"<code>(whsec_[^<]+)</code>", answer.text)
    [made] = ada.get(ALL).json()
    assert (made["url"], made["label"], made["kinds"], made["enabled"]) == (URL, "x", ["goal", "kpi"], True)
    assert secret not in ada.get(f"{PAGE}/{made['id']}").text


def test_what_is_wrong_stands_beside_the_form_and_what_was_typed_stays(ada: httpx.Client) -> None:
    answer = send(ada, url="http://receiver.example/", label="x", kinds=("goal",))
    assert (answer.status_code, alert(answer)) == (422, "URL The URL must begin with https.")
    assert 'value="http://receiver.example/" aria-invalid="true"' in answer.text
    assert '<input type="checkbox" name="kinds[]" value="goal" checked>' in answer.text


def test_a_webhook_is_changed_disabled_and_enabled(ada: httpx.Client, webhook: Json) -> None:
    address = f"/{webhook['id']}"
    answer = send(ada, address, url=URL, label="y", enabled="false")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}{address}?done=changed")
    assert "The webhook was changed." in ada.get(answer.headers["location"]).text
    changed = ada.get(f"{ALL}{address}").json()
    assert (changed["label"], changed["kinds"], changed["enabled"]) == ("y", [], False)
    send(ada, address, url=URL, label="y", enabled="true")
    assert ada.get(f"{ALL}{address}").json()["enabled"]
    assert send(ada, address, url="x", enabled="true").status_code == 422


def test_a_rotation_shows_the_new_secret_and_until_when_the_old_one_signs(ada: httpx.Client, webhook: Json) -> None:
    answer = send(ada, f"/{webhook['id']}/rotate", overlap="3600")
    [secret] = re.findall(r"<code>(whsec_[^<]+)</code>", answer.text)
    assert secret != webhook["secret"]
    assert "signs until" in answer.text


def test_a_test_shows_how_it_went_and_is_listed(ada: httpx.Client, receiver: Receiver) -> None:
    made = ada.post(ALL, json={"url": receiver.url}).json()
    receiver.statuses = [204, 404]
    good, bad = (send(ada, f"/{made['id']}/test").text for _ in range(2))
    assert "The receiver answered the test with 204 after" in good
    assert "The receiver answered the test with 404 after" in bad
    assert bad.count("<strong>webhook.test</strong>") == 2


def test_a_test_that_cannot_be_sent_says_why(ada: httpx.Client) -> None:
    made = ada.post(ALL, json={"url": "https://localhost/"}).json()
    assert "an address that is not public" in send(ada, f"/{made['id']}/test").text


def test_failing_and_disabled_webhooks_say_why(runs: WebhookRuns) -> None:
    webhook = runs.create(kinds=["action"])
    runs.receiver.statuses = [500, 500, 410]
    runs.create_actions("a")
    runs.catch_up()
    assert "failing" in runs.world.owner.get(PAGE).text
    runs.run_schedule(300)
    for page in (PAGE, f"{PAGE}/{webhook['id']}"):
        assert "the receiver answered 410" in runs.world.owner.get(page).text


def test_a_webhook_is_deleted(ada: httpx.Client, webhook: Json) -> None:
    answer = send(ada, f"/{webhook['id']}/delete")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?done=deleted")
    assert ada.get(ALL).json() == []
    assert "The webhook was deleted." in ada.get(answer.headers["location"]).text


def test_a_credential_that_may_only_read_gets_no_forms(reader: httpx.Client, webhook: Json) -> None:
    for page in (PAGE, f"{PAGE}/{webhook['id']}"):
        assert "<form" not in reader.get(page).text


@pytest.mark.parametrize("tail", ["", "/rotate", "/test", "/delete"])
@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_forms_of_other_sites_are_refused(ada: httpx.Client, webhook: Json, tail: str, headers: dict[str, str]) -> None:
    assert send(ada, f"/{webhook['id']}{tail}", headers, url=URL).status_code == 403
    assert send(ada, "", headers, url=URL).status_code == 403
    assert len(ada.get(ALL).json()) == 1
