"""/invitations: the page behind the link in a mail, where somebody without credentials joins."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import boto3
import httpx
import pytest

from chalicelib import clock, config
from chalicelib.pages import rendering
from infra import operations
from tests.support.invitations import invite, links

Json = dict[str, Any]
SignIn = Callable[[Json], httpx.Client]
NAMES = {"first_name": "Jane", "last_name": "<b>Doe</b>"}


@pytest.fixture
def place(ada: httpx.Client) -> str:
    return str(ada.post("/api/workspaces", json={"name": "Offices & <Plans>"}).headers["location"])


@pytest.fixture
def link(ada: httpx.Client, place: str, outbox: list[Json]) -> str:
    """Return the link in a mail to somebody who has no account."""
    invite(ada, place, email="jane@doe.example.org")
    return links(outbox)[0]


def credential(page: str) -> Json:
    key, secret = re.findall(r"<dd><code>([^<]+)</code>", page)
    return {"credential": {"key": key, "secret": secret}}


def test_a_new_user_enters_a_name_and_gets_a_working_credential(
    anybody: httpx.Client, ada: httpx.Client, sign_in: SignIn, place: str, link: str
) -> None:
    asked = anybody.get(link)
    assert (asked.status_code, asked.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert 'name="first_name"' in asked.text
    assert "Offices &amp; &lt;Plans&gt;" in asked.text
    welcome = anybody.post(link, data=NAMES)
    jane = sign_in(credential(welcome.text))
    assert jane.get(f"{place}/inbox").status_code == 200
    assert [one["type"] for one in jane.get("/api/workspaces").json()] == ["PersonalWorkspace", "SharedWorkspace"]
    assert ada.get(f"{place}/members").json()[1]["name_or_email"] == "Jane <b>Doe</b>"


def text(page: str) -> str:
    """Return the text of a page, without its tags and with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.partition("</header>")[2])).split())


def test_the_page_says_who_invites_to_what_and_until_when(anybody: httpx.Client, ada: httpx.Client, link: str) -> None:
    shown = text(anybody.get(link).text)
    assert "Ada Admin of Acme invites you to the workspace Offices & <Plans> ." in shown
    assert "Organisation Acme Invited by Ada Admin ada@acme.example Gives you The workspace with its stacks" in shown
    assert "For jane@doe.example.org" in shown
    [invitation] = ada.get("/api/invitations").json()
    end = datetime.fromisoformat(invitation["created_at"]) + timedelta(days=14)
    assert f"Valid until {end.day} {end:%B %Y, %H:}" in shown


def test_both_fields_have_visible_labels_that_say_that_they_are_required(anybody: httpx.Client, link: str) -> None:
    shown = text(anybody.get(link).text)
    assert ("First name required" in shown, "Last name required" in shown) == (True, True)


def test_after_accepting_the_page_says_what_to_do_next(anybody: httpx.Client, link: str) -> None:
    answer = anybody.post(link, data=NAMES | {"decision": "accept"})
    key, secret = credential(answer.text)["credential"].values()
    assert f"<pre>curl -u {key} {str(anybody.base_url).rstrip('/')}/api/workspaces</pre>" in answer.text
    assert answer.text.count(secret) == 1, "a command would stay in the history of the shell"
    assert ('<a href="/settings/api">' in answer.text, '<a href="/docs">' in answer.text) == (True, True)
    assert answer.headers["cache-control"] == "no-store"


def test_the_copy_buttons_are_hidden_until_their_script_runs(anybody: httpx.Client, link: str) -> None:
    answer = anybody.post(link, data=NAMES)
    assert re.findall(r"<button ([^>]*)>Copy<", answer.text) == ['type="button" class="quiet copy" hidden'] * 2
    assert f'<script src="{rendering.asset_url("copy.js")}" defer></script>' in answer.text
    assert answer.headers["content-security-policy"].endswith("; script-src 'self'")


def test_the_invited_user_declines_by_the_link(
    anybody: httpx.Client, ada: httpx.Client, sign_in: SignIn, place: str, link: str
) -> None:
    [invitation] = ada.get("/api/invitations").json()
    answer = anybody.post(link, data={"decision": "decline"})
    assert answer.status_code == 200
    assert "You have declined the invitation to Offices & <Plans> ." in text(answer.text)
    assert ada.get(f"/api/invitations/{invitation['id']}").json()["state"] == "declined"
    assert ada.get(f"{place}/invitations").json() == []
    assert len(ada.get(f"{place}/members").json()) == 1
    jane = sign_in(operations.create_credential(invitation["user"]["id"]))
    assert jane.get(place).status_code == 404
    assert anybody.post(link, data=NAMES).status_code == 404
    assert [one["state"] for one in invite(ada, place, email="jane@doe.example.org")] == ["pending"]


def test_a_decision_that_is_neither_is_refused_and_changes_nothing(anybody: httpx.Client, link: str) -> None:
    answer = anybody.post(link, data=NAMES | {"decision": "maybe"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/decision"
    assert "Accept invitation" in anybody.get(link).text


@pytest.mark.parametrize(
    ("end", "title"),
    [
        ("accepted", "You have accepted already"),
        ("declined", "You have declined already"),
        ("taken back", "This invitation is no longer open"),
        ("workspace deleted", "This invitation is no longer open"),
        ("expired", "This link has expired"),
    ],
)
def test_a_closed_link_tells_its_holder_why(
    anybody: httpx.Client,
    ada: httpx.Client,
    place: str,
    link: str,
    monkeypatch: pytest.MonkeyPatch,
    end: str,
    title: str,
) -> None:
    [invitation] = ada.get("/api/invitations").json()
    later = datetime.now(UTC) + timedelta(days=14, seconds=1)
    ends: dict[str, Callable[[], object]] = {
        "accepted": lambda: anybody.post(link, data=NAMES),
        "declined": lambda: anybody.post(link, data={"decision": "decline"}),
        "taken back": lambda: ada.delete(f"/api/invitations/{invitation['id']}"),
        "workspace deleted": lambda: ada.delete(place),
        "expired": lambda: monkeypatch.setattr(clock, "current_time", lambda: later),
    }
    ends[end]()
    for answer in (anybody.get(link), anybody.post(link, data=NAMES), anybody.post(link, data={"decision": "decline"})):
        assert answer.status_code == 404
        assert re.findall("<h1>(.*)</h1>", answer.text) == [title]
        assert "Offices" not in answer.text


def test_somebody_without_a_token_learns_nothing_from_a_link(anybody: httpx.Client, link: str) -> None:
    pages = {anybody.get(f"/invitations/{token}").text for token in ("x", "1-" + "a" * 43, "999999999-" + "a" * 43)}
    assert [text(page).partition(" The")[0] for page in pages] == ["This link does not work"]


def test_a_link_works_once(anybody: httpx.Client, link: str) -> None:
    assert anybody.post(link, data=NAMES).status_code == 200
    for answer in (anybody.get(link), anybody.post(link, data=NAMES)):
        assert answer.status_code == 404
        assert "<code>" not in answer.text


def test_opening_a_link_changes_nothing(anybody: httpx.Client, ada: httpx.Client, place: str, link: str) -> None:
    assert [anybody.get(link).status_code, anybody.head(link).status_code] == [200, 200]
    assert len(ada.get(f"{place}/members").json()) == 1


@pytest.mark.parametrize(
    "names",
    [
        {},
        {"first_name": "Jane"},
        {"first_name": " ", "last_name": "Doe"},
        {"first_name": "x" * 101, "last_name": "Doe"},
    ],
)
def test_without_a_name_the_page_asks_again_and_keeps_what_was_typed(
    anybody: httpx.Client, link: str, names: dict[str, str]
) -> None:
    answer = anybody.post(link, data=names)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert all(f'value="{value}"' in answer.text for value in names.values())
    assert anybody.post(link, data=NAMES).status_code == 200


def test_a_user_with_credentials_only_confirms(
    anybody: httpx.Client, ada: httpx.Client, acme: Json, place: str, outbox: list[Json]
) -> None:
    operations.create_user(acme["account"]["id"], email="mia@acme.example", first_name="Mia", last_name="Mel")
    invite(ada, place, slug="mia-mel")
    [link] = links(outbox)
    assert "<input" not in anybody.get(link).text
    welcome = anybody.post(link)
    assert welcome.status_code == 200
    assert "<code>" not in welcome.text, "no credential for what may be somebody else's mailbox by now"
    assert len(ada.get(f"{place}/members").json()) == 2


@pytest.mark.parametrize("token", ["x", "1-" + "a" * 43, "999999999-" + "a" * 43, "1-%00", "1-" + "é" * 43])
def test_an_unknown_link_is_not_found(anybody: httpx.Client, link: str, token: str) -> None:
    for method in ("GET", "POST"):
        answer = anybody.request(method, f"/invitations/{token}", data=NAMES if method == "POST" else None)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_a_link_ends_after_fourteen_days(anybody: httpx.Client, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    later = datetime.now(UTC) + timedelta(days=14, seconds=1)
    monkeypatch.setattr(clock, "current_time", lambda: later)
    assert anybody.post(link, data=NAMES).status_code == 404


@pytest.mark.parametrize("end", ["decline", "take back", "delete the workspace"])
def test_a_link_ends_with_its_invitation(
    anybody: httpx.Client, ada: httpx.Client, sign_in: SignIn, place: str, link: str, end: str
) -> None:
    [invitation] = ada.get("/api/invitations").json()
    one = f"/api/invitations/{invitation['id']}"
    if end == "decline":
        jane = sign_in(operations.create_credential(invitation["user"]["id"]))
        assert jane.put(f"{one}/decline").status_code == 200
    else:
        assert ada.delete(one if end == "take back" else place).is_success
    assert anybody.get(link).status_code == anybody.post(link, data=NAMES).status_code == 404


def test_a_link_after_accepting_elsewhere_shows_nothing_more(
    anybody: httpx.Client, ada: httpx.Client, sign_in: SignIn, link: str
) -> None:
    [invitation] = ada.get("/api/invitations").json()
    jane = sign_in(operations.create_credential(invitation["user"]["id"]))
    jane.put(f"/api/invitations/{invitation['id']}/accept")
    assert anybody.get(link).status_code == anybody.post(link, data=NAMES).status_code == 404


def test_the_page_has_no_scripts_and_is_not_cached(anybody: httpx.Client, link: str) -> None:
    headers = anybody.get(link).headers
    assert headers["content-security-policy"].split("; ") == [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"


def test_other_sites_cannot_accept_for_somebody(anybody: httpx.Client, link: str) -> None:
    assert anybody.post(link, data=NAMES, headers={"Origin": "https://evil.example"}).status_code == 403
    assert anybody.get(link).status_code == 200


def test_a_token_is_kept_only_as_a_hash(link: str) -> None:
    token = link.rpartition("/")[2]
    stored = boto3.client("dynamodb").scan(TableName=config.TABLE_NAME)["Items"]
    assert token not in str(stored)
    assert token.partition("-")[2] not in str(stored)
