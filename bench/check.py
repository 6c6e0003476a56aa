"""That all variants answer the same, before anything is timed: to good requests, to bad ones, and to two at once."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench import calls
from bench.calls import ACTION, ACTIONS, INBOX, NEW, WORKSPACE
from bench.variants import OURS, Child
from bench.world import People
from infra.testing.documents import example

Json = dict[str, Any]
Transcript = dict[str, Any]
OFTEN = 25  # times that each of two writers changes the same action

GOOD = {
    "as documented": example("action"),
    "with no more than a title": {"title": "  Just this  "},
    "in other spellings": NEW
    | {
        "labels": ["a", "b", "a"],
        "status": "In progress",
        "traffic_light": "amber",
        "progress": "40",
        "archived": "true",
    },
    "behind the last of a canvas": NEW | {"ogsm_canvases": [{"id": 789}, {"id": "790", "row_order": 3}, {"id": 790}]},
}
BAD = {
    "nothing": {},
    "a blank title": {"title": "  "},
    "a long title": {"title": "x" * 256},
    "a misspelled name": NEW | {"titel": "x"},
    "wrong kinds": {"title": 1, "labels": "x", "progress": True, "archived": "perhaps", "description": 5},
    "wrong within": NEW | {"labels": [{"name": "good"}, {"name": ""}, {"nam": "x"}], "strategies": [{"id": 0}, {}]},
    "an unknown status": NEW | {"status": {"name": "later"}, "traffic_light": "blue"},
    "no real dates": NEW | {"start": "2026-02-30", "due": "tomorrow"},
    "due before it starts": NEW | {"start": "2026-12-31", "due": "2026-01-01"},
    "too much progress": NEW | {"progress": 101},
    "half a place": NEW | {"ogsm_canvases": [{"row_order": 1}]},
    "nulls": NEW | {"title": None, "labels": None, "progress": None},
}
CHANGES = {
    "nothing": {},
    "nulls": {"assignee": None, "description": None},
    "lists whole": {"labels": ["one"], "strategies": []},
    "due before the stored start": {"due": "2023-01-01"},
    "another id": {"id": 999},
    "the same id": {"id": "1", "progress": 60},
    "a blank title": {"title": ""},
}


def transcript(child: Child, people: People) -> Transcript:
    """What a variant answers to everything here, reduced to what has to be equal."""
    return dict(_told(child, people))


def answers(child: Child, events: Mapping[str, Json]) -> Transcript:
    """What a variant answers to these events, in the same form."""
    return {name: _said(child.ask(event)) for name, event in events.items()}


def compare(transcripts: Mapping[str, Transcript]) -> int:
    """Ends the program at the first answer that differs from the service's; else answers how many are equal."""
    for name, mine in transcripts.items():
        for question, answer in transcripts[OURS].items():
            if mine[question] != answer:
                sys.exit(f"{name} answers {question!r} with\n{mine[question]}\nand not with\n{answer}")
    return len(transcripts[OURS])


def race(one: Child, other: Child) -> None:
    """Ends the program where two writers at once lose a change, or are given the same id."""
    made = _said(one.ask(calls.event("POST", ACTIONS, body=NEW)))["body"]["id"]
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(_write, one, made, lambda number: {"progress": number})
        second = pool.submit(_write, other, made, lambda number: {"labels": [{"name": str(number)}]})
        kept, ids = _joined(first.result(), second.result())
    found = _said(one.ask(calls.event("GET", ACTION, ids={"action_id": made})))["body"]
    if {name: found[name] for name in kept} != kept:
        sys.exit(f"{one.variant.name} has lost a change: {found}, and it accepted {kept}")
    if len(set(ids)) < len(ids):
        sys.exit(f"{one.variant.name} has given an id twice: {ids}")


def _write(child: Child, action_id: int, change: Callable[[int], Json]) -> tuple[Json, list[int]]:
    kept: Json = {}
    ids = []
    for number in range(1, OFTEN + 1):
        body = change(number)
        answer = _said(child.ask(calls.event("PATCH", ACTION, ids={"action_id": action_id}, body=body)))
        kept = body if answer["status"] == 200 else kept
        ids.append(_said(child.ask(calls.event("POST", ACTIONS, body=NEW)))["body"]["id"])
    return kept, ids


def _joined(first: tuple[Json, list[int]], second: tuple[Json, list[int]]) -> tuple[Json, list[int]]:
    return first[0] | second[0], first[1] + second[1]


def _told(child: Child, people: People) -> Iterator[tuple[str, Any]]:
    one = {"action_id": "1.json"}
    for name, body in GOOD.items():
        yield f"create {name}", _said(child.ask(calls.event("POST", ACTIONS, body=body)))
    for name, body in BAD.items():
        yield f"create with {name}", _said(child.ask(calls.event("POST", ACTIONS, body=body)))
    for name, body in CHANGES.items():
        yield f"change {name}", _said(child.ask(calls.event("PATCH", ACTION, ids=one, body=body)))
    for text in ("{", "[1]", '"text"'):
        yield f"create with {text}", _said(child.ask(calls.event("POST", ACTIONS, body=text)))
    for missing in ("999", "abc", "0"):
        ids = {"action_id": missing}
        yield f"get {missing}", _said(child.ask(calls.event("GET", ACTION, ids=ids)))
        yield f"change {missing}", _said(child.ask(calls.event("PATCH", ACTION, ids=ids, body={"progress": 1})))
    reading = calls.event("POST", ACTIONS, body=NEW)
    reading["requestContext"]["authorizer"]["scope"] = "read"
    yield "create to read", _said(child.ask(reading))
    yield from _conditional(child, one)
    yield from _shown(child, people)


def _conditional(child: Child, one: Json) -> Iterator[tuple[str, Any]]:
    tag = _header(child.ask(calls.event("GET", ACTION, ids=one))["answer"], "etag")
    for name, value in {"the tag": tag, "another": '"another"', "any": "*", "several": f'"x", {tag}'}.items():
        unless, only = {"If-None-Match": value}, {"If-Match": value}
        yield f"get unless {name}", _said(child.ask(calls.event("GET", ACTION, ids=one, headers=unless)))
        change = calls.event("PATCH", ACTION, ids=one, body={}, headers=only)
        yield f"change only {name}", _said(child.ask(change))
    many = {"If-None-Match": _header(child.ask(calls.event("GET", ACTIONS))["answer"], "etag")}
    yield "list unless known", _said(child.ask(calls.event("GET", ACTIONS, headers=many)))


def _shown(child: Child, people: People) -> Iterator[tuple[str, Any]]:
    user = people.card["id"]
    for account, size in calls.SIZES.items():
        answer = _said(child.ask(calls.event("GET", ACTIONS, account=account)))
        if len(answer["body"]) != size:
            sys.exit(f"{child.variant.name} lists {len(answer['body'])} actions, not {size}")
        yield f"list {size}", answer
    for resource in (WORKSPACE, INBOX):
        for workspace in (people.workspace["id"], 999):
            place = {"workspace_id": workspace}
            yield f"get {resource} {workspace}", _said(child.ask(calls.event("GET", resource, user=user, ids=place)))
    place = {"workspace_id": people.workspace["id"]}
    yield "a stranger", _said(child.ask(calls.event("GET", WORKSPACE, user="fffffffff", ids=place)))


def _said(told: Json) -> Json:
    """An answer without what may differ: the words of a problem or a tag, the kind of a body that is not there."""
    answer = told["answer"]
    kind = _header(answer, "content-type")
    body: Any = json.loads(answer["body"]) if answer["body"] else None
    if kind.startswith("application/problem+json"):
        body = {"title": body["title"], "wrong": sorted(one["pointer"] for one in body.get("errors", ()))}
    return {
        "status": answer["statusCode"],
        "kind": kind.partition(";")[0] if body is not None else "",
        "body": body,
        "has a tag": bool(_header(answer, "etag")),
        "location": _header(answer, "location"),
    }


def _header(answer: Json, name: str) -> str:
    """A header of either form that API Gateway takes."""
    single, several = answer.get("headers") or {}, answer.get("multiValueHeaders") or {}
    values = {key.lower(): value for key, value in single.items()}
    values |= {key.lower(): value[0] for key, value in several.items()}
    return str(values.get(name, ""))
