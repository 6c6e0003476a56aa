"""Small histories that are written by hand, to show to the checkers."""

import base64
from typing import Any

from chalicelib.storage import stamps
from chalicelib.storage.stamps import Author
from tests.simulation.checkers.items import Item, Key, key_of
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.history import History, Mail, Request, Response, StoreOperation
from tests.simulation.store import Commit, RowChange

ACCOUNT, OGSM = "ACCOUNT#000000001", "ACCOUNT#000000001#OGSM"
USER = "0123456a1"
START = 1_800_000_000.0


def item(kind: str, pk: str, sk: str, **attributes: str | int | bool) -> Item:
    """Return a row as DynamoDB has it. Numbers become texts of digits."""
    found: Item = {"pk": {"S": pk}, "sk": {"S": sk}, "kind": {"S": kind}}
    for name, value in attributes.items():
        found[name] = (
            {"BOOL": value}
            if isinstance(value, bool)
            else {"N": str(value)}
            if isinstance(value, int)
            else {"S": value}
        )
    return found


def action(title: str, version: int = 1, number: int = 1, **fields: str) -> Item:
    """Return an action with a title."""
    text = ",".join(
        [f'{{"id":{number}', f'"title":"{title}"', *(f'"{name}":"{value}"' for name, value in fields.items())]
    )
    return item("action", OGSM, f"ACTION#{number:016}", doc=text + "}", version=version)


class Scene:
    """A history that grows by one step with each method."""

    def __init__(self, *rows: Item) -> None:
        self._first_rows = rows
        self._rows: dict[Key, Item] = {key_of(row): row for row in rows}
        self._commits: list[Commit] = []
        self._step = 0
        self.history = History()

    def begin(self, name: str, method: str, path: str, body: Any = None, *, key: str = "", account: int = 1) -> Request:
        """Send a request. `name` is its id, such as c1.r1/2."""
        call, _, attempt = name.partition("/")
        headers = {"Idempotency-Key": key} if key else {}
        number = int(attempt or 1)
        client = call.partition(".")[0]
        ids = (name, call, number, client, USER, account)
        at = START + self._advance()
        request = Request(*ids, method.lower(), method, path, body, headers, f"request {name}", self._step, at)
        self.history.requests.append(request)
        return request

    def write(self, request: Request, *saved: Item, deleted: tuple[Key, ...] = (), stamped: bool = True) -> None:
        """Commit rows by a request."""
        stamp = stamps.pack(Author(USER, "", request.request_id), self._advance())
        rows = [one | {"stamp": {"B": base64.b64encode(stamp).decode()}} for one in saved] if stamped else saved
        changes = [RowChange(key_of(row), self._rows.get(key_of(row)), row) for row in rows]
        changes += [RowChange(key, self._rows[key], None) for key in deleted]
        number = len(self._commits) + 1
        self._commits.append(Commit(number, tuple(changes)))
        self._rows |= {change.key: change.after for change in changes if change.after}
        self.history.commit_steps[number] = self._step
        self.operate(request, "TransactWriteItems", {"TransactItems": [{"Put": {"Item": row}} for row in rows]}, number)

    def operate(self, request: Request, operation: str, parameters: Any, commit: int | None = None) -> None:
        """Note a request to the store."""
        ids = (self._step, request.id, request.id, request.account)
        self.history.entries.append(StoreOperation(*ids, operation, parameters, {}, "", commit, ""))

    def mail(self, request: Request, text: str, *, is_confirmed: bool = True) -> None:
        """Send a mail."""
        at = START + self._advance()
        mail = Mail(
            self._step,
            request.id,
            "a@acme.example",
            "subject",
            text,
            is_accepted=True,
            is_confirmed=is_confirmed,
            fault="",
            at=at,
        )
        self.history.entries.append(mail)

    def end(self, request: Request, status: int, document: Any = None, **headers: str) -> None:
        """Answer a request."""
        self._advance()
        request.ended = request.finished = self._step
        request.outcome = "answered"
        body = b"" if document is None else repr(document).encode()
        request.response = Response(status, headers, body, document)

    def timeline(self) -> Timeline:
        """Return what the checkers look at."""
        return Timeline(self.history, self._commits, self._first_rows)

    def _advance(self) -> int:
        self._step += 1
        return self._step
