"""Webhooks of `make run`: a receiver on this machine gets the changes, also those from before a restart."""

from pathlib import Path

import httpx
import pytest

from infra.testing.processes import Running, await_that, kill, running_server
from tests.support.webhook_receiver import Receiver, running_receiver

pytestmark = pytest.mark.slow

ACTIONS = "/api/v2/actions.json"


def await_titles(running: Running, receiver: Receiver, *titles: str) -> None:
    """Wait until the receiver has accepted the creation of actions with these titles, in this order."""

    def have_arrived() -> bool:
        messages = [one.message for one in receiver.accepted]
        created = [one["data"]["after"]["title"] for one in messages if one["type"] == "action.create"]
        return list(dict.fromkeys(created)) == list(titles)

    await_that(have_arrived, running.process, running.stderr)


def create_action(client: httpx.Client, title: str) -> None:
    assert client.post(ACTIONS, json={"title": title}).status_code == 201


@pytest.mark.nightly  # the claim of the run that was killed has to expire, which takes a minute
def test_a_receiver_on_this_machine_gets_every_change_also_after_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBHOOK_ALLOW_LOCAL", "on")
    with running_receiver() as receiver:
        with running_server(tmp_path / "data") as running, running.client() as client:
            made = client.post("/api/webhooks", json={"url": receiver.url, "kinds": ["action"]})
            assert made.status_code == 201
            create_action(client, "before")
            await_titles(running, receiver, "before")
            receiver.status = 503
            create_action(client, "meanwhile")
            await_that(lambda: len(receiver.requests) > 1, running.process, running.stderr)
            kill(running)
        receiver.status = 204
        with running_server(tmp_path / "data") as running, running.client() as client:
            create_action(client, "after")
            address = f"/api/webhooks/{made.json()['id']}"
            for enabled in (False, True):  # begins with a new attempt at once
                assert client.patch(address, json={"enabled": enabled}).status_code == 200
            await_titles(running, receiver, "before", "meanwhile", "after")


@pytest.mark.nightly
def test_without_the_setting_for_development_it_gets_nothing(tmp_path: Path) -> None:
    with (
        running_receiver() as receiver,
        running_server(tmp_path / "data") as running,
        running.client() as client,
    ):
        assert client.post("/api/webhooks", json={"url": receiver.url}).status_code == 422
        secure = receiver.url.replace("http://127.0.0.1", "https://localhost")
        made = client.post("/api/webhooks", json={"url": secure}).json()
        tested = client.post(f"/api/webhooks/{made['id']}/test").json()
        assert (tested["status"], receiver.requests) == (None, [])
