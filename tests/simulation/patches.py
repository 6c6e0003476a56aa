"""Everything of the service that would depend on the machine, replaced by what the seed decides.

`install` is called once in a process, before the first simulation. The simulation that runs is in `current`.
"""

import concurrent.futures
import gc
import logging
import random
import socket
import traceback
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.retries.quota import RetryQuota

from chalicelib import clock, randomness
from chalicelib.domain.activities import deletion
from chalicelib.domain.ogsm import deletion as ogsm_deletion
from chalicelib.domain.people import invitations
from chalicelib.http import idempotency, log
from chalicelib.mail import sending
from chalicelib.storage import transactions
from chalicelib.storage.connection import client
from chalicelib.webhooks import addresses
from chalicelib.webhooks import sending as webhook_sending
from tests.simulation.network import Network
from tests.simulation.receiver import Connection, Receivers
from tests.simulation.scheduler import Pool, Scheduler


class Current:
    """The simulation that the patched functions serve."""

    scheduler: Scheduler
    network: Network
    receivers: Receivers
    chance: random.Random  # of ids, tokens and jitter
    report: Callable[[str], None]  # gets the traceback of an unexpected exception


current = Current()


def install() -> None:
    """Replace the functions, for the rest of the process."""
    logging.disable(logging.CRITICAL)
    gc.set_threshold(50_000)  # objects between two searches for garbage, of which there is little before a seed ends
    _replace_time()
    _replace_randomness()
    concurrent.futures.ThreadPoolExecutor = Pool  # type: ignore[assignment, misc]
    log.write_exception = _report_exception
    botocore.endpoint.Endpoint.create_request = _create_request
    client.meta.events.register_first("before-send.dynamodb", _send_to_store)
    sending.client().meta.events.register_first("before-send.sesv2", _send_mail)
    _replace_sockets()


def _create_request(_: object, parameters: dict[str, Any], __: object) -> AWSPreparedRequest:
    """Return a request without a signature and without its last headers, which take long and prove nothing."""
    return AWSPreparedRequest(
        parameters["method"], parameters["url"], parameters["headers"], parameters["body"], stream_output=False
    )


def _send_to_store(**sent: Any) -> AWSResponse:
    return current.network.send_to_store(**sent)


def _send_mail(**sent: Any) -> AWSResponse:
    return current.network.send_mail(**sent)


def _replace_sockets() -> None:
    """Let the sockets over which webhooks are sent lead to the receivers of the simulation."""
    Connection.receivers = staticmethod(lambda: current.receivers)
    resolve = SimpleNamespace(
        getaddrinfo=lambda host, port, **_: current.receivers.resolve(host, port), SOCK_STREAM=socket.SOCK_STREAM
    )
    names = ("AF_INET", "AF_INET6", "SOCK_STREAM", "gaierror")
    setattr(addresses, "socket", resolve)  # noqa: B010 - mypy has no other way
    opened = SimpleNamespace(socket=Connection, **{name: getattr(socket, name) for name in names})
    setattr(webhook_sending, "socket", opened)  # noqa: B010
    secured = SimpleNamespace(wrap_socket=lambda plain, **_: plain)
    setattr(webhook_sending, "tls_context", lambda: secured)  # noqa: B010


def _sleep(seconds: float) -> None:
    current.scheduler.sleep(seconds)


def _report_exception(request_id: str) -> None:
    current.report(traceback.format_exc())


def _replace_time() -> None:
    clock.current_time = lambda: datetime.fromtimestamp(current.scheduler.local_time, UTC)
    clock.microseconds = lambda: int(current.scheduler.local_time * 1_000_000)
    clock.stopwatch = lambda: current.scheduler.now
    clock.sleep = _sleep
    botocore.endpoint.time = SimpleNamespace(sleep=_sleep)


def _replace_randomness() -> None:
    """Replace every source of random numbers. botocore's pauses use the global one, which `begin` seeds."""
    randomness.hex_digits = lambda count: f"{current.chance.getrandbits(4 * count):0{count}x}"
    randomness.url_safe_token = lambda: f"{current.chance.getrandbits(258):043x}"[:43]
    randomness.request_id = _random_uuid
    randomness.jitter = lambda limit: current.chance.uniform(0, limit)
    uuid.uuid4 = lambda: uuid.UUID(int=current.chance.getrandbits(128), version=4)
    # The quota of retries belongs to a process of the service. All processes of a simulation would share it.
    setattr(RetryQuota, "acquire", lambda *_: True)  # noqa: B010 - mypy has no other way


def _random_uuid() -> str:
    return str(uuid.UUID(int=current.chance.getrandbits(128), version=4))


def begin(
    seed: Any, scheduler: Scheduler, network: Network, receivers: Receivers, report: Callable[[str], None]
) -> None:
    """Let the patched functions serve this simulation."""
    random.seed(f"{seed}/botocore")
    current.scheduler, current.network, current.receivers = scheduler, network, receivers
    current.report = report
    current.chance = random.Random(f"{seed}/ids")
    Pool.scheduler = scheduler
    _limit_transactions(random.Random(f"{seed}/limits"))


def _limit_transactions(chance: random.Random) -> None:
    """Let even small deletions and invitations of several people take many commits, in most seeds."""
    most_writes = chance.choice((99, 30, 12, 6))
    transactions.MAX_WRITES = most_writes
    deletion.MAX_WRITES = most_writes  # type: ignore[attr-defined]
    ogsm_deletion.MAX_DELETED = most_writes // ogsm_deletion.WRITES_OF_DELETION
    deletion.BATCH_SIZE = most_writes // deletion.WRITES_WITHIN_WORKSPACE
    invitations.INVITATIONS_PER_TRANSACTION = chance.choice((5, 1))
    idempotency.CHUNK_SIZE = chance.choice((400_000, 1_500))
