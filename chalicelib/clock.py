"""The time: the only module that reads a clock or waits, so that a test can control both.

Timestamps are text as the documents write them: UTC to the second, `2013-08-21T13:19:19Z`.
"""

import time
from datetime import UTC, datetime, timedelta


def current_time() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def after(period: timedelta) -> datetime:
    """Return the time in UTC when this period from now will be over."""
    return current_time() + period


def now() -> str:
    """Return the current time as a timestamp."""
    return in_seconds(0)


def in_seconds(seconds: int) -> str:
    """Return the timestamp that many seconds from now."""
    return format_timestamp(after(timedelta(seconds=seconds)))


def format_timestamp(moment: datetime) -> str:
    """Return a time as a timestamp."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_until(timestamp: str) -> int:
    """Return how many seconds are left until a timestamp."""
    return int((datetime.fromisoformat(timestamp) - datetime.fromisoformat(now())).total_seconds())


def today() -> str:
    """Return the current date in UTC, `YYYY-MM-DD`."""
    return now()[:10]


def next_midnight() -> int:
    """Return when the current day ends in UTC, in seconds since 1970."""
    return int((datetime.fromisoformat(f"{today()}T00:00:00Z") + timedelta(days=1)).timestamp())


def microseconds() -> int:
    """Return the current time in microseconds since 1970."""
    return time.time_ns() // 1000


def milliseconds_ago(period: timedelta) -> int:
    """Return the time that was this period before now, in milliseconds since 1970."""
    return int(after(-period).timestamp() * 1000)


def read_milliseconds(timestamp: str) -> int:
    """Return a timestamp in milliseconds since 1970."""
    return to_milliseconds(datetime.fromisoformat(timestamp) - datetime.fromtimestamp(0, UTC))


def to_milliseconds(period: timedelta) -> int:
    """Return the number of milliseconds in a period."""
    return period // timedelta(milliseconds=1)


def at_milliseconds(milliseconds: int) -> datetime:
    """Return the time that is so many milliseconds after the beginning of 1970, in UTC."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)


def stopwatch() -> float:
    """Return a number of seconds that only ever rises. The difference of two calls is the time that has passed."""
    return time.perf_counter()


def sleep(seconds: float) -> None:
    """Wait for that many seconds."""
    time.sleep(seconds)
