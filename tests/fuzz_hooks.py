"""What Schemathesis cannot know from a schema: which keys, tags and cursors fit the moment."""

import os
import uuid
from typing import Any

import schemathesis


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Gives each request a key of its own, as clients do, and leaves out what only an earlier answer can tell."""
    headers, query = case.headers or {}, case.query or {}
    if headers.get("Idempotency-Key"):
        headers["Idempotency-Key"] = str(uuid.uuid4())
    headers.pop("If-Match", None)
    if (case.path_parameters or {}).get("credential_id") == os.environ["FUZZED_WITH"]:  # or all that follows were 401
        case.path_parameters["credential_id"] = "1-0000000000000000"
    if case.meta and case.meta.generation.mode.is_negative:
        return
    query.pop("cursor", None)
    if "limit" in query:  # a list is cut in one of two ways
        query.pop("page", None)
        query.pop("per_page", None)
    if isinstance(case.body, dict) and {"start", "due"} & case.body.keys():  # neither may lie before the other
        case.body["due" if "start" in case.body else "start"] = None
    if "action_id" in (case.path_parameters or {}) and isinstance(case.body, dict):
        case.body.pop("id", None)  # it would have to be the path's
