"""Every activity lies in exactly one place, and all its rows agree."""

from collections.abc import Iterator

from tests.simulation.checkers.timeline import Timeline
from tests.simulation.checkers.violation import Violation
from tests.support.places import find_wrong_places

NAME = "places"


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield activities whose copies disagree at the end."""
    return (Violation(NAME, text) for text in find_wrong_places(timeline.rows.values()))
