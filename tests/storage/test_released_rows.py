"""The rows of every release are read as they were then: see tests/support/released_rows.py."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from chalicelib import clock
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.changes import HistoryPart
from chalicelib.storage.models.receipts import ReceiptChunk
from infra import migrate, row_chart
from infra.testing.world import World
from tests.support import released_rows

Json = dict[str, Any]
TOO_LARGE = {ReceiptChunk, HistoryPart}  # only large responses and objects have them


@pytest.mark.slow
def test_the_rows_of_a_release_are_of_all_kinds(world: World, request: pytest.FixtureRequest) -> None:
    released = released_rows.build(world)
    kinds = {Row.kind.get_discriminator(row_class) for row_class in {*row_chart.row_classes()} - TOO_LARGE}
    assert {row["kind"]["S"] for row in released.rows} == kinds
    if request.config.getoption("--keep-rows"):
        released_rows.write(released)


def test_the_rows_of_the_newest_release_are_kept() -> None:
    release = released_rows.newest_release()
    assert released_rows.file_of(release).exists(), "Run `make rows` when the release is complete."


@pytest.mark.parametrize("file", released_rows.files(), ids=lambda file: file.stem)
def test_every_object_of_a_release_is_read_as_it_was_then(
    sign_in: Callable[[Json], httpx.Client], monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    released = released_rows.load(file)
    moment = datetime.fromisoformat(released.written_at)
    monkeypatch.setattr(clock, "current_time", lambda: moment)
    clients = {
        role: sign_in({"credential": {"key": key, "secret": secret}})
        for role, (key, secret) in released.credentials.items()
    }
    check_answers(released, clients)
    assert migrate.migrate()["finished"]
    check_answers(released, clients)


def check_answers(released: released_rows.ReleasedRows, clients: dict[str, httpx.Client]) -> None:
    """Fail unless the API answers what it answered when the rows were written."""
    for role, path, kept in released.answers:
        answer = released_rows.read(clients[role], path)
        assert released_rows.contains(answer, kept), f"GET {path} as {role}: {answer}, but it was {kept}"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ([{"id": 1, "people": [{"id": 2}]}], True),
        ([{"id": 1, "people": [{"id": 2, "new": None}], "new": 1}], True),
        ([{"id": 1}], False),
        ([{"id": 1, "people": []}], False),
        ([{"id": 1, "people": [{"id": 3}]}], False),
        ([], False),
        (None, False),
    ],
)
def test_an_answer_may_only_get_more_fields(answer: Any, expected: bool) -> None:
    assert released_rows.contains(answer, [{"id": 1, "people": [{"id": 2}]}]) is expected
