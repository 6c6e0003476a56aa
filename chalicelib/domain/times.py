"""Times as the documents write them: UTC to the second, `2013-08-21T13:19:19Z`."""

from datetime import UTC, datetime, timedelta


def now() -> str:
    """This second."""
    return later(0)


def later(seconds: int) -> str:
    """So many seconds from now."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def today() -> str:
    """This day in UTC, `YYYY-MM-DD`."""
    return now()[:10]
