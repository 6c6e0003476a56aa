"""An e-mail address or a slug is taken by the user who has it, and by nobody who had it before."""

from collections.abc import Iterator

from tests.simulation.checkers.items import text_of
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.checkers.violation import Violation

NAME = "addresses"
FIELDS = {"email_address": "email", "slug": "slug"}  # of the user, by the kind of row that takes it


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield addresses and slugs that are not those of their users at the end."""
    for kind, field in FIELDS.items():
        for key, item in timeline.rows_of(kind):
            user = timeline.rows.get((key[0], f"USER#{text_of(item, 'user')}"))
            taken = key[1].partition("#")[2]
            if user and taken != (text_of(user, field) or "").casefold():
                text = f"{key[0]} / {key[1]} is kept for user {text_of(item, 'user')}"
                yield Violation(NAME, f"{text}, whose {field} is {text_of(user, field)}.")
