"""What lies between the service and AWS: each request of botocore is a point for the scheduler, and may fail here.

The handlers are registered for botocore's event before-send, at which a request has its final form. An answer or an
exception from here takes the same way through botocore's retries as one from the network.
"""

import json
from collections import Counter
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from tests.simulation import faults, torn_reads
from tests.simulation.faults import Faults
from tests.simulation.history import Event, History, Mail, StoreOperation
from tests.simulation.scheduler import Killed, Process, Scheduler, Task
from tests.simulation.store import Store, StoreError

Json = dict[str, Any]
URL = "https://dynamodb.example"
LATEST = 4.0  # seconds after which a late request has arrived, or never arrives
LONGEST_HOLD = 0.3  # seconds
AWAITED = (1, 1, 1, 2, 4)  # changes of others, of which each write that is held waits for one of these numbers
READ_TIMEOUT = 5.0  # seconds, as in chalicelib/storage/connection.py
ERROR = "com.amazonaws.dynamodb.v20120810#"


class Body(bytes):
    """A body that has been read completely, with the method by which botocore reads it."""

    def stream(self) -> Any:
        """Yield the body."""
        yield bytes(self)


class Network:
    """Passes requests to the store and to the mailboxes, with faults on the way."""

    def __init__(self, scheduler: Scheduler, store: Store, history: History, chosen: Faults) -> None:
        self._scheduler = scheduler
        self.store = store
        self._history = history
        self._faults = chosen
        self._changes: Counter[int | None] = Counter()  # of objects that were made, by account

    def send_to_store(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        """Answer a request to DynamoDB. Raises the exceptions of botocore's HTTP client, and Killed."""
        operation = _text(request.headers["X-Amz-Target"]).rpartition(".")[2]
        parameters = _with_sorted_keys(json.loads(request.body))
        task = self._scheduler.current
        if task is None:
            return _answer(*_execute(self.store, operation, parameters))
        self._scheduler.pause()
        if _changes_objects(operation, parameters) and task.chance.random() < self._faults.profile.hold_rate:
            self._hold(task)
        fault = self._faults.draw_for_operation(task, operation, parameters)
        return self._carry_out(task, operation, parameters, fault)

    def _hold(self, task: Task) -> None:
        """Let a write wait until others have made some changes in the account, or for a moment.

        What the task has read is then out of date more often than by chance. One change is enough to lose a race for a
        row. Some mistakes show only if another request makes several of its steps meanwhile.
        """
        account = task.process.account
        enough = self._changes[account] + task.chance.choice(AWAITED)
        self._scheduler.wait(lambda: self._changes[account] >= enough, LONGEST_HOLD)

    def _carry_out(self, task: Task, operation: str, parameters: Json, fault: str) -> AWSResponse:
        if fault in (faults.KILL_BEFORE, faults.LOSE_REQUEST):
            self._note(task, operation, parameters, fault)
            self._end(task, fault)
        if fault == faults.LATE:
            self._spawn_late(task, operation, parameters)
            self._scheduler.sleep(READ_TIMEOUT)
            self._end(task, fault)
        if fault == faults.CONFLICT and self.store.has_carried_out(parameters):
            fault = ""
        if fault in (faults.THROTTLE, faults.CONFLICT):
            body = _conflict(operation, parameters) if fault == faults.CONFLICT else _throttled(operation)
            self._note(task, operation, parameters, fault, error=_code(body))
            return _answer(400, body)
        if fault == faults.TORN:
            return _answer(200, self._read_in_two_parts(task, operation, parameters))
        status, body = self._execute_and_note(task, operation, _limited(parameters, fault), fault)
        self._end(task, fault)
        return _answer(status, _with_unprocessed(body, parameters, fault))

    def _read_in_two_parts(self, task: Task, operation: str, parameters: Json) -> Json:
        """Let others go on after a part of the rows has been read.

        DynamoDB isolates each row of a Query or BatchGetItem from transactions, but not the rows from each other.
        """
        first, rest = torn_reads.split(parameters, task.chance)
        _, body = self._execute_and_note(task, operation, first, faults.TORN)
        remaining = rest(body)
        if remaining is None:
            return body
        self._scheduler.lose_place(task)
        self._scheduler.pause()
        _, more = self._execute_and_note(task, operation, remaining, faults.TORN)
        return torn_reads.join(body, more)

    def _end(self, task: Task, fault: str) -> None:
        """Raise what the service gets instead of an answer, if there is none."""
        if fault in (faults.KILL_BEFORE, faults.KILL_AFTER):
            self._history.entries.append(Event(self._scheduler.step, task.name, "the process is killed"))
            self._scheduler.kill(task.process)
            raise Killed
        if fault == faults.LOSE_REQUEST:
            raise ConnectTimeoutError(endpoint_url=URL)
        if fault in (faults.LOSE_ANSWER, faults.LATE):
            raise ReadTimeoutError(endpoint_url=URL)

    def _execute_and_note(self, task: Task, operation: str, parameters: Json, fault: str) -> tuple[int, Json]:
        before = len(self.store.commits)
        self.store.index_lag = task.chance.randrange(1, 6) if fault == faults.STALE_INDEX else 0
        status, body = _execute(self.store, operation, parameters)
        commit = self.store.commits[-1].number if len(self.store.commits) > before else None
        if commit is not None:
            self._history.commit_steps[commit] = self._scheduler.step
            self._changes[task.process.account] += _changes_objects(operation, parameters)
        error = _code(body) if status != 200 else ""
        self._note(task, operation, parameters, fault, body, error, commit)
        return status, body

    def _spawn_late(self, task: Task, operation: str, parameters: Json) -> None:
        """Let the store carry out a request later, whatever happens to its sender."""
        delay = task.chance.uniform(0, LATEST)
        deadline = self._scheduler.now + LATEST + 1
        process = Process(f"{task.process.name}/late", task.process.account, deadline)

        def arrive() -> None:
            self._scheduler.sleep(delay)
            self._execute_and_note(late, operation, parameters, faults.LATE)

        late = self._scheduler.spawn(f"{task.name}.late{task.points}", arrive, process)

    def _note(
        self,
        task: Task,
        operation: str,
        parameters: Json,
        fault: str,
        response: Json | None = None,
        error: str = "",
        commit: int | None = None,
    ) -> None:
        owner = task.process.name.partition("/late")[0]
        entry = StoreOperation(
            self._scheduler.step,
            task.name,
            owner,
            task.process.account,
            operation,
            parameters,
            response,
            error,
            commit,
            fault,
        )
        self._history.entries.append(entry)

    def send_mail(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        """Answer a request to SES. Raises the exceptions of botocore's HTTP client, and Killed."""
        message = json.loads(request.body)
        task = self._scheduler.current
        if task is None:
            self._note_mail("check", message, "", is_accepted=True, is_confirmed=True)
            return _answer(200, {"MessageId": "m"})
        self._scheduler.pause()
        fault = self._faults.draw_for_mail(task)
        is_accepted = fault not in (faults.KILL_BEFORE, faults.LOSE_REQUEST, faults.REFUSE)
        is_confirmed = is_accepted and fault not in (faults.LOSE_ANSWER, faults.KILL_AFTER)
        self._note_mail(task.process.name, message, fault, is_accepted=is_accepted, is_confirmed=is_confirmed)
        self._end(task, fault)
        if fault == faults.REFUSE:
            return _answer(400, {"__type": "MessageRejected", "message": "no"})
        return _answer(200, {"MessageId": "m"})

    def _note_mail(self, owner: str, message: Json, fault: str, *, is_accepted: bool, is_confirmed: bool) -> None:
        simple = message["Content"]["Simple"]
        mail = Mail(
            self._scheduler.step,
            owner,
            message["Destination"]["ToAddresses"][0],
            simple["Subject"]["Data"],
            simple["Body"]["Text"]["Data"],
            is_accepted,
            is_confirmed,
            fault,
            self._scheduler.now,
        )
        self._history.entries.append(mail)


def _with_sorted_keys(parameters: Json) -> Json:
    """Return the request with the keys of a batch in order. The service takes some of them from sets of people."""
    if "RequestItems" not in parameters:
        return parameters
    [(table, entry)] = parameters["RequestItems"].items()
    keys = sorted(entry["Keys"], key=lambda key: (key["pk"]["S"], key["sk"]["S"]))
    return parameters | {"RequestItems": {table: entry | {"Keys": keys}}}


def _execute(store: Store, operation: str, parameters: Json) -> tuple[int, Json]:
    try:
        return 200, store.execute(operation, parameters)
    except StoreError as error:
        return 400, error.body()


def _limited(parameters: Json, fault: str) -> Json:
    """Return the request with fewer keys or a smaller limit, if the fault is a partial answer."""
    if fault == faults.SHORT_PAGE:
        return parameters | {"Limit": 1}
    if fault == faults.UNPROCESSED:
        [(table, entry)] = parameters["RequestItems"].items()
        return parameters | {"RequestItems": {table: entry | {"Keys": entry["Keys"][:-1] or entry["Keys"]}}}
    return parameters


def _with_unprocessed(body: Json, parameters: Json, fault: str) -> Json:
    """Return the answer of a batch of which the last key was not processed."""
    if fault != faults.UNPROCESSED:
        return body
    [(table, entry)] = parameters["RequestItems"].items()
    left_out = entry["Keys"][-1:] if len(entry["Keys"]) > 1 else []
    return body | {"UnprocessedKeys": {table: entry | {"Keys": left_out}} if left_out else {}}


def _throttled(operation: str) -> Json:
    code = "ThrottlingException" if operation == "TransactWriteItems" else "ProvisionedThroughputExceededException"
    return {"__type": ERROR + code, "message": "Slow down."}


def _code(body: Json) -> str:
    """Return the code of an error."""
    code: str = body["__type"].rpartition("#")[2]
    return code


def _changes_objects(operation: str, parameters: Json) -> bool:
    """Return whether a request writes anything but the use of a credential, or the next number of a counter."""
    if operation == "PutItem":
        return not parameters["Item"]["sk"]["S"].startswith("CREDENTIAL#")
    return operation in ("TransactWriteItems", "DeleteItem")


def _conflict(operation: str, parameters: Json) -> Json:
    """Return the error of an operation on an item that another transaction is writing."""
    if operation != "TransactWriteItems":
        return {"__type": f"{ERROR}TransactionConflictException", "message": "Transaction is ongoing for the item"}
    count = len(parameters["TransactItems"])
    conflict = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
    reasons = [conflict, *[{"Code": "None"}] * (count - 1)]
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return {"__type": f"{ERROR}TransactionCanceledException", "Message": message, "CancellationReasons": reasons}


def _answer(status: int, body: Json) -> AWSResponse:
    return AWSResponse(URL, status, {"Content-Type": "application/x-amz-json-1.0"}, Body(json.dumps(body).encode()))


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
