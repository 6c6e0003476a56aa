"""Times as the documents write them: UTC to the second, `2013-08-21T13:19:19Z`."""

from datetime import UTC, datetime


def now() -> str:
    """This second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def today() -> str:
    """This day in UTC, `YYYY-MM-DD`."""
    return now()[:10]
