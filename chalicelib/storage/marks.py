"""Placeholders in the stored texts of activities, delegations and comments.

A stored text contains no names, because names change. It refers to a person by a NUL character and the id of the
user, as in `"creator": "\\u0000a1b2c3d4e"`. A NUL alone stands for the time at which the activity was created. Most
blocks of an activity contain that time twice, and without the placeholder a row would exceed the 1 KB that one write
unit pays for. Text from clients cannot contain a NUL.
"""

import re
from collections.abc import Iterable

MARK = "\0"  # begins every placeholder in a stored object
CREATED_MARK = '"\\u0000"'  # the placeholder for the time of creation, in JSON text
PERSON_MARK = re.compile(r'"\\u0000([0-9a-f]{9})"')  # the placeholder for a person, in JSON text


def people_in(texts: Iterable[str]) -> set[str]:
    """Return the ids of all people in these stored texts."""
    return {user for text in texts for user in PERSON_MARK.findall(text)}


def fill_in_times(text: str) -> str:
    """Return the stored text of an activity with the time of creation in place of its placeholders.

    That time is the first `created_at` of the text.
    """
    created_at = text.partition('"created_at":')[2].partition(",")[0]
    return text.replace(CREATED_MARK, created_at)
