"""`python -m infra.admin migrate`: older documents are rewritten while requests go on."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import httpx
import pytest

from chalicelib.storage.models import base
from chalicelib.storage.models.actions import Action
from infra import admin, migrate
from infra.testing.world import World
from tests.support.failures import Hook, failing
from tests.support.older_documents import age_rows, declare_older_forms, store_document, versions_of
from tests.support.stored_rows import check_places, stored_rows

LIST = "/api/v2/actions.json"
CURRENT = {"3", "2", "2.3"}  # of actions and activities, of comments and events, of delegations
Json = dict[str, Any]
Command = Callable[..., tuple[Json, str]]


@pytest.fixture
def command(url: str, capsys: pytest.CaptureFixture[str]) -> Command:
    """A function that runs `migrate`, and returns the JSON document on stdout and the text on stderr."""

    def carry_out(*arguments: str, is_stopped: bool = False) -> tuple[Json, str]:
        expected_exit = pytest.raises(SystemExit, match=r"^1$") if is_stopped else nullcontext()
        with expected_exit:
            admin.main(["migrate", *arguments])
        out, err = capsys.readouterr()
        return json.loads(out), err

    return carry_out


@pytest.fixture
def addresses(ada: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Store twelve actions in their first version, and return their addresses."""
    declare_older_forms(monkeypatch, Action)
    made = [ada.post(LIST, json={"title": f"{n}", "description": "d"}).headers["location"] for n in range(12)]
    age_rows("action")
    return made


def test_without_a_migration_nothing_is_read(ada: httpx.Client, command: Command, asked: list[str]) -> None:
    summary, progress = command()
    assert summary == {
        "table": "ogsm-workspaces-dev",
        "checked": 0,
        "migrated": 0,
        "newer": 0,
        "too_large": 0,
        "finished": True,
        "next": None,
    }
    assert (asked, progress) == ([], "")


def test_every_document_is_rewritten_and_every_answer_stays_the_same(
    world: World, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare_older_forms(monkeypatch)
    world.owner.post(f"{world.activity()}/comments", json={"body": "A comment"})
    world.owner.post(LIST, json={"title": "x"})
    world.delegate(to="member")
    paths = [LIST, "/api/activities", "/api/delegations", "/api/audit", f"{world.workspace_url}/items"]
    old = age_rows()
    expected = [world.owner.get(path).text for path in paths]
    rows_before = {(row["pk"]["S"], row["sk"]["S"]): row for row in stored_rows()}

    summary, _ = command()

    assert (summary["migrated"], summary["finished"]) == (old, True)
    assert versions_of("action", "activity", "placement", "comment", "delegation", "audit_event") == CURRENT
    assert [world.owner.get(path).text for path in paths] == expected
    check_places()
    for row in stored_rows():
        before = rows_before[row["pk"]["S"], row["sk"]["S"]]
        assert {name: row[name] for name in row if name not in ("doc", "doc_version")} == {
            name: before[name] for name in before if name != "doc"
        }


def test_a_second_run_has_nothing_to_do(addresses: list[str], command: Command) -> None:
    assert command()[0]["migrated"] == 12
    before = stored_rows()
    summary, _ = command()
    assert (summary["migrated"], summary["checked"]) == (0, len(before))
    assert stored_rows() == before


def test_an_etag_from_before_still_matches_and_a_change_under_way_still_succeeds(
    addresses: list[str], ada: httpx.Client, asked: list[str], on: Hook
) -> None:
    etag = ada.get(addresses[0]).headers["etag"]

    def migrate_first(**_: Any) -> None:
        migrate.migrate()

    on("before-call.dynamodb.PutItem", migrate_first)  # between the read of the request and its write
    answer = ada.patch(addresses[0], json={"title": "changed"}, headers={"If-Match": etag})
    assert answer.status_code == 200
    assert asked.count("PutItem") == 1, "the change was not planned again"
    assert ada.get(addresses[0]).json()["title"] == "changed"
    assert ada.get(addresses[1]).json()["description"] == "d"


def test_a_row_that_a_request_changes_meanwhile_keeps_the_change(
    addresses: list[str], ada: httpx.Client, command: Command, on: Hook
) -> None:
    changed: list[int] = []

    def change_first(**_: Any) -> None:
        if not changed:
            changed.append(ada.patch(addresses[0], json={"title": "changed"}).status_code)
            changed.append(ada.delete(addresses[1]).status_code)

    on("after-call.dynamodb.Scan", change_first)
    summary, _ = command()
    assert changed == [200, 200]
    assert (summary["migrated"], summary["finished"]) == (10, True)
    assert ada.get(addresses[0]).json()["title"] == "changed"
    assert ada.get(addresses[1]).status_code == 404
    assert versions_of("action") == {"3"}


def test_a_row_that_an_older_instance_writes_meanwhile_is_read_again(
    addresses: list[str], command: Command, on: Hook
) -> None:
    changed: list[Json] = []

    def change_first(**_: Any) -> None:
        if not changed:
            changed.append(stored_rows("action")[0])
            store_document(changed[0], json.loads(changed[0]["doc"]["S"]) | {"title": "old instance"}, None)

    on("after-call.dynamodb.Scan", change_first)
    assert command()[0]["migrated"] == 12
    [row] = [row for row in stored_rows("action") if row["sk"] == changed[0]["sk"]]
    assert (row["doc_version"]["S"], json.loads(row["doc"]["S"])["title"]) == ("3", "old instance")


def test_ctrl_c_prints_a_cursor_and_a_second_run_continues_from_it(
    addresses: list[str], command: Command, on: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "PAGE_ROWS", 5)
    pages: list[str] = []

    def interrupt(**_: Any) -> None:
        pages.append("")
        if len(pages) == 3:
            raise KeyboardInterrupt

    on("before-call.dynamodb.Scan", interrupt)
    stopped, progress = command(is_stopped=True)
    assert (stopped["checked"], stopped["finished"]) == (10, False)
    assert f"--start {stopped['next']}\n" in progress
    assert "Stopped. " in progress

    rest, _ = command("--start", stopped["next"])
    assert (rest["finished"], rest["next"]) == (True, None)
    assert stopped["checked"] + rest["checked"] == len(stored_rows())
    assert stopped["migrated"] + rest["migrated"] == 12
    assert versions_of("action") == {"3"}


def test_what_cannot_be_rewritten_is_counted_and_left_alone(
    ada: httpx.Client, addresses: list[str], command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer, large, *_ = stored_rows("action")
    store_document(newer, json.loads(newer["doc"]["S"]), "4")
    store_document(large, json.loads(large["doc"]["S"]) | {"title": "x" * 1_000}, None)
    for module in (migrate, base):
        monkeypatch.setattr(module, "MAX_DOCUMENT_BYTES", 1_000)
    before = [row for row in stored_rows("action") if row["sk"] in (newer["sk"], large["sk"])]
    summary, _ = command()
    assert (summary["migrated"], summary["newer"], summary["too_large"]) == (10, 1, 1)
    assert [row for row in stored_rows("action") if row["sk"] in (newer["sk"], large["sk"])] == before
    assert ada.get(f"/api/v2/actions/{json.loads(large['doc']['S'])['id']}.json").json()["title"] == "x" * 1_000


def test_a_busy_store_stops_the_command_with_an_explanation(
    addresses: list[str], on: Hook, capsys: pytest.CaptureFixture[str]
) -> None:
    on("before-call.dynamodb", failing("Scan", "ThrottlingException", times=99))
    with pytest.raises(SystemExit) as exit_info:
        admin.main(["migrate"])
    assert "DynamoDB cannot be used" in str(exit_info.value.code)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("cursor", ["x", "bm9uZQ==", "WzFd", "MQ=="])
def test_a_wrong_cursor_is_refused(addresses: list[str], cursor: str) -> None:
    with pytest.raises(SystemExit) as exit_info:
        admin.main(["migrate", "--start", cursor])
    assert exit_info.value.code == "--start must be a cursor that this command printed."
