"""Times as the documents write them: UTC to the second, `2013-08-21T13:19:19Z`."""

from datetime import UTC, datetime, timedelta


def now() -> str:
    """This second."""
    return later(0)


def later(seconds: int) -> str:
    """So many seconds from now."""
    return written(datetime.now(UTC) + timedelta(seconds=seconds))


def written(moment: datetime) -> str:
    """A moment in that way."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def until(moment: str) -> int:
    """How many seconds are left until then."""
    return int((datetime.fromisoformat(moment) - datetime.fromisoformat(now())).total_seconds())


def today() -> str:
    """This day in UTC, `YYYY-MM-DD`."""
    return now()[:10]


def midnight() -> int:
    """When this day ends in UTC, in seconds since 1970."""
    return int((datetime.fromisoformat(f"{today()}T00:00:00Z") + timedelta(days=1)).timestamp())
