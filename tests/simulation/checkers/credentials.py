"""A credential works from the answer that shows it until it is revoked. Every account keeps an admin who can write."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby

from tests.simulation.checkers.items import Item, Key, account_of, kind_of, text_of
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.history import Request

NAME = "credentials"
CREDENTIAL_KEY = re.compile(rb"\b[1-9]\d{0,8}-[0-9a-f]{16}\b")
SHOWING = ("/invitations/", "/settings/api", "/api/credentials")  # where answers show credentials
NEEDED = ("credential", "user")  # the rows that tell whether an admin can write

Rows = dict[Key, Item]


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield the use of revoked credentials, credentials that never existed, and accounts that nobody can manage."""
    for request in timeline.history.requests:
        if request.is_acknowledged:
            yield from _check_use(timeline, request)
            yield from _check_shown(timeline, request)
    yield from _check_admins(timeline)


def _check_use(timeline: Timeline, request: Request) -> Iterator[Violation]:
    """Yield a request that was answered although its credential, or that of its token, had been revoked before."""
    key = timeline.keys.get((request.account, "credential", request.credential))
    versions = timeline.versions_between(key, request.started, request.ended or request.started) if key else []
    if versions and all(item and "revoked_at" in item for item in versions):
        text = f"{request.id} ({request.method} {request.path}) worked with credential {request.credential}"
        yield Violation(NAME, f"{text}, which had been revoked before.", (request.id,))


def _check_shown(timeline: Timeline, request: Request) -> Iterator[Violation]:
    if request.response is None or not request.path.startswith(SHOWING):
        return
    for found in sorted(set(CREDENTIAL_KEY.findall(request.response.body))):
        if (request.account, "credential", found.decode()) not in timeline.keys:
            text = f"{request.id} ({request.method} {request.path}) shows credential {found.decode()}"
            yield Violation(NAME, f"{text}, which never existed.", (request.id,))


def _check_admins(timeline: Timeline) -> Iterator[Violation]:
    """Yield a commit after which no admin of an account can write any more, although one could before.

    What expires while a request is carried out counts as valid.
    """
    rows: Rows = {key: item for key, item in timeline.first_rows.items() if kind_of(item) in NEEDED}
    changes = (change for change in timeline.changes if kind_of(change.item) in NEEDED)
    for _, group in groupby(changes, lambda change: change.commit):
        commit = list(group)
        before = rows
        rows = rows | {change.key: change.after for change in commit if change.after}
        account, request = account_of(commit[0].key), timeline.requests.get(commit[0].owner)
        if account is None or request is None:
            continue
        if _can_write(before, account, request.at) and not _can_write(rows, account, request.at):
            text = f"{request.id} ({request.method} {request.path}) left account {account} without an admin"
            yield Violation(NAME, f"{text} who can write.", (request.id,))


def _can_write(rows: Rows, account: int, seconds: float) -> bool:
    """Return whether an admin of an account has a credential that may write at that time."""
    partition = f"ACCOUNT#{account:09}"
    now = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return any(
        "revoked_at" not in item
        and text_of(item, "scope") == "write"
        and (text_of(item, "expires_at") or "9999") > now
        and _is_admin(rows.get((partition, f"USER#{text_of(item, 'user')}")))
        for key, item in rows.items()
        if kind_of(item) == "credential" and key[0] == partition
    )


def _is_admin(user: Item | None) -> bool:
    return text_of(user, "role") == "admin" and text_of(user, "deletion_state") is None
