"""The checkers of the feed, of its answers, of undos and of webhooks find what is damaged in real histories."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent.parent
UNDAMAGED = ("no damage of the feed", "no damage of an answer", "no damage of an undo", "no damage of a webhook")
DAMAGES = [
    ("an_entry_is_missing", "has the places"),
    ("an_entry_is_missing", "is not in the feed"),
    ("an_entry_is_there_twice", "is in the feed at [1, 2]"),
    ("an_entry_has_another_verb", "the entry says other"),
    ("an_entry_has_no_author", "the entry has no author"),
    ("an_entry_changes", "which never changes"),
    ("the_newest_entry_expires", "will expire"),
    ("the_order_is_another", "has seq"),
    ("a_record_is_missing", "the record is missing"),
    ("an_image_is_another", "the change is None, not"),
    ("an_image_has_a_secret", "contains ['secret_hash']"),
    ("an_answer_leaves_out_changes", "leaves out seq"),
    ("an_answer_is_in_another_order", "shows ["),
    ("an_answer_has_another_verb", "not as"),
    ("an_answer_hides_images", "hides the image"),
    ("an_answer_shows_other_images", "shows another image"),
    ("an_answer_shows_what_others_may_see", "which the user may not see"),
    ("an_answer_shows_a_change_too_early", "which was put later"),
    ("an_undo_names_another_change", "which does not exist"),
    ("an_undo_has_changed_nothing", "has changed nothing"),
    ("an_undo_sets_another_field", "strange and not"),
    ("an_undo_overwrites_a_later_change", "has overwritten a later"),
    ("an_undo_deletes_an_object", "is missing"),
    ("a_change_is_not_accepted", "which was not accepted"),
    ("a_signature_is_another", "is not signed"),
    ("an_old_secret_does_not_sign", "is not signed"),
    ("a_url_is_another", "which was not the URL"),
    ("a_time_is_another", "says that it was sent at"),
    ("an_account_is_another", "names no webhook of its account"),
    ("a_message_comes_in_a_later_run", "although the receiver had accepted it"),
    ("a_message_comes_once_more", "before its outcome was recorded"),
    ("a_message_comes_too_early", "was sent before seq"),
    ("a_repetition_says_something_else", "first said"),
    ("a_kind_is_not_wanted", "which the webhook does not want"),
    ("a_disabled_webhook_gets_something", "went to a webhook that was disabled"),
    ("an_attempt_is_not_recorded", "is not among the deliveries"),
    ("a_cursor_has_stopped", "its cursor has stopped at 0"),
    ("a_webhook_has_no_claim", "by a run that has not claimed the webhook"),
    ("a_claim_is_taken", "while another run had it"),
]


@cache
def found() -> dict[str, list[str]]:
    """Return the texts that the checkers find after each damage."""
    command = [sys.executable, "-m", "tests.simulation.damages"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-5_000:]
    texts: dict[str, list[str]] = json.loads(done.stdout)
    return texts


@pytest.mark.parametrize(("damage", "text"), DAMAGES)
def test_a_checker_finds_what_is_damaged(damage: str, text: str) -> None:
    assert any(text in one for one in found()[damage]), found()[damage]


def test_a_checker_finds_nothing_if_nothing_is_damaged_and_every_damage_is_in_the_table() -> None:
    assert [found()[name] for name in UNDAMAGED] == [[], [], [], []]
    assert found().keys() == {*UNDAMAGED, *(name for name, _ in DAMAGES)}
