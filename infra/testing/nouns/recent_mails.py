"""Notes of the last mails to addresses. They have no routes of their own."""

from chalicelib.storage.models.recent_mails import RecentMail
from infra.testing.noun import Noun
from infra.testing.sample_rows import FIRST_ID, TTL, SampleRow


def sample_rows(account: int) -> list[SampleRow]:
    """Return the note of an invitation that was mailed to an address."""
    note = RecentMail.at(account, "", "", about=str(FIRST_ID), ttl=TTL)
    return [SampleRow(note, lambda n: RecentMail.ref(account, f"INVITATION-{FIRST_ID}", f"somebody.{n}@acme.example"))]


NOUN = Noun(sample_rows=sample_rows)
