"""Check that all variants respond alike to good, bad and concurrent requests, before anything is timed."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench import calls
from bench.calls import ACTION, ACTIONS, INBOX, NEW, WORKSPACE
from bench.variants import OURS, HandlerProcess
from bench.world import SharedData
from infra.testing.documents import example

Json = dict[str, Any]
Transcript = dict[str, Any]  # what has to be equal in the responses, by the names of the requests
RACE_ROUNDS = 25  # times that each of two writers changes the same action

GOOD = {
    "as documented": example("action"),
    "with a title only": {"title": "  Just this  "},
    "with other spellings": NEW
    | {
        "labels": ["a", "b", "a"],
        "status": "In progress",
        "traffic_light": "amber",
        "progress": "40",
        "archived": "true",
    },
    "with new places on canvases": NEW | {"ogsm_canvases": [{"id": 789}, {"id": "790", "row_order": 3}, {"id": 790}]},
}
BAD = {
    "an empty body": {},
    "a blank title": {"title": "  "},
    "a long title": {"title": "x" * 256},
    "a misspelled name": NEW | {"titel": "x"},
    "wrong types": {"title": 1, "labels": "x", "progress": True, "archived": "perhaps", "description": 5},
    "wrong nested values": NEW
    | {"labels": [{"name": "good"}, {"name": ""}, {"nam": "x"}], "strategies": [{"id": 0}, {}]},
    "an unknown status": NEW | {"status": {"name": "later"}, "traffic_light": "blue"},
    "invalid dates": NEW | {"start": "2026-02-30", "due": "tomorrow"},
    "a due date before the start": NEW | {"start": "2026-12-31", "due": "2026-01-01"},
    "too much progress": NEW | {"progress": 101},
    "half a place on a canvas": NEW | {"ogsm_canvases": [{"row_order": 1}]},
    "nulls": NEW | {"title": None, "labels": None, "progress": None},
}
CHANGES = {
    "nothing": {},
    "to nulls": {"assignee": None, "description": None},
    "whole lists": {"labels": ["one"], "strategies": []},
    "the due date to before the start": {"due": "2023-01-01"},
    "the id": {"id": 999},
    "to the same id": {"id": "1", "progress": 60},
    "to a blank title": {"title": ""},
}


def transcript(process: HandlerProcess, data: SharedData) -> Transcript:
    """Return what a variant responds to all requests of this module."""
    return dict(_responses(process, data))


def responses(process: HandlerProcess, events: Mapping[str, Json]) -> Transcript:
    """Return what a variant responds to these events."""
    return {name: _send(process, event) for name, event in events.items()}


def compare(transcripts: Mapping[str, Transcript]) -> int:
    """Return the number of responses, which all variants have in common.

    Exits the program at the first response that differs from the service's.
    """
    for variant, transcript in transcripts.items():
        for name, expected in transcripts[OURS].items():
            if transcript[name] != expected:
                sys.exit(f"{variant} responds to {name!r} with\n{transcript[name]}\nand not with\n{expected}")
    return len(transcripts[OURS])


def race(first: HandlerProcess, second: HandlerProcess) -> None:
    """Exit the program if two concurrent writers lose a change, or are given the same id."""
    variant = first.variant.name
    action_id = _send(first, calls.build_event("POST", ACTIONS, body=NEW))["body"]["id"]
    with ThreadPoolExecutor(2) as pool:
        progress = pool.submit(_write, first, action_id, lambda number: {"progress": number})
        labels = pool.submit(_write, second, action_id, lambda number: {"labels": [{"name": str(number)}]})
    accepted = progress.result()[0] | labels.result()[0]
    ids = progress.result()[1] + labels.result()[1]
    action = _send(first, calls.build_event("GET", ACTION, ids={"action_id": action_id}))["body"]
    if {name: action[name] for name in accepted} != accepted:
        sys.exit(f"{variant} has lost a change: it accepted {accepted}, and now has {action}")
    if len(set(ids)) < len(ids):
        sys.exit(f"{variant} has given an id twice: {ids}")


def _write(process: HandlerProcess, action_id: int, change: Callable[[int], Json]) -> tuple[Json, list[int]]:
    """Change an action and create others, and return the last accepted change and the new ids."""
    accepted: Json = {}
    ids = []
    for number in range(1, RACE_ROUNDS + 1):
        body = change(number)
        response = _send(process, calls.build_event("PATCH", ACTION, ids={"action_id": action_id}, body=body))
        accepted = body if response["status"] == 200 else accepted
        ids.append(_send(process, calls.build_event("POST", ACTIONS, body=NEW))["body"]["id"])
    return accepted, ids


def _responses(process: HandlerProcess, data: SharedData) -> Iterator[tuple[str, Any]]:
    first_action = {"action_id": "1.json"}
    for name, body in GOOD.items():
        yield f"create {name}", _send(process, calls.build_event("POST", ACTIONS, body=body))
    for name, body in BAD.items():
        yield f"create with {name}", _send(process, calls.build_event("POST", ACTIONS, body=body))
    for name, body in CHANGES.items():
        yield f"change {name}", _send(process, calls.build_event("PATCH", ACTION, ids=first_action, body=body))
    for text in ("{", "[1]", '"text"'):
        yield f"create with {text}", _send(process, calls.build_event("POST", ACTIONS, body=text))
    for missing in ("999", "abc", "0"):
        ids = {"action_id": missing}
        yield f"get {missing}", _send(process, calls.build_event("GET", ACTION, ids=ids))
        yield f"change {missing}", _send(process, calls.build_event("PATCH", ACTION, ids=ids, body={"progress": 1}))
    without_write_scope = calls.build_event("POST", ACTIONS, body=NEW)
    without_write_scope["requestContext"]["authorizer"]["scope"] = "read"
    yield "create with a read credential", _send(process, without_write_scope)
    yield from _conditional_responses(process, first_action)
    yield from _shared_data_responses(process, data)


def _conditional_responses(process: HandlerProcess, first_action: Json) -> Iterator[tuple[str, Any]]:
    etag = _header(process.send(calls.build_event("GET", ACTION, ids=first_action))["response"], "etag")
    for name, value in {"the etag": etag, "another": '"another"', "any": "*", "several": f'"x", {etag}'}.items():
        unless, only = {"If-None-Match": value}, {"If-Match": value}
        yield f"get unless {name}", _send(process, calls.build_event("GET", ACTION, ids=first_action, headers=unless))
        change = calls.build_event("PATCH", ACTION, ids=first_action, body={}, headers=only)
        yield f"change only {name}", _send(process, change)
    list_etag = {"If-None-Match": _header(process.send(calls.build_event("GET", ACTIONS))["response"], "etag")}
    yield "list unless the etag", _send(process, calls.build_event("GET", ACTIONS, headers=list_etag))


def _shared_data_responses(process: HandlerProcess, data: SharedData) -> Iterator[tuple[str, Any]]:
    user = data.user["id"]
    for account, count in calls.ACTION_COUNTS.items():
        response = _send(process, calls.build_event("GET", ACTIONS, account=account))
        if len(response["body"]) != count:
            sys.exit(f"{process.variant.name} lists {len(response['body'])} actions, not {count}")
        yield f"list {count}", response
    for resource in (WORKSPACE, INBOX):
        for workspace in (data.workspace["id"], 999):
            ids = {"workspace_id": workspace}
            yield f"get {resource} {workspace}", _send(process, calls.build_event("GET", resource, user=user, ids=ids))
    ids = {"workspace_id": data.workspace["id"]}
    yield "get a workspace of others", _send(process, calls.build_event("GET", WORKSPACE, user="fffffffff", ids=ids))


def _send(process: HandlerProcess, event: Json) -> Json:
    """Return a response without what may differ: the words of a problem, the value of an ETag, the type of no body."""
    response = process.send(event)["response"]
    content_type = _header(response, "content-type")
    body: Any = json.loads(response["body"]) if response["body"] else None
    if content_type.startswith("application/problem+json"):
        body = {"title": body["title"], "wrong": sorted(one["pointer"] for one in body.get("errors", ()))}
    return {
        "status": response["statusCode"],
        "content type": content_type.partition(";")[0] if body is not None else "",
        "body": body,
        "has an etag": bool(_header(response, "etag")),
        "location": _header(response, "location"),
    }


def _header(response: Json, name: str) -> str:
    """Return the value of a header, which may have either form that API Gateway accepts."""
    single, several = response.get("headers") or {}, response.get("multiValueHeaders") or {}
    values = {key.lower(): value for key, value in single.items()}
    values |= {key.lower(): value[0] for key, value in several.items()}
    return str(values.get(name, ""))
