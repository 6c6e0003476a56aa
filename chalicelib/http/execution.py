"""The execution of one request: check it, call its view, and complete each change before it is committed."""

from collections.abc import Generator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from chalice.app import Request

from chalicelib import errors, json_text
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.http import conditional, cursors, idempotency, negotiation
from chalicelib.http.endpoint import ANY_TYPE, Endpoint, find_reader
from chalicelib.http.path_variables import PATH_VARIABLES, read_path_values
from chalicelib.http.request import (
    DRY_RUN,
    IGNORED,
    ApiRequest,
    asks_for_dry_run,
    narrow_by_format,
    own_origin,
    raw_body,
    read_body,
    read_query,
)
from chalicelib.http.response import ApiResponse
from chalicelib.storage import unit_of_work
from chalicelib.storage.stamps import Author
from chalicelib.storage.unit_of_work import Change, Steps

if TYPE_CHECKING:  # few requests need it, and it makes cold starts slower
    from chalicelib.http.confirmation import Confirmation

READ_METHODS = ("GET", "HEAD")
NO_DRY_RUN = "This address has no dry run, and no Confirm-Token. Nothing was changed."
UNCONFIRMED = (
    "This account requires a confirmation to delete anything, also by an undo."
    " Send the same request with the header Prefer: dry-run. Then send it without that header, and with the"
    " confirm_token of the answer in the header Confirm-Token."
)


class Execution:
    """One request on its way through the service. `plan` and `prepare` are for unit_of_work.run.

    `plan` may be called several times, because another request was faster. It reads everything again.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        raw: Request,
        caller: Caller,
        path_texts: dict[str, str],
        request_id: str,
        *,
        is_dry_run: bool = False,
    ) -> None:
        self._endpoint = endpoint
        self._raw = raw
        self._caller = caller
        self._path_texts = path_texts
        self._request_id = request_id
        self._is_dry_run = is_dry_run  # then it keeps no receipt and needs no confirmation
        self._media_type = endpoint.media_type
        self._confirmation: Confirmation | None = None
        self._key: idempotency.IdempotencyKey | None = None
        self._request: ApiRequest | None = None  # None until it has been checked, and if a kept answer is sent again

    @property
    def author(self) -> Author:
        """The author of what the request changes."""
        return self._caller.as_author(self._request_id)

    @property
    def request(self) -> ApiRequest:
        """The request, once it has been checked. Raises ValueError before."""
        if self._request is None:
            raise ValueError("The request has not been checked.")
        return self._request

    def as_dry_run(self) -> "Execution":
        """Return an execution of the same request as a dry run."""
        checked = self._endpoint, self._raw, self._caller, self._path_texts, self._request_id
        return Execution(*checked, is_dry_run=True)

    def run(self) -> ApiResponse:
        """Carry out the request, or say what it would do if that is asked. Raises all errors of the API."""
        if self._raw.method not in READ_METHODS and self._asks_for_dry_run():
            from chalicelib.http import dry_run

            return dry_run.answer_dry_run(self.as_dry_run())
        return self._carry_out()

    def _asks_for_dry_run(self) -> bool:
        """Return whether the client asks what a write would do.

        Raises errors.BadRequest for a call without dry runs: it must not write what was to be confirmed first.
        """
        raw, endpoint = self._raw, self._endpoint
        if endpoint.has_dry_run:
            return asks_for_dry_run(raw)
        is_asked = "confirm-token" in raw.headers or DRY_RUN in (raw.query_params or ())
        if endpoint.media_type != ANY_TYPE and (is_asked or negotiation.prefers_dry_run(raw.headers)):
            raise errors.BadRequest(NO_DRY_RUN)
        return False

    def _carry_out(self) -> ApiResponse:
        if self._endpoint.has_dry_run and "confirm-token" in self._raw.headers:
            from chalicelib.http.confirmation import Confirmation

            self._confirmation = Confirmation(self._raw.headers["confirm-token"])
        writer = self._confirmation.writer if self._confirmation else None
        try:
            return unit_of_work.run(self.plan, self.prepare, self.author, writer)
        except errors.Problem as problem:
            if self._key and self._key.is_claimed and problem.status < 500:
                with suppress(errors.Problem):  # the claim expires anyway
                    unit_of_work.run(self._key.plan_release)
            raise

    def plan(self) -> Change[ApiResponse] | Steps[ApiResponse]:
        """Check the request and call its view, or answer with what is kept under its Idempotency-Key."""
        self._request = None
        self._require_allowed()
        if self._key is None and self._endpoint.keeps_answers:
            key = idempotency.read_key(self._raw, self._caller)
            self._key = None if self._is_dry_run else key
        kept_answer = self._key.find_answer() if self._key else None
        if kept_answer is not None:
            return Change(kept_answer)
        self._request = request = self._read_request()
        if self._confirmation:
            self._confirmation.require_valid(request)
        outcome = self._endpoint.view(request, **request.path_values)
        if isinstance(outcome, Generator):
            if self._confirmation:
                self._require_confirmed(self._confirmation)
            return self._complete_steps(request, outcome)
        change: Change[Any] = outcome if isinstance(outcome, Change) else Change(outcome)
        return change.with_answer(self._complete(request, _to_api_response(self._endpoint, request, change.answer)))

    def prepare(self, change: Change[Any], *, is_first: bool, is_last: bool) -> Change[Any]:
        """Check If-Match before the first change, and save the receipt of an Idempotency-Key.

        The receipt that is saved with the first of several changes claims the key. The last one has the answer.
        """
        if self._request is None:
            return change
        if is_first and self._confirmation:
            self._confirmation.require_same_change(change)
        if is_first and not change.resumes:
            change = self._require_if_match(self._request, change)
        if self._key and is_last:
            change = self._key.complete(change)
        elif self._key and is_first:
            change = self._key.claim(change)
        return change

    def _require_confirmed(self, confirmation: "Confirmation") -> None:
        """Raise errors.Conflict if the steps of the request would now do something else than its dry run has said."""
        if confirmation.writer.has_committed:
            return
        from chalicelib.http import dry_run

        planned, outlines = dry_run.plan_request(self.as_dry_run())
        confirmation.require_same_plan(planned, outlines.all)

    def _complete_steps(self, request: ApiRequest, steps: Steps[Any]) -> Steps[ApiResponse]:
        change = yield from steps
        return change.with_answer(self._complete(request, _to_api_response(self._endpoint, request, change.answer)))

    def _complete(self, request: ApiRequest, response: ApiResponse) -> ApiResponse:
        """Add the link to the documented path, and the entity tag."""
        response = _add_canonical_link(self._endpoint, request, response)
        if self._raw.method == "DELETE" or not response.text:
            return response
        return response.with_headers({"ETag": conditional.etag(response.text)})

    def _require_allowed(self) -> None:
        """Raises errors.BadRequest for a header that is too long, and errors.NotAcceptable.

        Raises errors.Forbidden for writes of other sites and of read-only credentials. OPTIONS is always allowed. It
        has no effect, and an answer without CORS headers tells a browser that a page may not send its request.
        """
        headers = self._raw.headers
        negotiation.require_allowed_lengths(headers)
        if self._raw.method == "OPTIONS":
            return
        if self._endpoint.media_type != ANY_TYPE:
            offered = narrow_by_format(self._raw, self._endpoint.media_types)
            self._media_type = negotiation.choose_media_type(headers.get("accept"), offered)
        if self._raw.method not in READ_METHODS:
            negotiation.require_allowed_origin(headers, own_origin(self._raw))
            if not (self._endpoint.is_open or self._endpoint.carries_messages):
                access.require_write_scope(self._caller)
            if self._caller.confirms_deletions and self._endpoint.is_deletion:
                self._require_token()

    def _require_token(self) -> None:
        """Raise errors.PreconditionRequired for a deletion that has no Confirm-Token and is no dry run."""
        if not self._is_dry_run and "confirm-token" not in self._raw.headers:
            raise errors.PreconditionRequired(UNCONFIRMED)

    def _read_request(self) -> ApiRequest:
        """Check path, query and body, in this order. Raises errors.NotFound, errors.Invalid and as parse_body."""
        endpoint, raw = self._endpoint, self._raw
        path_values = read_path_values(self._path_texts, are_ignored=endpoint.ignores_path_variables)
        ignored = (*IGNORED, DRY_RUN) if endpoint.has_dry_run else IGNORED
        query = read_query(raw, endpoint.query, endpoint.media_types, ignored)
        has_no_fields = endpoint.carries_messages or (endpoint.is_body_optional and not raw_body(raw))
        body = read_body(raw, None if has_no_fields else endpoint.body, partial=raw.method in ("PATCH", "PUT"))
        path = endpoint.paths[0].format(**(path_values or self._path_texts))
        is_usual_type = self._media_type == endpoint.media_type
        request = ApiRequest(
            raw, self._caller, query, body, path_values, self._request_id, path, self._media_type, is_usual_type
        )
        cursors.require_own_cursor(request)
        return request

    def _require_if_match(self, request: ApiRequest, change: Change[Any]) -> Change[Any]:
        """Require that If-Match names what a GET of the same address shows now, and still does at the commit.

        The versions of the rows to write and the counted additions see to the latter. Raises errors.PreconditionFailed.
        """
        endpoint, if_match = self._endpoint, self._raw.headers.get("if-match")
        if not if_match or self._raw.method in READ_METHODS or endpoint.is_open or endpoint.ignores_path_variables:
            return change
        reader = find_reader(endpoint)
        if reader is None:
            return change
        change = unit_of_work.require_nothing_added(change)
        path_values = {name: value for name, value in request.path_values.items() if f"{{{name}}}" in reader.paths[0]}
        read_request = ApiRequest(self._raw, self._caller, {}, {}, path_values, self._request_id)
        try:
            current = _to_api_response(reader, read_request, reader.view(read_request, **path_values))
        except errors.NotFound:  # the change creates it
            raise errors.PreconditionFailed("The object does not exist yet (If-Match). Nothing was changed.") from None
        conditional.require_match(current.text, if_match)
        return change


def _to_api_response(endpoint: Endpoint, request: ApiRequest, answer: Any) -> ApiResponse:
    """Give a value the status that the route declares first, and Location if the route declares what it creates.

    A response that the view made itself stays as it is. An array has no Location, because it has several objects.
    """
    if isinstance(answer, ApiResponse):
        return answer
    headers = {"Cache-Control": "no-store"} if endpoint.has_secret else {}
    response = ApiResponse("" if answer is None else answer, endpoint.statuses[0], headers)
    if endpoint.creates is None or isinstance(answer, list):
        return response
    body = json_text.load(answer) if isinstance(answer, str) else answer
    path_values = request.path_values | {endpoint.creates.variable: endpoint.creates.find_id(body)}
    path = endpoint.creates.path.format(**path_values) + PATH_VARIABLES[endpoint.creates.variable].suffix
    return response.with_headers({"Location": request.href(path)})


def _add_canonical_link(endpoint: Endpoint, request: ApiRequest, response: ApiResponse) -> ApiResponse:
    """Point from an alias to the documented path (RFC 8288, RFC 6596)."""
    if request.raw.path == endpoint.paths[0] or not endpoint.has_canonical_path:
        return response
    links = [response.headers.get("Link"), f'<{request.url(request.path)}>; rel="canonical"']
    return response.with_headers({"Link": ", ".join(filter(None, links))})
