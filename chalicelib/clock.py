"""Times as the documents write them: UTC to the second, `2013-08-21T13:19:19Z`."""

from datetime import UTC, datetime, timedelta


def now() -> str:
    """This second."""
    return in_seconds(0)


def in_seconds(seconds: int) -> str:
    """So many seconds from now."""
    return format_timestamp(datetime.now(UTC) + timedelta(seconds=seconds))


def format_timestamp(moment: datetime) -> str:
    """A moment in that way."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_until(moment: str) -> int:
    """How many seconds are left until then."""
    return int((datetime.fromisoformat(moment) - datetime.fromisoformat(now())).total_seconds())


def today() -> str:
    """This day in UTC, `YYYY-MM-DD`."""
    return now()[:10]


def next_midnight() -> int:
    """When this day ends in UTC, in seconds since 1970."""
    return int((datetime.fromisoformat(f"{today()}T00:00:00Z") + timedelta(days=1)).timestamp())
