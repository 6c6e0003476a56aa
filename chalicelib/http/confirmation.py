"""Confirm-Token: the same request is carried out as its dry run has said, or not at all.

The token is a signed state. It names the credential and the request, and what the dry run has planned: the versions of
the rows that it would write, and the mails. Ids and times are not part of that, because they do not exist yet.

A request with one commit is compared when it is planned for that commit, which then requires the same versions. A
longer one is planned as a dry run again and compared. Then its first commit requires the same versions.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib import errors, json_text
from chalicelib.domain.access import Caller
from chalicelib.http import signed_states
from chalicelib.http.request import DRY_RUN, IGNORED, ApiRequest, raw_body
from chalicelib.storage.planned_rows import PlannedRows, RowVersions, list_versions
from chalicelib.storage.unit_of_work import Change, Writer

PURPOSE = "confirmation"
AGAIN = "Nothing was changed. Send the request with Prefer: dry-run to get a new token."
NOT_A_TOKEN = f"The Confirm-Token is not one that this service has made for your credential. {AGAIN}"
OTHER_CALLER = f"The Confirm-Token was made for another credential. {AGAIN}"
OTHER_REQUEST = f"The Confirm-Token was made for another request: its method, address or body was different. {AGAIN}"
EXPIRED = f"The Confirm-Token has expired: it is valid for {signed_states.LIFETIME_SECONDS} seconds. {AGAIN}"
CHANGED = f"Something has changed since the dry run, so that the request would now do something else. {AGAIN}"

Outlines = Sequence[Mapping[str, str]]


def issue_token(caller: Caller, request: ApiRequest, commits: Sequence[RowVersions], outlines: Outlines) -> str:
    """Return the token with which the caller can confirm what the dry run of a request has planned."""
    state = {"key": caller.key, "request": _digest_request(request), "plan": _digest_plan(commits, outlines)}
    return signed_states.sign(caller, PURPOSE, state, None)


class Confirmation:
    """The Confirm-Token of one request. Once its `writer` has committed something, nothing is compared any more."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._plan = ""  # the digest of what was confirmed
        self._first: RowVersions | None = None  # what the first of several commits must write
        self._refused: list[RowVersions] = []
        self.writer = Writer()

    def require_valid(self, request: ApiRequest) -> None:
        """Raise errors.WrongState, which says why, unless the token was made for this caller and this request.

        Once the request has begun to write, the token is not checked again.
        """
        if self.writer.has_committed:
            return
        self._first, caller = None, request.caller
        state = signed_states.peek(self._token)
        if state is None:
            raise errors.WrongState(NOT_A_TOKEN)
        if state.get("key") != caller.key:
            raise errors.WrongState(OTHER_CALLER)
        try:
            signed_states.read(caller, PURPOSE, self._token, None)
        except errors.ExpiredState:
            raise errors.ExpiredState(EXPIRED) from None
        except errors.WrongState:
            raise errors.WrongState(NOT_A_TOKEN) from None
        if state["request"] != _digest_request(request):
            raise errors.WrongState(OTHER_REQUEST)
        self._plan = state["plan"]

    def require_same_plan(self, planned: PlannedRows, outlines: Outlines) -> None:
        """Raise errors.Conflict unless a new dry run has planned the same."""
        self._require(_digest_plan(planned.commits, outlines) == self._plan)
        self._first, self._refused = planned.commits[0] if planned.commits else [], planned.refused

    def require_same_change(self, change: Change[Any]) -> None:
        """Raise errors.Conflict unless the first or only commit writes what was confirmed.

        Raise errors.Stale for a commit after which the dry run had to plan something anew, so that this does so, too.
        """
        if self.writer.has_committed:
            return
        versions = list_versions(change)
        if self._first is None:
            self._require(_digest_plan([versions] if versions else [], []) == self._plan)
            return
        if versions != self._first and versions in self._refused:
            raise errors.Stale(CHANGED)
        self._require(versions == self._first)

    def _require(self, is_same: bool) -> None:
        if not is_same:
            raise errors.Conflict(CHANGED)


def _digest_plan(commits: Sequence[RowVersions], outlines: Outlines) -> str:
    return _digest([list(commits), [dict(one) for one in outlines]])


def _digest_request(request: ApiRequest) -> str:
    raw = request.raw
    query = {**raw.query_params} if raw.query_params else {}
    parameters = sorted((name, value) for name, value in query.items() if name not in (*IGNORED, DRY_RUN))
    body = hashlib.sha256(raw_body(raw)).hexdigest()
    return _digest([raw.method, request.path, parameters, body])


def _digest(value: object) -> str:
    return hashlib.sha256(json_text.dump_sorted(value).encode()).hexdigest()
