"""The history of a simulation as lines of text, and its digest."""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from tests.simulation.history import Delivery, Entry, Event, History, Mail, Request, StoreOperation
from tests.simulation.short_text import describe_operation, short_json
from tests.simulation.simulation import Simulation

STARTED, HAPPENED, ANSWERED = range(3)  # the order of what has the same step


class Line(NamedTuple):
    """One thing that happened, with whom it concerns: a request such as `c2.r5`, or another process."""

    step: int
    order: int
    owner: str
    text: str


def render(simulation: Simulation) -> list[str]:
    """Return the history, a line each for what happened: its step, a column for each client, whose it is, and what."""
    names = [client.name for client in simulation.clients]
    lines = sorted(_lines(simulation.history), key=lambda line: line[:2])
    width = max((len(line.owner) for line in lines), default=0)
    head = f"{'step':>6}  {' '.join(names)}  {'whose':{width}}  what"
    return [head, *(_format(line, names, width) for line in lines)]


def digest(simulation: Simulation) -> str:
    """Return a hash over everything that happened. Two runs of one seed must have the same."""
    checksum = hashlib.sha256()
    for line in render(simulation):
        checksum.update(line.encode())
    for entry in simulation.history.entries:
        checksum.update(repr(entry).encode())
    for request in simulation.history.requests:
        checksum.update(repr((request.id, request.path, request.body, request.outcome, request.response)).encode())
    return checksum.hexdigest()


def _format(line: Line, names: list[str], width: int) -> str:
    client = line.owner.partition(".")[0]
    columns = " ".join(("*" if name == client else "").ljust(len(name)) for name in names)
    text = line.text.replace("\n", "\n" + " " * 12)
    return f"{line.step:>6}  {columns}  {line.owner:{width}}  {text}"


def _lines(history: History) -> Iterator[Line]:
    for entry in history.entries:
        if not _is_idle(entry):
            yield _line_of(entry)
    for request in history.requests:
        yield Line(request.started, STARTED, request.id, f"--> {_describe_request(request)}")
        if request.response and request.ended is not None:
            yield Line(request.ended, ANSWERED, request.id, f"<-- {_describe_answer(request)}")
        elif request.finished is not None and request.outcome == "abandoned":
            yield Line(request.finished, ANSWERED, request.id, "the service has finished what nobody waits for")


def _is_idle(entry: Entry) -> bool:
    """Return whether the scheduled function has looked for alarms and found none."""
    if not isinstance(entry, StoreOperation) or "IndexName" not in entry.request or entry.fault:
        return False
    return entry.response is not None and not entry.response["Items"]


def _line_of(entry: Entry) -> Line:
    if isinstance(entry, Event):
        return Line(entry.step, HAPPENED, entry.name, entry.text)
    if isinstance(entry, StoreOperation):
        name = entry.task if entry.task.startswith(entry.owner) else f"{entry.owner} {entry.task}"
        return Line(entry.step, HAPPENED, name, describe_operation(entry))
    if isinstance(entry, Delivery):
        return Line(entry.step, HAPPENED, entry.owner, _describe_delivery(entry))
    return Line(entry.step, HAPPENED, entry.owner, _describe_mail(entry))


def _describe_request(request: Request) -> str:
    headers = "".join(f" {name}: {value}" for name, value in request.headers.items() if name != "Authorization")
    body = "" if request.body is None else f" {short_json(request.body)}"
    return f"{request.verb} {request.method} {request.path}{body}{headers}"


def _describe_answer(request: Request) -> str:
    assert request.response
    replayed = " (replayed)" if "idempotency-replayed" in request.response.headers else ""
    return f"{request.response.status}{replayed} {short_json(request.response.json)}"


def _describe_delivery(delivery: Delivery) -> str:
    fault = f" [{delivery.fault}]" if delivery.fault else ""
    return f"message {delivery.id} to {delivery.url} = {delivery.status}{fault} {delivery.body[:200]}"


def _describe_mail(mail: Mail) -> str:
    accepted = "accepted" if mail.is_accepted else "not accepted"
    fault = f" [{mail.fault}]" if mail.fault else ""
    return f"mail to {mail.to}: {mail.subject} = {accepted}{fault}"
