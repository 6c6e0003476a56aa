"""The planned rows of a dry run: later reads see them, the table keeps as it is, and commits are checked."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib import clock, errors, randomness
from chalicelib.storage import ids, table, unit_of_work
from chalicelib.storage.models.base import Range
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.users import Slug, User
from chalicelib.storage.models.workspaces import Workspace
from chalicelib.storage.parallel import run_both
from chalicelib.storage.planned_rows import FIRST_NUMBER, PlannedRows, list_versions
from chalicelib.storage.stamps import NOBODY, Author
from chalicelib.storage.unit_of_work import Change, Precondition, Steps
from tests.support.stored_rows import save_rows, stored_rows

SLUGS = Range.under(Slug.ref(1, "").pk, "SLUG#", Slug)
TAKEN = errors.Conflict("taken")


@pytest.fixture
def planned(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlannedRows]:
    """Show planned rows, over a table with the slugs b, d and f."""
    monkeypatch.setattr(clock, "sleep", lambda _: None)
    save_rows(*(Slug.at(1, slug, user=slug) for slug in "bdf"))
    before = stored_rows()
    planned = PlannedRows(lambda message: f"{message} was accepted")
    with planned.seen_by_reads():
        yield planned
    assert stored_rows() == before
    assert table.planned_rows.get() is None


def save(*slugs: str) -> Change[None]:
    """Plan to save slugs, whether or not they exist."""
    rows = table.get_many(Slug.ref(1, slug) for slug in slugs)
    return Change(None, [rows.get(Slug.ref(1, slug)) or Slug.at(1, slug, user="new") for slug in slugs])


def delete(*slugs: str) -> Change[None]:
    rows = table.get_many(Slug.ref(1, slug) for slug in slugs)
    return Change(None, delete=[rows[Slug.ref(1, slug)] for slug in slugs])


def listed(**options: Any) -> str:
    return "".join(row.sk[-1] for row in table.query(SLUGS, **options))


def test_reads_see_what_was_planned(planned: PlannedRows) -> None:
    planned.commit(save("c"), NOBODY)
    planned.commit(delete("d"), NOBODY)
    found = table.get_many(Slug.ref(1, slug) for slug in "abcdf")
    assert [row.sk[-1] for row in found.all(Slug)] == ["b", "c", "f"]
    added = table.get(Slug.ref(1, "c"))
    assert added is not None
    assert (added.user, added.version) == ("new", 1)
    assert table.get(Slug.ref(1, "d")) is None


@pytest.mark.parametrize(
    ("limit", "backwards", "expected"),
    [(None, False, "abcef"), (None, True, "fecba"), (3, False, "abc"), (2, True, "fe"), (1, False, "a")],
)
def test_queries_see_what_was_planned_in_its_place(
    planned: PlannedRows, limit: int | None, backwards: bool, expected: str
) -> None:
    planned.commit(save("a", "c", "e"), NOBODY)
    planned.commit(delete("d"), NOBODY)
    assert listed(limit=limit, backwards=backwards) == expected


@pytest.mark.parametrize(("after", "expected"), [("a", "bcf"), ("b", "cf"), ("c", "f"), ("d", "f"), ("f", "")])
def test_a_query_continues_behind_a_position(planned: PlannedRows, after: str, expected: str) -> None:
    planned.commit(save("a", "c"), NOBODY)
    planned.commit(delete("d"), NOBODY)
    rows = table.query_entries(SLUGS, lambda item: str(item["sk"]["S"]), Slug.ref(1, after).position)
    assert "".join(sort_key[-1] for sort_key in rows) == expected


def test_a_query_that_has_begun_does_not_show_what_is_deleted_meanwhile(planned: PlannedRows) -> None:
    rows = table.query(SLUGS)
    assert next(rows).sk[-1] == "b"
    planned.commit(delete("f"), NOBODY)
    assert [row.sk[-1] for row in rows] == ["d"]


@pytest.mark.parametrize(("backwards", "slugs"), [(False, "bdf"), (True, "fdb")])
def test_what_is_deleted_part_by_part_is_not_read_again_each_time(
    planned: PlannedRows, asked: list[str], backwards: bool, slugs: str
) -> None:
    for slug in slugs:
        asked.clear()
        assert listed(limit=1, backwards=backwards) == slug
        assert asked.count("Query") <= 2  # one of them for the part before
        planned.commit(delete(slug), NOBODY)
    planned.commit(save("c"), NOBODY)
    assert (listed(backwards=backwards), listed()) == ("c", "c")


def test_reads_in_parallel_see_what_was_planned(planned: PlannedRows) -> None:
    planned.commit(save("c"), NOBODY)
    row, slugs = run_both(lambda: table.get(Slug.ref(1, "c")), listed)
    assert (row is not None, slugs) == (True, "bcdf")


def test_a_row_can_be_changed_again_in_a_later_step(planned: PlannedRows) -> None:
    for _ in range(3):
        planned.commit(save("c"), NOBODY)
    planned.commit(delete("c"), NOBODY)
    versions = [
        (write.before and write.before["version"], write.after and write.after["version"]) for write in planned.writes
    ]
    assert versions == [
        (None, {"N": "1"}),
        ({"N": "1"}, {"N": "2"}),
        ({"N": "2"}, {"N": "3"}),
        ({"N": "3"}, None),
    ]
    assert [write.is_new for write in planned.writes] == [True] * 4


def stale_save() -> Change[None]:
    change = save("b")
    change.save[0].version = 7
    return change


def stale_delete() -> Change[None]:
    change = delete("b")
    change.delete[0].version = 7
    return change


@pytest.mark.parametrize("plan", [stale_save, stale_delete, lambda: Change(None, [Slug.at(1, "b", user="x")])])
def test_a_commit_that_the_table_would_refuse_is_refused(
    planned: PlannedRows, plan: Callable[[], Change[None]]
) -> None:
    with pytest.raises(errors.Stale):
        planned.commit(plan(), NOBODY)
    assert (planned.writes, planned.commits, len(planned.refused)) == ([], [], 1)
    assert listed() == "bdf"


def test_a_precondition_that_does_not_hold_raises_its_error(planned: PlannedRows) -> None:
    is_free = Precondition(Slug.ref(1, "b"), Slug.user.does_not_exist(), TAKEN)
    with pytest.raises(errors.Conflict, match="taken"):
        planned.commit(save("c").with_preconditions(is_free), NOBODY)
    assert listed() == "bdf"
    planned.commit(delete("b"), NOBODY)
    planned.commit(save("c").with_preconditions(is_free), NOBODY)
    assert listed() == "cdf"


def test_a_lost_race_counts_before_a_precondition(planned: PlannedRows) -> None:
    is_free = Precondition(Slug.ref(1, "d"), Slug.user.does_not_exist(), TAKEN)
    with pytest.raises(errors.Stale):
        planned.commit(stale_save().with_preconditions(is_free), NOBODY)


def test_additions_are_counted(planned: PlannedRows) -> None:
    workspace = Workspace.at(1, 7, id=7, owner="x", created_at="", name="x", type="x", setting={}, stacks=[])
    planned.commit(Change(None, [workspace]), NOBODY)
    ref = Workspace.ref(1, 7)
    counting = Precondition(ref, Workspace.id.exists(), errors.NotFound("gone"), Workspace.additions)
    read = table.get(ref)
    planned.commit(save("c").with_preconditions(counting), NOBODY)
    planned.commit(save("e").with_preconditions(counting), NOBODY)
    counted = table.get(ref)
    assert counted is not None
    assert (counted.additions, counted.version) == (2, 1)
    assert read is not None
    with pytest.raises(errors.Stale):
        planned.commit(Change(None, delete=[read]), NOBODY)


def test_a_deleted_object_leaves_a_tombstone_with_the_stamp(planned: PlannedRows) -> None:
    names = dict.fromkeys(("slug", "email", "first_name", "last_name", "role", "created_at"), "x")
    user = User.at(1, "000000001", id="000000001", account=1, personal_workspace=1, **names)
    author = Author("000000001", "", "request")
    planned.commit(Change(None, [user]), author)
    planned.commit(Change(None, delete=[user]), author)
    assert [(write.after or {}).get("kind") for write in planned.writes] == [{"S": "user"}, {"S": "tombstone"}, None]


def test_a_new_row_is_read_as_it_would_be_before_a_later_step(planned: PlannedRows) -> None:
    texts = dict.fromkeys(("id", "user", "label", "scope", "secret_hash", "created_at"), "x")
    credential = Credential.at(1, "k", account=1, **texts)
    planned.commit(Change(None, [credential]), Author("000000001", "", "request"))
    read = table.get(Credential.ref(1, "k"))
    assert read is not None
    assert (read.stamp, read.version) == (credential.stamp, credential.version)


def test_numbers_and_texts_are_not_drawn_but_noted(planned: PlannedRows) -> None:
    first = ids.next_id(1, "ids")
    three = ids.new_ids(1, 3)
    assert first >= FIRST_NUMBER
    assert len({first, *three}) == 4
    assert list(three) == [three[0], three[0] + 1, three[0] + 2]
    assert planned.drawn_numbers == {first, *three}
    assert [ids.next_number(1, "reports on 1") for _ in range(2)] == [1, 2]
    ids.raise_counter(1, "ids", 7)
    assert planned.drawn_texts == {randomness.hex_digits(9), randomness.url_safe_token()}


def test_a_number_that_is_foreseen_follows_the_stored_one(url: str) -> None:
    ids.next_id(1, "reports on 1", by=5)
    with PlannedRows(str).seen_by_reads():
        assert ids.next_number(1, "reports on 1") == 6
    assert ids.next_number(1, "reports on 1") == 6


def test_steps_are_carried_out_and_messages_are_kept(planned: PlannedRows) -> None:
    class Mail:
        def send(self) -> object:
            raise AssertionError("It was sent.")

        def __str__(self) -> str:
            return "mail"

    mail = Mail()

    def steps() -> Steps[object]:
        yield save("c")
        outcome = yield mail
        return save("e").with_answer([listed(), outcome])

    assert unit_of_work.run(steps, writer=planned) == ["bcdf", "mail was accepted"]
    assert (planned.messages, len(planned.commits), planned.has_committed) == ([mail], 2, True)


def test_nothing_can_be_written_while_planned_rows_are_shown(planned: PlannedRows) -> None:
    with pytest.raises(RuntimeError, match="must not write"):
        unit_of_work.run(lambda: save("c"))


def test_versions_name_what_was_read_and_count_the_rest(planned: PlannedRows) -> None:
    change = Change(None, [*save("b").save, Slug.at(1, "x"), Slug.at(1, "y")], delete("d").delete)
    (pk, b, _), (_, d, _) = (Slug.ref(1, slug) for slug in "bd")
    assert list_versions(change) == [["delete", pk, d, 1], ["save", pk, b, 1], ["save", "Slug", 2]]
    assert list_versions(change, {(pk, d)}) == [["save", pk, b, 1], ["delete", "Slug", 1], ["save", "Slug", 2]]
