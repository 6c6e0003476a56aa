"""`make logs STAGE=dev`: the log of a deployed function, followed as it grows."""

import time

from infra import aws, terminal

START_SECONDS = 600  # how far back the output begins
OVERLAP_SECONDS = 60  # events may arrive later than those that are newer
POLL_SECONDS = 3.0


def follow(group: str) -> None:
    """Print the events of a log group from ten minutes ago on, until Ctrl-C. Raises ClientError and BotoCoreError."""
    since = _now() - START_SECONDS * 1000
    seen: dict[str, int] = {}
    while True:
        seen = show_new(group, since, seen)
        since = max([since, *(moment - OVERLAP_SECONDS * 1000 for moment in seen.values())])
        time.sleep(POLL_SECONDS)


def show_new(group: str, since: int, seen: dict[str, int]) -> dict[str, int]:
    """Print the events since a time in milliseconds that were not seen yet. Return the ids and times of all of them."""
    pages = aws.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since)
    current: dict[str, int] = {}
    for event in (event for page in pages for event in page["events"]):
        if event["eventId"] not in seen:
            terminal.show(event["message"].rstrip())
        current[event["eventId"]] = event["timestamp"]
    return current


def _now() -> int:
    """Return the current time in milliseconds, as CloudWatch counts it."""
    return int(time.time() * 1000)
