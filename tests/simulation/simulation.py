"""One simulation: a world, built from a seed, in which some clients make calls until everything has come to rest."""

import random
from dataclasses import dataclass, field
from functools import cache, partial

from chalicelib import config, errors
from chalicelib.http.schedule import IncompleteRun
from chalicelib.routes.alarms import ring_alarms
from infra import operations, schedule
from tests.simulation import patches
from tests.simulation.base import Base, build_base
from tests.simulation.checkers.items import key_of, kind_of
from tests.simulation.clients import Client
from tests.simulation.event_source import EventSource
from tests.simulation.events import PURGE_SECONDS, Disturbances
from tests.simulation.faults import NO_FAULTS, Faults, Profile
from tests.simulation.gateway import Context
from tests.simulation.history import Event, History
from tests.simulation.network import Network
from tests.simulation.receiver import Receivers
from tests.simulation.scheduler import START, Killed, Process, Scheduler
from tests.simulation.store import Commit, Store
from tests.simulation.store.stream import Stream
from tests.simulation.webhook_runs import WebhookRuns
from tests.simulation.workload import Workload
from tests.simulation.workload.scenarios import CHANGES, WEBHOOKS, scenario_of

CLIENTS, CALLS = 4, 30
CALM_SECONDS = 61.0  # after which claims have expired
HISTORY_DAYS = 400
RECORDING = 0.11  # the part of the seeds in which changes are recorded, which doubles the work of a seed


@dataclass(frozen=True)
class Options:
    """The size of a simulation, and what is left out of it to shorten its history."""

    clients: int = CLIENTS
    calls: int = CALLS  # of all clients together
    skipped: frozenset[str] = field(default_factory=frozenset)  # calls, such as c2.r5
    suppressed: frozenset[str] = field(default_factory=frozenset)  # faults and events, such as c2.r5@7
    switch_rate: float | None = None  # instead of the one in the profile


class Simulation:
    """The world of one seed. `run` lets it happen; afterwards `history` and `store` can be checked."""

    def __init__(self, seed: int, options: Options | None = None) -> None:
        self.seed = seed
        self.options = options or Options()
        self.profile = Profile.draw(seed)
        self.base = base()
        rate = self.profile.switch_rate if self.options.switch_rate is None else self.options.switch_rate
        self.scheduler = Scheduler(seed, rate)
        self.scheduler.longest_skew = self.profile.longest_skew
        self.history = History()
        self.faults = Faults(self.profile, self.options.suppressed)
        self.store = self.base.store.copy(lambda: self.scheduler.now)
        self.network = Network(self.scheduler, self.store, self.history, self.faults)
        self.stream = Stream(seed, self.store.table_name, START)
        self.event_source = EventSource(seed, self.stream, self.scheduler, self.history)
        self.receivers = Receivers(seed, self.scheduler, self.history, self.faults)
        self.webhook_runs = WebhookRuns(seed, self.store, self.scheduler, self.history) if self.has_webhooks else None
        self.disturbances = Disturbances(seed, self)
        self.workload = Workload(seed, self.base, self.history)
        self.clients = [self._new_client(number) for number in range(self.options.clients)]

    @property
    def records_changes(self) -> bool:
        """Whether the changes of this seed are recorded."""
        return records_changes(self.seed)

    @property
    def has_webhooks(self) -> bool:
        """Whether the changes of this seed may be sent to webhooks."""
        return scenario_of(self.seed) == WEBHOOKS

    def _new_client(self, number: int) -> Client:
        people = self.base.people
        chance = random.Random(f"{self.seed}/c{number + 1}")
        identity = people[number] if chance.random() < 0.8 else chance.choice(people)
        count = self.options.calls // self.options.clients + (number < self.options.calls % self.options.clients)
        return Client(
            f"c{number + 1}",
            identity,
            self.scheduler,
            self.history,
            self.faults,
            self.workload.draw,
            count,
            self.options.skipped,
        )

    def run(self) -> None:
        """Let all clients make their calls, and finish what was cut off."""
        patches.begin(self.seed, self.scheduler, self.network, self.receivers, self._report)
        config.HISTORY_DAYS = HISTORY_DAYS if self.records_changes else 0
        if self.records_changes:
            self.store.on_commit = self._add_to_streams
        self.scheduler.before_step = self._before_step
        for client in self.clients:
            self.scheduler.spawn(client.name, client.run, Process(client.name))
        self.scheduler.run()
        self._settle()

    def _add_to_streams(self, commit: Commit) -> None:
        self.stream.add(commit, self.scheduler.now)
        if self.webhook_runs:
            self.webhook_runs.stream.add(commit, self.scheduler.now)

    def _before_step(self) -> None:
        self.disturbances.before_step()
        self.event_source.before_step()
        if self.webhook_runs:
            self.webhook_runs.before_step()

    def ring_alarms(self, name: str) -> None:
        """Start the scheduled function in a process of its own."""
        process = Process(name, None, self.scheduler.now + 45)
        self.scheduler.spawn(name, lambda: self._ring(name), process)

    def _ring(self, name: str) -> None:
        try:
            ring_alarms(schedule.EVENT, Context(name))
        except (IncompleteRun, errors.Unavailable):  # EventBridge runs it again
            self.history.entries.append(Event(self.scheduler.step, name, "some alarms failed"))
        except Killed:
            self.history.entries.append(Event(self.scheduler.step, name, "the run is cut off"))
            raise

    def purge_as_operator(self, name: str, chance: random.Random) -> str:
        """Start the operator's command that purges a workspace or a stack, mostly one that was deleted."""
        keys = [key_of(item) for item in self.store.rows() if kind_of(item) in ("workspace", "stack")]
        deleted = [key for key in keys if "deletion_state" in (self.store.get_row(key) or {})]
        partition, sort = chance.choice(deleted if deleted and chance.random() < 0.8 else keys)
        account, workspace = (int(part) for part in partition.split("#")[1::2])
        stack = 0 if sort == "META" else int(sort.rpartition("#")[2])
        process = Process(name, None, self.scheduler.now + 60)
        self.scheduler.spawn(name, lambda: self._purge(name, account, workspace, stack), process)
        return f"the operator purges workspace {workspace}, stack {stack}"

    def _purge(self, name: str, account: int, workspace: int, stack: int) -> None:
        try:
            operations.purge(account, workspace, stack)
        except errors.Problem as problem:
            self.history.entries.append(Event(self.scheduler.step, name, f"the purge is refused: {problem.detail}"))

    def purge(self) -> None:
        """Let the time pass until all purges are due, and run the scheduled function without faults."""
        self.scheduler.now += PURGE_SECONDS
        for round_number in range(3):
            self.ring_alarms(f"alarms.purge{round_number}")
            self.scheduler.run()

    def _settle(self) -> None:
        """Let claims expire, and repeat every call that has no definite answer, without faults.

        The scheduler runs these as the only tasks, so that the work of a request is attributed to it.
        """
        self.scheduler.before_step = lambda: None
        self.faults.profile = NO_FAULTS
        self.faults.forget_repeated()
        self.event_source.calm_down()
        for round_number in range(3):
            self.scheduler.now += CALM_SECONDS
            for client in self.clients:
                self._repeat_unfinished(client)
            self.ring_alarms(f"alarms.settle{round_number}")
            self.scheduler.run()
        self.event_source.catch_up()
        if self.webhook_runs:
            self.receivers.end_outages()
            self.webhook_runs.finish(self.event_source)

    def _repeat_unfinished(self, client: Client) -> None:
        unfinished, client.unfinished = client.unfinished, []
        for name, call, attempts in unfinished:
            if call.method != "GET":
                settle = partial(client.settle, name, call, attempts + 1)
                self.scheduler.spawn(f"settle.{name}", settle, Process("settle"))
                self.scheduler.run()

    def _report(self, text: str) -> None:
        task = self.scheduler.current
        owner = task.process.name if task else "check"
        request = self.history.by_id(owner)
        if request:
            request.error = text
        self.history.entries.append(Event(self.scheduler.step, owner, f"unexpected exception: {text}"))


def records_changes(seed: int) -> bool:
    """Return whether changes are recorded in a seed. It is so in all seeds with a scenario about changes."""
    return scenario_of(seed) in CHANGES or random.Random(f"{seed}/changes").random() < RECORDING


@cache
def base() -> Base:
    """Return the accounts and objects with which every simulation begins. They are built once in a process."""
    scheduler, history = Scheduler(0, 0.0), History()
    store = Store(lambda: scheduler.now)
    no_faults = Faults(NO_FAULTS)
    patches.install()
    receivers = Receivers("base", scheduler, history, no_faults)
    patches.begin("base", scheduler, Network(scheduler, store, history, no_faults), receivers, _fail)
    scheduler.now = START - 86_400
    return build_base(store, scheduler, history, no_faults)


def _fail(text: str) -> None:
    raise AssertionError(text)
