"""/settings/api without a browser: what each user sees, what the forms do, and that only its own forms are accepted."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import httpx
import pytest

from tests.support.gateway_events import as_caller, event
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]
SignIn = Callable[[Json], httpx.Client]

PAGE = "/settings/api"
OWN = {"Sec-Fetch-Site": "same-origin"}
ACTIONS = "/api/v2/actions.json"


@pytest.fixture
def another(ada: httpx.Client) -> Json:
    """Return a second credential of Ada's."""
    answer: Json = ada.post("/api/credentials", json={"label": "Power BI", "expires_at": "2099-06-01T15:30:00Z"}).json()
    return answer


def send(client: httpx.Client, tail: str = "", headers: dict[str, str] | None = None, **form: str) -> httpx.Response:
    return client.post(f"{PAGE}{tail}", data=form, headers=OWN if headers is None else headers)


def shown(answer: httpx.Response) -> tuple[str, str]:
    """Return the key and the secret that a page shows."""
    key, secret = re.findall(r"<dd><code>([^<]+)</code>", answer.text)
    return key, secret


def works(client: httpx.Client, key: str, secret: str) -> bool:
    return httpx.get(f"{client.base_url}{ACTIONS}", auth=(key, secret)).status_code == 200


def alert(answer: httpx.Response) -> str:
    [text] = re.findall(r'role="alert">([^<]+)<', answer.text)
    return unescape(text)


def of_api(client: httpx.Client, key: str) -> Json:
    answer: Json = client.get(f"/api/credentials/{key}").json()
    return answer


def test_an_admin_sees_all_of_the_account_and_a_member_only_own(
    ada: httpx.Client, acme: Json, mia: httpx.Client, mia_user: Json, stranger: httpx.Client
) -> None:
    keys = [acme["credential"]["key"], mia_user["credential"]["key"]]
    assert [key in ada.get(PAGE).text for key in keys] == [True, True]
    assert [key in mia.get(PAGE).text for key in keys] == [False, True]
    assert [key in stranger.get(PAGE).text for key in keys] == [False, False]
    assert ['name="user"' in client.get(PAGE).text for client in (ada, mia)] == [True, False]


def test_without_a_credential_the_browser_is_told_to_ask_for_one(anybody: httpx.Client) -> None:
    for answer in (anybody.get(PAGE), send(anybody, label="x")):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic realm=")


def test_a_new_credential_works_and_its_secret_is_shown_this_once(ada: httpx.Client, mia_user: Json) -> None:
    who = mia_user["user"]["id"]
    answer = send(ada, label="Power <BI>", scope="read", user=who, expires_at="2099-01-31")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    key, secret = shown(answer)
    assert works(ada, key, secret)
    kept = of_api(ada, key)
    assert (kept["label"], kept["scope"], kept["user"]) == ("Power <BI>", "read", who)
    assert kept["expires_at"] == "2099-01-31T00:00:00Z"
    page = ada.get(PAGE).text
    assert secret not in page
    assert "Power &lt;BI&gt;" in page
    assert "2099-01-31" in page


def test_an_empty_form_makes_a_plain_credential_of_ones_own(mia: httpx.Client, mia_user: Json) -> None:
    key, secret = shown(send(mia, label="", scope="write", expires_at=""))
    kept = of_api(mia, key)
    assert (kept["label"], kept["user"], kept["expires_at"]) == ("", mia_user["user"]["id"], None)
    assert works(mia, key, secret)


def test_what_is_wrong_stands_beside_the_form_and_what_was_typed_stays(ada: httpx.Client) -> None:
    answer = send(ada, label="x" * 101, scope="read", expires_at="2001-01-01")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert alert(answer) == "Label must be at most 100 characters, not 101."
    assert f'value="{"x" * 101}" aria-invalid="true"' in answer.text
    assert 'value="2001-01-01"' in answer.text
    assert '<option value="read" selected>' in answer.text
    late = send(ada, label="late", expires_at="2001-01-01")
    assert (late.status_code, alert(late)) == (422, "Expires on must lie in the future.")


def test_a_member_makes_none_for_others_through_the_page_either(mia: httpx.Client, acme: Json) -> None:
    answer = send(mia, label="x", user=acme["user"]["id"])
    assert answer.status_code == 403
    assert "Only an admin" in alert(answer)


def test_label_and_expiry_are_changed_and_the_page_is_asked_for_anew(ada: httpx.Client, another: Json) -> None:
    answer = send(ada, f"/{another['key']}", label="Tableau", expires_at="2098-01-01", was="2099-06-01")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?done=changed")
    assert "The credential was changed." in ada.get(answer.headers["location"]).text
    kept = of_api(ada, another["key"])
    assert (kept["label"], kept["expires_at"]) == ("Tableau", "2098-01-01T00:00:00Z")
    assert send(ada, f"/{another['key']}", label="", expires_at="", was="2098-01-01").status_code == 303
    kept = of_api(ada, another["key"])
    assert (kept["label"], kept["expires_at"]) == ("", None)


def test_a_day_that_stays_keeps_its_hour(ada: httpx.Client, another: Json) -> None:
    assert 'name="was" value="2099-06-01"' in ada.get(PAGE).text
    send(ada, f"/{another['key']}", label="Tableau", expires_at="2099-06-01", was="2099-06-01")
    assert of_api(ada, another["key"])["expires_at"] == another["expires_at"]


def test_a_wrong_change_opens_the_row_that_it_was_about(ada: httpx.Client, another: Json) -> None:
    answer = send(ada, f"/{another['key']}", label="y" * 101, expires_at="", was="")
    assert answer.status_code == 422
    [row] = [part for part in answer.text.split("<tr ") if another["key"] in part]
    assert 'name="cog" open>' in row
    assert f'value="{"y" * 101}" aria-invalid="true"' in row
    assert answer.text.count('name="cog" open>') == 1


def test_rotating_shows_a_new_secret_and_the_old_one_stops_or_goes_on(ada: httpx.Client, another: Json) -> None:
    key, old = another["key"], another["secret"]
    answer = send(ada, f"/{key}/rotate", overlap="3600")
    same, new = shown(answer)
    assert (same, answer.headers["cache-control"]) == (key, "no-store")
    assert [works(ada, key, secret) for secret in (old, new)] == [True, True]
    assert "old secret works until" in answer.text
    _, newer = shown(send(ada, f"/{key}/rotate", overlap="0"))
    assert [works(ada, key, secret) for secret in (old, new, newer)] == [False, False, True]


def test_a_revoked_credential_is_among_the_ended_and_has_no_cog(ada: httpx.Client, another: Json) -> None:
    answer = send(ada, f"/{another['key']}/revoke")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?done=revoked")
    assert not works(ada, another["key"], another["secret"])
    page = ada.get(answer.headers["location"]).text
    working, ended = page.split('<details class="ended">')
    assert "<summary>1 revoked or expired</summary>" in ended
    assert another["key"] not in working
    assert another["key"] in ended
    assert 'class="cog"' not in ended


def test_the_last_admin_keeps_a_credential_and_is_told_so(ada: httpx.Client, acme: Json) -> None:
    answer = send(ada, f"/{acme['credential']['key']}/revoke")
    assert answer.status_code == 409
    assert "without an admin" in alert(answer)
    assert ada.get(PAGE).status_code == 200


def test_credentials_of_others_are_not_there(ada: httpx.Client, mia: httpx.Client, acme: Json, another: Json) -> None:
    for tail in ("", "/rotate", "/revoke"):
        answer = send(mia, f"/{another['key']}{tail}")
        assert answer.status_code == 404
        assert alert(answer) == "There is no such credential."
        assert another["key"] not in answer.text
    assert send(mia, "/nothing/revoke").status_code == 404
    assert of_api(ada, another["key"])["revoked_at"] is None


def test_a_credential_that_only_reads_sees_no_forms_and_can_send_none(reader: httpx.Client) -> None:
    page = reader.get(PAGE).text
    assert "Your credential has the scope <em>read</em>" in page
    assert "<form" not in page
    assert send(reader, label="x").status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
def test_forms_of_other_sites_are_refused(ada: httpx.Client, another: Json, headers: dict[str, str]) -> None:
    before = ada.get("/api/credentials").json()
    for tail in ("", f"/{another['key']}", f"/{another['key']}/rotate", f"/{another['key']}/revoke"):
        assert send(ada, tail, headers, label="x").status_code == 403
    assert ada.get("/api/credentials").json() == before


def test_forms_of_the_page_itself_are_taken_by_either_header(ada: httpx.Client) -> None:
    origin = {"Origin": str(ada.base_url).rstrip("/")}
    assert [send(ada, "", headers, label="x").status_code for headers in (OWN, origin)] == [200, 200]


def test_settings_leads_to_its_page_which_its_menu_names(ada: httpx.Client, anybody: httpx.Client) -> None:
    answer = anybody.get("/settings")
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    page = ada.get(PAGE).text
    [menu] = re.findall(r'<details class="dropdown">(.*?)</details>', page, re.DOTALL)
    assert re.findall(r">([^<>\n]+)<", menu) == ["Settings", "API", "Webhooks"]
    assert f'<a href="{PAGE}" aria-current="page">API</a>' in menu
    assert "<h1>API</h1>" in page


def test_each_field_has_a_visible_label_and_the_required_ones_say_so(ada: httpx.Client) -> None:
    page = ada.get(PAGE).text
    fields = re.findall(r"<(?:input|select|textarea)[ >][^>]*>", page)
    labels = re.findall(r'<label>([^<]+)(<span class="mark">required</span>)?<(?:input|select)( [^>]*)>', page)
    assert len(labels) == len([one for one in fields if 'type="hidden"' not in one]) == 7
    assert {name.strip(): bool(mark) for name, mark, _ in labels} == {
        "Label": False,
        "Expires on": False,
        "Old secret": True,
        "Scope": True,
        "Owner": True,
    }
    assert all(bool(mark) == (" required" in attributes) for _, mark, attributes in labels)


def test_a_scope_is_called_read_or_write_everywhere(ada: httpx.Client, acme: Json) -> None:
    ada.post("/api/credentials", json={"scope": "read"})
    page = ada.get(PAGE).text
    assert sorted(re.findall(r'data-name="Scope">([^<]+)<', page)) == ["read", "write"]
    assert re.findall(r"<option[^>]*>(read|write)</option>", page) == ["write", "read"]


def test_the_page_says_who_is_signed_in_and_how_to_sign_out(ada: httpx.Client) -> None:
    section = " ".join(ada.get(PAGE).text.partition('<h2 id="sign-out">')[2].split())
    assert "You are signed in as <strong>Ada Admin</strong> with the credential" in section
    assert "Your browser keeps you signed in until you quit it" in section
    assert "private window" in section


def test_other_news_than_the_pages_own_are_refused(ada: httpx.Client) -> None:
    assert ada.get(f"{PAGE}?done=<b>").status_code == 422


def test_behind_a_stage_the_way_back_has_it(ada: httpx.Client, acme: Json, another: Json) -> None:
    from app import app

    ids = {"credential_id": another["key"]}
    sent = event("POST", f"{PAGE}/{{credential_id}}/revoke", ids=ids, stage="/dev", headers=OWN, caller=as_caller(acme))
    answer = app(sent, None)
    assert (answer["statusCode"], answer["headers"]["Location"]) == (303, f"/dev{PAGE}?done=revoked")


def test_a_form_keeps_no_answer_because_its_page_is_made_after_its_commit(ada: httpx.Client) -> None:
    key = OWN | {"Idempotency-Key": "a key"}
    answers = [send(ada, label=label, scope="read", headers=key) for label in ("first", "second")]
    assert [("idempotency-replayed" in answer.headers, answer.status_code) for answer in answers] == [(False, 200)] * 2
    assert stored_rows("receipt") == []
