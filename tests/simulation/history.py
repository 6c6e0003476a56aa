"""What happened in a simulation, in order: requests, store operations, mails, faults and other events."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Response:
    """The answer that a client got. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    json: Any  # None without a JSON body

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx or 304."""
        return self.status < 400


@dataclass(eq=False)
class Request:
    """One attempt of a client to have something done.

    `call` names what the client wants, such as `c2.r5`. All attempts of it have the same call, and `id` is different
    for each: `c2.r5`, `c2.r5/2`. `outcome` says how it ended for the client: `answered`, `failed` if the process was
    killed (the client saw an error of API Gateway) or `abandoned` if the client stopped waiting. In the last two cases
    there is no response, and the service may have done the work, or may still do it until the step `finished`.
    """

    id: str
    call: str
    attempt: int
    client: str
    user: str
    account: int
    verb: str  # the name of the kind of request, such as `move_activity`
    method: str
    path: str  # with its query string
    body: Json | None
    headers: dict[str, str]
    request_id: str  # the id under which stamps know it
    started: int  # steps
    at: float = 0.0  # when it was sent, in seconds since 1970
    ended: int | None = None  # for the client
    finished: int | None = None  # for the service
    outcome: str = ""
    response: Response | None = None
    error: str = ""  # the traceback of an unexpected exception
    credential: str = ""  # the key of the credential that the client used, itself or through an access token

    @property
    def key(self) -> str | None:
        """The Idempotency-Key."""
        return self.headers.get("Idempotency-Key")

    @property
    def is_acknowledged(self) -> bool:
        """Whether the client was told that it worked."""
        return self.response is not None and self.response.is_success


@dataclass(frozen=True)
class StoreOperation:
    """One request to DynamoDB, with what came of it.

    `owner` is the id of the client's request that it served, or the name of another process, such as `alarms.2`.
    `response` is the answer of the store, even if the service did not get it. `commit` is the number of the commit
    in the store, if the operation changed something. `fault` names the fault, or is empty.
    """

    step: int
    task: str
    owner: str
    account: int | None  # of the client who is being served
    operation: str
    request: Json
    response: Json | None
    error: str  # the code of the store's error, or empty
    commit: int | None
    fault: str


@dataclass(frozen=True)
class Mail:
    """One mail that the service handed to SES. `is_accepted` says whether SES took it; `is_confirmed` whether the
    service was told so."""

    step: int
    owner: str
    to: str
    subject: str
    text: str
    is_accepted: bool
    is_confirmed: bool
    fault: str
    at: float = 0.0  # in seconds since 1970


@dataclass(frozen=True)
class Delivery:
    """One attempt to send a message to a webhook. `status` is what the receiver answers, or None if nothing arrived.

    `is_confirmed` says whether the service got the answer.
    """

    step: int
    owner: str
    url: str
    id: str  # the header webhook-id
    timestamp: int  # the header webhook-timestamp
    signatures: str  # the header webhook-signature
    body: str
    status: int | None
    is_confirmed: bool
    fault: str
    at: float  # in seconds since 1970

    @property
    def is_accepted(self) -> bool:
        """Whether the receiver has accepted the message."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True)
class Event:
    """Anything else that happened, in words: the clock was moved, a process was killed."""

    step: int
    name: str
    text: str


Entry = StoreOperation | Mail | Delivery | Event


@dataclass()
class History:
    """Everything that happened in a simulation."""

    requests: list[Request] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    commit_steps: dict[int, int] = field(default_factory=dict)  # number of a commit -> the step in which it happened

    @property
    def operations(self) -> Iterator[StoreOperation]:
        """The requests to DynamoDB, in order."""
        return (entry for entry in self.entries if isinstance(entry, StoreOperation))

    @property
    def mails(self) -> Iterator[Mail]:
        """The mails, in order."""
        return (entry for entry in self.entries if isinstance(entry, Mail))

    @property
    def deliveries(self) -> Iterator[Delivery]:
        """The messages to webhooks, in order."""
        return (entry for entry in self.entries if isinstance(entry, Delivery))

    def by_id(self, request_id: str) -> Request | None:
        """Return the request with this `id`, or None."""
        return next((request for request in self.requests if request.id == request_id), None)
