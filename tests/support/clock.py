"""A clock that a test controls."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from chalicelib import clock


class Clock:
    """A clock that stands still until a test lets it go on."""

    def __init__(self) -> None:
        self.now = datetime(2027, 1, 30, 10, tzinfo=UTC)

    def later(self, seconds: int) -> str:
        """Return the timestamp that many seconds from now."""
        return clock.format_timestamp(self.now + timedelta(seconds=seconds))

    def goes(self, seconds: int = 60) -> None:
        """Let the clock go on by that many seconds."""
        self.now += timedelta(seconds=seconds)


class Timeline(Clock):
    """A clock that stands still for stamps as well. A test lets it go on between the changes that it makes."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.now = clock.current_time().replace(microsecond=0) + timedelta(minutes=1)
        self._calls = count()
        patch.setattr(clock, "current_time", lambda: self.now)
        patch.setattr(clock, "microseconds", self._microseconds)

    def _microseconds(self) -> int:
        """Return the time in microseconds, each time another one within the same milliseconds."""
        return int(self.now.timestamp() * 1000) * 1000 + next(self._calls) % 1000

    def mark(self) -> str:
        """Return the present time with milliseconds, and let the clock go on by a second."""
        time = self.now.isoformat(timespec="milliseconds")
        self.goes(1)
        return time.replace("+00:00", "Z")
