"""Alarms: users set them over HTTP, and the scheduled function sends them, whatever fails on the way."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import boto3
import httpx
import pytest

from chalicelib import clock as product_clock
from chalicelib import config
from chalicelib.domain.activities import alarms
from chalicelib.http.schedule import IncompleteRun
from chalicelib.mail import messages, sending
from chalicelib.routes.alarms import ring_alarms
from chalicelib.storage import table, unit_of_work
from chalicelib.storage.models.activities import ALARM_SHARDS, Activity
from chalicelib.storage.models.base import Ref
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Workspace
from infra import schedule
from infra.testing.nouns.items import store_items
from infra.testing.rows import store_rows
from infra.testing.world import World, create_item
from tests.support.clock import Clock
from tests.support.failures import Hook, Killed, Requests, fail, kill
from tests.support.stored_rows import save_rows, stored_rows

Json = dict[str, Any]
ALL = "/api/activities"
MAIL = sending.client().meta.events
DYNAMODB = boto3.client("dynamodb")
STEPS = ["GetItem", "BatchGetItem", "PutItem", "SendEmail", "GetItem", "PutItem"]  # of one alarm
SENT = 4  # the number of steps up to the mail
QUERIES = ALARM_SHARDS + 1  # of one run: one for each part of the index, and one for the purges


@pytest.fixture
def mails() -> Iterator[list[Json]]:
    """Return the list of mails that SES accepts during the test."""
    accepted: list[Json] = []

    def keep(params: Json, **_: Any) -> None:
        accepted.append(json.loads(params["body"]))

    MAIL.register_last("before-call.sesv2.SendEmail", keep)
    yield accepted
    MAIL.unregister("before-call.sesv2.SendEmail", keep)


@pytest.fixture
def requests(on: Hook, monkeypatch: pytest.MonkeyPatch) -> Iterator[Requests]:
    """Return the requests that a run of the scheduled function sends."""
    monkeypatch.setattr(product_clock, "sleep", lambda _: None)
    counted = Requests()
    on("before-call.dynamodb", counted.sent)
    MAIL.register("before-call.sesv2.SendEmail", counted.sent)
    yield counted
    MAIL.unregister("before-call.sesv2.SendEmail", counted.sent)


def run() -> None:
    ring_alarms(schedule.EVENT, schedule.Context())


def new(client: httpx.Client, alarm: str | None, name: str = "x") -> str:
    """Return the address of a new activity with an alarm."""
    answer = client.post(ALL, json={"name": name, "alarm": alarm})
    assert answer.status_code == 200, answer.text
    return str(answer.headers["location"])


def reset(client: httpx.Client, activity: str, alarm: str | None) -> None:
    block = client.get(activity).json()["alarm"]["id"]
    assert client.put(f"{activity}/blox/{block}", json={"value": alarm}).status_code == 200


def waiting() -> list[Json]:
    """Return the items in the index of alarms."""
    found: list[Json] = DYNAMODB.scan(TableName=config.TABLE_NAME, IndexName="alarms")["Items"]
    return found


def reference(world: World, activity: str) -> Ref[Activity]:
    return Activity.ref(world.account, int(activity.rsplit("/", 1)[1]))


def subjects(mails: list[Json]) -> list[str]:
    return [one["Content"]["Simple"]["Subject"]["Data"] for one in mails]


def recipients(mails: list[Json]) -> list[str]:
    return [address for one in mails for address in one["Destination"]["ToAddresses"]]


def test_an_alarm_sends_one_mail_when_its_time_has_come(world: World, clock: Clock, mails: list[Json]) -> None:
    activity = new(world.owner, clock.later(120), "Tea & <b>cake</b>")
    before = world.owner.get(activity)
    run()
    clock.goes(119)
    run()
    assert mails == []
    clock.goes(1)
    for _ in range(3):
        run()
    [sent] = mails
    assert recipients(mails) == ["ada@acme.example"]
    assert sent["FromEmailAddress"] == config.MAIL_FROM
    text, html = (sent["Content"]["Simple"]["Body"][part]["Data"] for part in ("Text", "Html"))
    assert subjects(mails) == ["Alarm: Tea & <b>cake</b>"]
    assert '"Tea & <b>cake</b>" in the workspace "Personal workspace" was set to 2027-01-30 10:02:00 UTC.' in text
    assert "Tea &amp; &lt;b&gt;cake&lt;/b&gt;" in html
    after = world.owner.get(activity)
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
    assert waiting() == []


def test_the_index_has_only_alarms_that_are_still_to_be_sent(world: World, clock: Clock) -> None:
    activity = new(world.owner, None)
    assert waiting() == []
    reset(world.owner, activity, clock.later(60))
    [row] = waiting()
    assert set(row) == {"pk", "sk", "alarm_shard", "alarm_at"}
    assert world.owner.patch(activity, json={"name": "y"}).status_code == 200
    assert waiting() == [row]
    reset(world.owner, activity, None)
    assert waiting() == []
    reset(world.owner, activity, clock.later(60))
    assert world.owner.delete(activity).status_code == 204
    assert waiting() == []


def test_a_new_time_sets_the_alarm_again_and_null_removes_it(world: World, clock: Clock, mails: list[Json]) -> None:
    activity = new(world.owner, clock.later(60))
    reset(world.owner, activity, None)
    clock.goes()
    run()
    assert mails == []
    for minutes in (1, 2):
        reset(world.owner, activity, clock.later(60))
        clock.goes()
        run()
        run()
        assert len(mails) == minutes


def test_a_time_that_has_passed_is_sent_by_the_next_run(world: World, clock: Clock, mails: list[Json]) -> None:
    new(world.owner, "0001-01-01")
    new(world.owner, clock.later(-3 * 24 * 3600))
    run()
    assert len(mails) == 2


def test_the_mail_goes_to_the_present_assignee(world: World, clock: Clock, mails: list[Json]) -> None:
    activity = f"{ALL}/{create_item(world.member, world.workspace_url)}"
    reset(world.member, activity, clock.later(0))
    assert world.owner.put(f"{activity}/take_over").status_code == 200
    run()
    assert recipients(mails) == ["ada@acme.example"]


def leaves_the_account(world: World) -> None:
    member = table.get(User.ref(world.account, world.users["member"]))
    assert member
    member.deletion_state = "left"
    save_rows(member)


def leaves_the_workspace(world: World) -> None:
    assert world.member.delete(f"{world.workspace_url}/members/{world.users['member']}").status_code == 204


def is_only_invited(world: World) -> None:
    leaves_the_workspace(world)
    world.invite("member")


def has_a_workspace_that_is_going(world: World) -> None:
    workspace = table.get(Workspace.ref(world.account, world.workspace))
    assert workspace
    workspace.deletion_state = "deleting"
    save_rows(workspace)


@pytest.mark.parametrize(
    "happens", [leaves_the_account, leaves_the_workspace, is_only_invited, has_a_workspace_that_is_going]
)
def test_no_mail_goes_to_an_assignee_who_no_longer_sees_the_activity(
    world: World, clock: Clock, mails: list[Json], happens: Callable[[World], None]
) -> None:
    reset(world.member, f"{ALL}/{create_item(world.member, world.workspace_url)}", clock.later(0))
    happens(world)
    run()
    assert not [one for one in subjects(mails) if one.startswith("Alarm")]
    assert waiting() == []


def test_a_run_asks_little_and_never_scans(world: World, clock: Clock, requests: Requests, mails: list[Json]) -> None:
    run()
    assert (requests.queries, requests.steps) == (["Query"] * QUERIES, [])
    new(world.owner, clock.later(0))
    requests.steps.clear()
    run()
    assert (requests.queries, requests.steps) == (["Query"] * QUERIES * 2, STEPS)
    assert len(mails) == 1


@pytest.mark.parametrize("step", [*range(-QUERIES, 0), *range(1, len(STEPS) + 1)])
@pytest.mark.parametrize("end", [fail, kill])
def test_one_mail_is_sent_whichever_request_fails(
    world: World, clock: Clock, requests: Requests, mails: list[Json], step: int, end: Callable[[], Any]
) -> None:
    new(world.owner, clock.later(0))
    requests.steps.clear()
    requests.fatal[step] = end
    with suppress(Killed, Exception):
        run()
    assert len(requests.steps) >= step
    requests.fatal.clear()
    for _ in range(3):
        clock.goes()
        run()
    was_on_its_way = end is kill and step > SENT
    assert len(mails) == (2 if was_on_its_way else 1), "SES knows no request tokens"
    assert waiting() == []


@pytest.mark.slow
def test_a_mail_that_ses_refuses_is_tried_for_a_day(
    world: World, clock: Clock, requests: Requests, mails: list[Json]
) -> None:
    new(world.owner, clock.later(0))
    requests.steps.clear()
    requests.fatal = dict.fromkeys(range(SENT, 1000, len(STEPS)), fail)
    began, runs = clock.now, []
    while left := waiting():
        due = datetime.fromisoformat(left[0]["alarm_at"]["S"])
        clock.goes(max(60, int((due - clock.now).total_seconds())))
        run()
        runs.append(clock.now - began)
    assert runs[:2] == [timedelta(minutes=1), timedelta(minutes=2)], "the next run tries again"
    assert requests.steps.count("SendEmail") == alarms.MAX_TRIES
    assert timedelta(hours=20) < runs[-1] < timedelta(hours=30)
    assert mails == []


def test_a_deployment_without_an_address_to_send_from_sends_nothing_and_goes_on(
    world: World, clock: Clock, mails: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "MAIL_FROM", "")
    new(world.owner, clock.later(0))
    run()
    assert mails == []
    monkeypatch.undo()
    monkeypatch.setattr(product_clock, "current_time", lambda: clock.now)
    clock.goes()
    run()
    assert len(mails) == 1


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Do something after the alarm is claimed and before its mail is sent."""
    send = messages.AlarmMail.send

    def sent(one: messages.AlarmMail) -> bool:
        monkeypatch.setattr(messages.AlarmMail, "send", send)
        happens()
        return one.send()

    monkeypatch.setattr(messages.AlarmMail, "send", sent)


def test_changes_by_users_while_the_mail_is_sent_are_kept(
    world: World, clock: Clock, mails: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    activity = new(world.owner, clock.later(0))
    meanwhile(monkeypatch, lambda: world.owner.patch(activity, json={"name": "renamed"}))
    run()
    assert world.owner.get(activity).json()["name"] == "renamed"
    assert (len(mails), waiting()) == (1, [])


@pytest.mark.parametrize("seconds", [0, alarms.CLAIM_SECONDS, 3600])
def test_an_alarm_that_is_set_again_while_the_mail_is_sent_is_sent_too(
    world: World, clock: Clock, mails: list[Json], monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    activity = new(world.owner, clock.later(-1))
    meanwhile(monkeypatch, lambda: reset(world.owner, activity, clock.later(seconds)))
    run()
    assert (len(mails), [row["alarm_at"]["S"] for row in waiting()]) == (1, [clock.later(seconds)])
    clock.goes(seconds)
    run()
    assert (len(mails), waiting()) == (2, [])


def test_an_activity_that_is_deleted_while_the_mail_is_sent_stays_deleted(
    world: World, clock: Clock, mails: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    activity = new(world.owner, clock.later(0))
    meanwhile(monkeypatch, lambda: world.owner.delete(activity))
    run()
    assert len(mails) == 1
    assert stored_rows("activity", "placement", "user_activity") == []


def test_two_runs_at_once_send_one_mail(
    world: World, clock: Clock, mails: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = reference(world, new(world.owner, clock.later(0)))  # the index may still show what has been claimed or sent

    def others() -> None:
        run()
        assert unit_of_work.run(lambda: alarms.send_alarm(stale)) is None

    meanwhile(monkeypatch, others)
    run()
    others()
    assert (len(mails), waiting()) == (1, [])


def seeded(world: World, clock: Clock, count: int) -> None:
    """Write activities of the owner with a due alarm directly to the table."""
    for number in store_items(world.account, world.users["owner"], world.workspace, world.workspace + 1, count, ""):
        activity = table.get(Activity.ref(world.account, number))
        assert activity
        activity.doc["alarm"]["time"] = clock.later(0)
        activity.set_alarm(clock.later(0))
        store_rows([activity])


def test_many_alarms_are_sent_in_pages_and_the_rest_by_the_next_run(
    world: World, clock: Clock, mails: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "ALARM_PAGE_SIZE", 2)
    seeded(world, clock, 30)
    context = schedule.Context()
    left = iter([30_000] * 10)
    monkeypatch.setattr(context, "get_remaining_time_in_millis", lambda: next(left, 14_000))
    ring_alarms(schedule.EVENT, context)
    assert len(mails) == 10
    run()
    assert len(set(subjects(mails))) == len(mails) == 30
    assert waiting() == []


def test_an_alarm_that_fails_does_not_stop_the_others(world: World, clock: Clock, mails: list[Json]) -> None:
    bad = new(world.owner, clock.later(-60), "bad")
    found = table.get(Activity.ref(world.account, int(bad.rsplit("/", 1)[1])))
    assert found
    del found.doc["assignee"]
    store_rows([found])
    for _ in range(ALARM_SHARDS):
        new(world.owner, clock.later(0), "good")
    with pytest.raises(IncompleteRun):
        run()
    assert subjects(mails).count("Alarm: good") == ALARM_SHARDS
    assert len(waiting()) == 1


def test_the_log_says_what_was_done_without_personal_data(
    world: World, clock: Clock, mails: list[Json], caplog: pytest.LogCaptureFixture
) -> None:
    activity = new(world.owner, clock.later(0), "secret plan")
    run()
    [line] = [json.loads(record.message) for record in caplog.records if '"work"' in record.message]
    assert (line["work"], line["outcome"]) == ("alarm", "sent")
    assert activity.endswith(f"{ALL}/{line['activity']}")
    assert line["calls"] == 5
    assert "ada@" not in caplog.text
    assert "secret plan" not in caplog.text
