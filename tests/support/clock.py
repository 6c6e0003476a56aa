"""A clock that a test controls."""

from datetime import UTC, datetime, timedelta

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
