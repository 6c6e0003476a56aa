"""Each checker finds what it is for in a history that is damaged by hand, and nothing in the same history undamaged."""

import hashlib
from collections.abc import Callable

import pytest

from chalicelib.storage.models.keys import MAX_ID
from tests.simulation import checkers
from tests.simulation.checkers import (
    accounts,
    acknowledged,
    alarms,
    answers,
    arrivals,
    claims,
    conditions,
    counters,
    idempotency,
    mails,
    places,
    reads,
    references,
    updates,
    versions,
)
from tests.simulation.checkers.items import Item
from tests.simulation.deletion_scenes import (
    a_note_of_a_purge,
    an_archived_item,
    an_arrival,
    an_order_of_stacks,
)
from tests.simulation.key_scenes import (
    a_claim_of_a_refused_request,
    a_claimed_key,
    a_key,
    a_key_of_undone_work,
    a_reused_key,
    an_answer_of_a_key,
    an_expired_claim,
)
from tests.simulation.ogsm_scenes import OGSM_TABLE
from tests.simulation.people_scenes import PEOPLE_TABLE
from tests.simulation.scenes import ACCOUNT, OGSM, USER, Scene, action, item

ACTION = (OGSM, "ACTION#0000000000000001")
PATH = "/api/v2/actions/1.json"
TOKEN = "1-abc"
LINK = item("link_token", ACCOUNT, f"LINK_TOKEN#{hashlib.sha256(TOKEN.encode()).hexdigest()}", delegation=7)
TOMBSTONE = item("tombstone", f"{ACCOUNT}#DELETED", f"action#{ACTION[0]}#{ACTION[1]}")


def activity_rows(*, stack: int = 4, copy_text: str = "") -> list[Item]:
    """Return an activity in the inbox of workspace 3, with its copies."""
    text = f'{{"id":9,"name":"x","creator":\x01{USER}","assignee":\x01{USER}"}}'
    workspace = f"{ACCOUNT}#WORKSPACE#{3:016}"
    common: dict[str, str | int] = {"doc": text, "version": 1}
    return [
        item(
            "activity",
            f"{ACCOUNT}#ACTIVITIES",
            f"ACTIVITY#{9:016}",
            id=9,
            workspace=3,
            stack=4,
            order="5",
            discussed=False,
            **common,
        ),
        item("placement", workspace, f"ITEM#{stack:016}#5#{9:016}", activity=9, **common),
        item(
            "user_activity",
            f"{ACCOUNT}#USER#{USER}",
            f"ACTIVITY#{MAX_ID - 9:016}",
            activity=9,
            workspace=3,
            delegated=False,
            doc=copy_text or text,
        ),
    ]


def a_place(damaged: bool) -> Scene:
    return Scene(*activity_rows(stack=8 if damaged else 4))


def a_copy(damaged: bool) -> Scene:
    return Scene(*activity_rows(copy_text='{"id":9,"name":"y"}' if damaged else ""))


def a_counter(damaged: bool) -> Scene:
    scene = Scene(item("counter", ACCOUNT, "COUNTER#ids", last=5))
    scene.write(
        scene.begin("c1.r1", "POST", "/api/workspaces"),
        item("counter", ACCOUNT, "COUNTER#ids", last=5 if damaged else 6),
    )
    return scene


def a_new_id(damaged: bool) -> Scene:
    scene = Scene(item("counter", OGSM[:17], "COUNTER#actions", last=2), action("c1.r0", number=1))
    scene.write(scene.begin("c1.r1", "POST", "/api/v2/actions.json"), action("c1.r1", number=3 if damaged else 2))
    return scene


def a_version(damaged: bool) -> Scene:
    scene = Scene(action("c1.r0"))
    scene.write(scene.begin("c1.r1", "PATCH", PATH), action("c1.r1", version=1 if damaged else 2))
    return scene


def a_stamp(damaged: bool) -> Scene:
    scene = Scene(action("c1.r0"))
    scene.write(scene.begin("c1.r1", "PATCH", PATH), action("c1.r1", version=2), stamped=not damaged)
    return scene


def a_tombstone(damaged: bool) -> Scene:
    scene = Scene(action("c1.r0"))
    scene.write(scene.begin("c1.r1", "DELETE", PATH), *([] if damaged else [TOMBSTONE]), deleted=(ACTION,))
    return scene


def a_kept_text(damaged: bool) -> Scene:
    scene = Scene(action("c1.r0", description="c1.r0"))
    first = scene.begin("c1.r1", "PATCH", PATH, {"title": "c1.r1"})
    scene.write(first, action("c1.r1", version=2, description="c1.r0"))
    later = scene.begin("c2.r1", "PATCH", PATH, {"description": "c2.r1"})
    scene.write(later, action("c1.r0" if damaged else "c1.r1", version=3, description="c2.r1"))
    return scene


def an_acknowledged_update(damaged: bool) -> Scene:
    scene = Scene(action("c1.r0"))
    request = scene.begin("c1.r1", "PATCH", PATH, {"title": "c1.r1"})
    scene.write(request, action("c1.r0" if damaged else "c1.r1", version=2))
    scene.end(request, 200, {"id": 1, "title": "c1.r1"})
    return scene


def an_acknowledged_creation(damaged: bool) -> Scene:
    scene = Scene()
    request = scene.begin("c1.r1", "POST", "/api/v2/actions.json", {"title": "c1.r1"})
    scene.write(request, action("c1.r1", number=1))
    scene.end(request, 201, {"id": 2 if damaged else 1, "title": "c1.r1"})
    return scene


def a_single_creation(damaged: bool) -> Scene:
    scene = Scene()
    request = scene.begin("c1.r1", "POST", "/api/v2/actions.json", {"title": "c1.r1"})
    for number in (1, 2) if damaged else (2,):
        scene.write(request, action("c1.r1", number=number))
    scene.end(request, 201, {"id": 2, "title": "c1.r1"})
    return scene


def an_acknowledged_deletion(damaged: bool) -> Scene:
    scene = Scene(action("c1.r0"))
    request = scene.begin("c1.r1", "DELETE", PATH)
    scene.write(request, TOMBSTONE, deleted=(ACTION,))
    scene.end(request, 200, {"id": 1, "title": "c1.r0"})
    if damaged:
        scene.write(scene.begin("c2.r1", "PATCH", PATH), action("c2.r1"))
    return scene


def a_refusal(damaged: bool) -> Scene:
    scene = Scene(action("c1.r0"))
    request = scene.begin("c1.r1", "PATCH", PATH, {"title": "c1.r1"})
    if damaged:
        scene.write(request, action("c1.r1", version=2))
    scene.end(request, 412)
    return scene


def a_deletion_that_another_finishes(damaged: bool) -> Scene:
    scene = Scene(action("c1.r0"))
    request = scene.begin("c1.r1", "DELETE", PATH)
    scene.write(request, action("c1.r0", version=2))
    if not damaged:
        scene.write(scene.begin("c2.r1", "DELETE", PATH), TOMBSTONE, deleted=(ACTION,))
    scene.end(request, 404)
    return scene


def a_read(damaged: bool) -> Scene:
    scene = Scene(action("c1.r0"))
    scene.write(scene.begin("c1.r1", "PATCH", PATH), action("c1.r1", version=2))
    request = scene.begin("c2.r1", "GET", PATH)
    scene.end(request, 200, {"id": 1, "title": "c1.r0" if damaged else "c1.r1"})
    return scene


def a_tag_of_an_object(damaged: bool) -> Scene:
    scene = Scene(action("c1.r0"))
    if not damaged:
        scene.write(scene.begin("c2.r1", "PATCH", PATH), action("c2.r1", version=2))
    scene.end(scene.begin("c1.r1", "GET", PATH), 200, {}, etag='"t"')
    if damaged:
        scene.write(scene.begin("c2.r1", "PATCH", PATH), action("c2.r1", version=2))
    request = scene.begin("c1.r2", "PATCH", PATH)
    request.headers["If-Match"] = '"t"'
    scene.write(request, action("c1.r2", version=3))
    return scene


def a_tag_of_a_list(damaged: bool) -> Scene:
    scene, path = Scene(), "/api/workspaces/3/items"
    scene.end(scene.begin("c1.r1", "GET", path), 200, [], etag='"t"')
    if damaged:
        scene.write(scene.begin("c2.r1", "POST", path), activity_rows()[0])
    request = scene.begin("c1.r2", "POST", path)
    request.headers["If-Match"] = '"t"'
    scene.write(request, action("c1.r2", number=2))
    return scene


def an_absence(damaged: bool) -> Scene:
    scene = Scene(*([action("c1.r0")] if damaged else []))
    scene.end(scene.begin("c2.r1", "GET", PATH), 404)
    return scene


def an_activity_that_is_being_deleted(damaged: bool) -> Scene:
    place = f"{ACCOUNT}#WORKSPACE#{3:016}"
    activity = activity_rows()[0] | ({} if damaged else {"deleted_by": {"S": USER}})
    scene = Scene(
        activity, item("workspace", place, "META", id=3), item("member", place, f"MEMBER#{USER}", role="owner")
    )
    scene.end(scene.begin("c2.r1", "PATCH", "/api/activities/9"), 404)
    return scene


def workspace_row() -> Item:
    """Return workspace 3, which is being purged."""
    attributes = {"stacks": "[]", "owner": USER, "deletion_state": "purging"}
    return item("workspace", f"{ACCOUNT}#WORKSPACE#{3:016}", "META", id=3, **attributes)


def a_reference(damaged: bool) -> Scene:
    comment = item("comment", f"{ACCOUNT}#ACTIVITY#{9:016}", f"COMMENT#{10:016}", id=10)
    lookup = item("comment_lookup", ACCOUNT, f"COMMENT_LOOKUP#{10:016}", activity=9)
    return Scene(comment, workspace_row(), *activity_rows(), *([] if damaged else [lookup]))


def a_mail(damaged: bool) -> Scene:
    scene = Scene()
    request = scene.begin("c1.r1", "PUT", "/api/activities/9/delegate")
    if not damaged:
        scene.write(request, LINK)
    scene.mail(request, f"https://api.example/invitations/{TOKEN}")
    return scene


def a_second_mail(damaged: bool) -> Scene:
    scene = Scene(*activity_rows())
    request = scene.begin("c1.r1", "PUT", "/api/activities/9/delegate")
    scene.write(request, LINK)
    scene.mail(request, f"https://api.example/invitations/{TOKEN}", is_confirmed=damaged)
    noted = activity_rows()[0] | {"delegation": {"S": '{"id": 7, "delivery": "sent"}'}}
    scene.write(request, noted)
    scene.mail(request, f"https://api.example/invitations/{TOKEN}")
    return scene


def a_claimed_mail(damaged: bool) -> Scene:
    """Return a mail that a second request sends before the claim of the first one ends, or after that."""
    scene = Scene(*activity_rows())
    until = "2027-01-15T08:00:30Z" if damaged else "2027-01-15T08:00:01Z"
    for name, token in (("c1.r1", TOKEN), ("c1.r1/2", "1-def")):
        request = scene.begin(name, "PUT", "/api/activities/9/delegate")
        digest = hashlib.sha256(token.encode()).hexdigest()
        link = item("link_token", ACCOUNT, f"LINK_TOKEN#{digest}", delegation=7)
        claim = f'{{"id": 7, "delivery": "unsent", "mail_claim": "{until} {request.request_id}"}}'
        scene.write(request, link, activity_rows()[0] | {"delegation": {"S": claim}})
        scene.mail(request, f"https://api.example/invitations/{token}")
    return scene


def activity_with_alarm(time: str, **attributes: str) -> Item:
    """Return an activity whose alarm is set to a time."""
    text = f'{{"id":9,"name":"x","alarm":{{"time":"{time}"}}}}'
    return item("activity", f"{ACCOUNT}#ACTIVITIES", f"ACTIVITY#{9:016}", id=9, doc=text, **attributes)


def an_alarm(damaged: bool) -> Scene:
    scene = Scene(activity_with_alarm("t1", alarm_at="t1"))
    scene.write(
        scene.begin("c1.r1", "PUT", "/api/activities/9/blox/1"),
        activity_with_alarm("t2", **({} if damaged else {"alarm_at": "t2"})),
    )
    return scene


def an_alarm_that_is_set_again(damaged: bool) -> Scene:
    scene = Scene(activity_with_alarm("t1", alarm_at="t1"))
    run = scene.begin("alarms.1", "", "")
    scene.write(run, activity_with_alarm("t1", alarm_at="t1+60", alarm_claim="a"))
    if damaged:
        scene.write(scene.begin("c1.r1", "PUT", "/"), activity_with_alarm("t2", alarm_at="t2"))
    scene.write(run, activity_with_alarm("t1"))
    return scene


def a_store_key(damaged: bool) -> Scene:
    scene = Scene()
    key = {"pk": {"S": "ACCOUNT#000000002#OGSM" if damaged else OGSM}, "sk": {"S": ACTION[1]}}
    scene.operate(scene.begin("c1.r1", "GET", PATH), "GetItem", {"Key": key})
    return scene


def a_text(damaged: bool) -> Scene:
    scene = Scene()
    scene.begin("c9.r1", "POST", "/api/v2/actions.json", account=2)
    scene.end(scene.begin("c1.r1", "GET", PATH), 200, {"title": "c9.r1" if damaged else "c1.r1"})
    return scene


def an_undescribed_answer(damaged: bool) -> Scene:
    scene = Scene()
    headers = {"x-request-id": "r", "content-type": "application/json"}
    token = {"access_token": "t", "token_type": "bearer", "expires_in": 1, "scope": "read"}
    body = token | ({"more": 1} if damaged else {})
    scene.end(scene.begin("c1.r1", "POST", "/oauth/token"), 200, body, **headers)
    return scene


def an_outage(damaged: bool) -> Scene:
    scene = Scene()
    scene.end(scene.begin("c1.r1", "GET", PATH), 503 if damaged else 404)
    return scene


TABLE: list[tuple[Callable[..., object], Callable[[bool], Scene], str]] = [
    (places.check, a_place, "has no placement"),
    (places.check, a_copy, "missing or outdated"),
    (counters.check, a_counter, "went from 5 to 5"),
    (counters.check, a_new_id, "never drawn"),
    (versions.check, a_version, "version 1 over version 1"),
    (versions.check, a_stamp, "no stamp"),
    (versions.check, a_tombstone, "without a tombstone"),
    (updates.check, a_kept_text, "not asked to"),
    (acknowledged.check, an_acknowledged_update, "nothing has stored the text"),
    (acknowledged.check, an_acknowledged_creation, "has created no action 2"),
    (acknowledged.check, a_single_creation, "has created 2"),
    (acknowledged.check, an_acknowledged_deletion, "has come back"),
    (acknowledged.check, a_refusal, "but it has written"),
    (acknowledged.check, a_deletion_that_another_finishes, "but it has written"),
    (reads.check, a_read, "not current"),
    (reads.check, an_activity_that_is_being_deleted, "was there and visible"),
    (reads.check, an_absence, "was answered with 404"),
    (conditions.check, a_tag_of_an_object, "another version"),
    (conditions.check, a_tag_of_a_list, "had added since"),
    (claims.check, a_claimed_key, "had claimed"),
    (claims.check, an_expired_claim, "no claim of it was in force"),
    (claims.check, a_claim_of_a_refused_request, "had been refused before"),
    (idempotency.check, a_key, "each created a action"),
    (idempotency.check, a_key_of_undone_work, "each created a action"),
    (idempotency.check, a_reused_key, "was another request"),
    (idempotency.check, an_answer_of_a_key, "different answers"),
    (references.check, a_reference, "has no lookup"),
    (references.check, a_note_of_a_purge, "has no note of its purge"),
    (references.check, an_order_of_stacks, "still has the deleted stack"),
    (arrivals.check, an_arrival, "has arrived although STACK#"),
    (arrivals.check, an_archived_item, "was not archived"),
    (mails.check, a_mail, "had not claimed"),
    (mails.check, a_second_mail, "once more"),
    (mails.check, a_claimed_mail, "once more"),
    (alarms.check, an_alarm, "but the index has None"),
    (alarms.check, an_alarm_that_is_set_again, "which was set again"),
    (accounts.check, a_store_key, "sent GetItem for"),
    (accounts.check, a_text, "a text of c9.r1"),
    (answers.check, an_undescribed_answer, "undescribed response"),
    (answers.check, an_outage, "without any fault"),
    *OGSM_TABLE,
    *PEOPLE_TABLE,
]


@pytest.mark.parametrize(("checker", "build", "text"), TABLE, ids=[build.__name__ for _, build, _ in TABLE])
def test_a_checker_finds_what_is_damaged_and_nothing_else(
    checker: Callable[..., list[checkers.Violation]], build: Callable[[bool], Scene], text: str
) -> None:
    assert list(checker(build(False).timeline())) == []
    found = [violation.text for violation in checker(build(True).timeline())]
    assert any(text in one for one in found), found


def test_every_checker_of_a_timeline_is_in_the_table() -> None:
    assert {checker for checker, _, _ in TABLE} == set(checkers.CHECKERS)
