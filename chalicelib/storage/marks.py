"""TODO."""

import re
from collections.abc import Iterable

MARK = "\0"  # jsontext.MARKED finds it


def people_in(texts: Iterable[str]) -> set[str]:
    """The ids of everybody who stands in these stored texts."""
    return {user for text in texts for user in PERSON_MARK.findall(text)}


CREATED_MARK = '"\\u0000"'  # the time at which an activity was made, in its stored text, see domain.activities
PERSON_MARK = re.compile(r'"\\u0000([0-9a-f]{9})"')  # a person in stored text, see domain.activities


def fill_in_times(text: str) -> str:
    """The stored text of an activity with the time at which it was made, the first one in it, wherever it is meant."""
    made = text.partition('"created_at":')[2].partition(",")[0]
    return text.replace(CREATED_MARK, made)
