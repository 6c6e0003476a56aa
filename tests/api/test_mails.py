"""Mails: their links lead to the configured address only, and nobody controls a mail by a name or a title."""

import json
from typing import Any

import pytest

from chalicelib import config
from chalicelib.routes.alarms import ring_alarms
from infra import schedule
from infra.testing.world import World
from tests.support.invitations import invite, text_of

Json = dict[str, Any]
PUBLIC_URL = "https://api.acme.example/prod"
HOSTILE = [
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "444"},
    {"Host": "evil.example/a", "Forwarded": "host=evil.example;proto=https"},
]
CONTROLS = ["\r\nBcc: all@evil.example", "\x1b[2J", "\x9b2J", "\u202egnp.exe", "\u2028next", "\x07\x7f"]
BANNED = set(map(chr, [*range(10), *range(11, 32), *range(0x7F, 0xA0), 0x202E, 0x2028, 0x2029]))


@pytest.fixture
def public_url(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(config, "PUBLIC_URL", PUBLIC_URL)
    return PUBLIC_URL


@pytest.mark.parametrize("headers", HOSTILE)
def test_links_begin_with_the_configured_address_whatever_a_request_says_about_its_host(
    world: World, public_url: str, outbox: list[Json], headers: dict[str, str]
) -> None:
    address = world.activity()
    sent: list[tuple[str, str, Json]] = [
        ("POST", f"{world.workspace_url}/invitation", {"email": "jane@doe.example"}),
        ("PUT", f"{address}/delegate", {"email": "john@doe.example"}),
        ("PUT", "/api/me", {"email": "new@acme.example"}),
    ]
    for method, path, body in sent:
        assert world.owner.request(method, path, json=body, headers=headers).is_success
    assert len(outbox) == len(sent)
    for mail in outbox:
        assert "evil" not in json.dumps(mail)
        assert f"{public_url}/" in text_of(mail)
        assert f'href="{public_url}/' in mail["Content"]["Simple"]["Body"]["Html"]["Data"]


def test_without_a_configured_address_no_mail_with_a_link_is_sent_and_the_log_says_why(
    world: World, monkeypatch: pytest.MonkeyPatch, outbox: list[Json], caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(config, "PUBLIC_URL", "")
    [invitation] = invite(world.owner, world.workspace_url, email="jane@doe.example")
    assert (invitation["delivery"], outbox) == ("failed", [])
    assert "PUBLIC_URL is not set" in caplog.text
    monkeypatch.setattr(config, "PUBLIC_URL", PUBLIC_URL)
    [invitation] = invite(world.owner, world.workspace_url, email="jane@doe.example")
    assert (invitation["delivery"], len(outbox)) == ("sent", 1)


@pytest.mark.parametrize(
    "url",
    [
        "api.acme.example",
        "ftp://api.acme.example",
        "https://",
        "https://api.acme.example/?x=1",
        "https://api.acme.example/a b",
        "https://api.acme.example\r\n",
        "https://user@api.acme.example",
        "https://api.acme.example/#x",
        'https://api.acme.example/"',
    ],
)
def test_a_configured_address_that_is_none_stops_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="PUBLIC_URL must be an address"):
        config.read_public_url(url)


def test_a_configured_address_may_have_a_stage_and_a_slash_at_its_end() -> None:
    for url in ("", "http://127.0.0.1:8000", "https://api.acme.example", PUBLIC_URL, "http://[::1]:8000"):
        assert config.read_public_url(f"{url}/" if url else "") == url


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_names_and_titles_with_control_characters_cannot_change_a_mail(
    world: World, outbox: list[Json], control: str
) -> None:
    owner = world.owner
    owner.put("/api/me", json={"first_name": f"Eve{control}", "last_name": f"{control}x"})
    owner.put(world.workspace_url, json={"name": f"Plans{control}"})
    address = world.activity()
    owner.put(address, json={"name": f"Tell{control}all"})
    set_alarm = {"value": "2020-01-01T00:00:00Z"}
    assert owner.put(world.block("alarm", address), json=set_alarm).is_success
    ring_alarms(schedule.EVENT, schedule.Context())
    world.delegate(address, note=f"Soon{control}".replace("\r\n", ""))
    invite(owner, world.workspace_url, email="jane@doe.example", cc=True)
    assert len(outbox) == 4
    for mail in outbox:
        simple = mail["Content"]["Simple"]
        assert "\n" not in simple["Subject"]["Data"]
        for text in (simple["Subject"]["Data"], simple["Body"]["Text"]["Data"], simple["Body"]["Html"]["Data"]):
            assert not set(text) & BANNED, ascii(text)
        assert not any(line.startswith("Bcc") for line in text_of(mail).splitlines())


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_an_address_with_a_control_character_is_none(world: World, outbox: list[Json], control: str) -> None:
    email = f"jane{control}@doe.example"
    for method, path in (("PUT", "/api/me"), ("POST", f"{world.workspace_url}/invitation")):
        answer = world.owner.request(method, path, json={"email": email})
        assert (answer.status_code, answer.json()["errors"][0]["detail"]) == (422, "must be an e-mail address")
    assert outbox == []


def test_a_note_keeps_its_lines(world: World, outbox: list[Json]) -> None:
    world.delegate(note="First\r\n\tsecond")
    assert "\n\nFirst\n\tsecond\n\nAccept" in text_of(outbox[0])
