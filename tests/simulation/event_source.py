"""What calls the function that records changes: Lambda's mapping of the stream to it. There is another for webhooks.

The mapping reads each shard on its own. It delivers up to 100 records and goes on behind them if the function has
returned. If not, it delivers the same records again, or only the first of them. Sometimes it believes that a run has
failed that still goes on, or delivers again what has been recorded.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from chalicelib import errors
from chalicelib.domain.changes.guard import PredecessorMissing
from chalicelib.routes.change_stream import record_changes
from tests.simulation.gateway import Context
from tests.simulation.history import Event, History
from tests.simulation.scheduler import Process, Scheduler, Task
from tests.simulation.store.stream import Shard, Stream, StreamRecord

BATCH_SIZE, TIMEOUT = 100, 60.0  # records, and seconds after which Lambda ends a run
PAUSES = (0.0, 0.2, 1.0, 5.0)  # seconds between two looks at a shard, one of them for each shard
GIVE_UP_RATE, FORGET_RATE = 0.05, 0.03
MOST_ROUNDS = 60  # in which all records must have been recorded when nothing fails any more

DELIVERED, REDELIVERED, BATCHES, FAILED = "records", "records again", "batches", "batches that failed"
WAITS, GIVEN_UP, FORGOTTEN, SPLITS = "guard waits", "runs given up", "batches forgotten", "shards replaced"
COUNTS = (DELIVERED, REDELIVERED, BATCHES, FAILED, WAITS, GIVEN_UP, FORGOTTEN, SPLITS)


class Target(NamedTuple):
    """The function that a mapping calls. `failures` are the errors after which its batch is delivered again."""

    name: str  # of its processes
    function: Callable[[Any, Any], Any]
    timeout: float  # seconds after which Lambda ends a run
    failures: tuple[type[Exception], ...]


RECORDING = Target("feed", record_changes, TIMEOUT, (errors.Unavailable, errors.Stale))


class Run:
    """A run of the function with some records of a shard."""

    def __init__(self, records: Sequence[StreamRecord], gives_up_at: float) -> None:
        self.records = records
        self.gives_up_at = gives_up_at
        self.has_succeeded = False
        self.task: Task | None = None


class Reader:
    """Reads one shard. `position` is the number of records that have been handled."""

    def __init__(self, shard: Shard, chance: random.Random) -> None:
        self.shard = shard
        self.chance = chance
        self.position = self.reached = self.runs = 0
        self.pause = chance.choice(PAUSES)
        self.limit = BATCH_SIZE
        self.waits_until = 0.0
        self.run: Run | None = None

    @property
    def is_done(self) -> bool:
        """Whether all records of the shard have been handled."""
        return self.run is None and self.position == len(self.shard.records)


class EventSource:
    """The mapping of one seed, with a reader for each shard."""

    def __init__(
        self, seed: object, stream: Stream, scheduler: Scheduler, history: History, target: Target = RECORDING
    ) -> None:
        chance = random.Random(f"{seed}/event source")
        self._target = target
        self.stream = stream
        self.counts: Counter[str] = Counter()
        self._scheduler = scheduler
        self._history = history
        self._seed = seed
        self._finishes_parents = chance.random() < 0.3
        self._has_faults = chance.random() < 0.7
        self._readers: list[Reader] = []

    @property
    def is_done(self) -> bool:
        """Whether all records have been handled."""
        return all(reader.is_done for reader in self._readers)

    def before_step(self) -> None:
        """Look at each shard, and start or end what is due."""
        self._open_readers()
        for reader in self._readers:
            if reader.run is not None:
                self._look_after(reader, reader.run)
            elif reader.position < len(reader.shard.records) and self._scheduler.now >= reader.waits_until:
                self._start(reader)

    def calm_down(self) -> None:
        """Make no mistakes any more."""
        self._has_faults = False

    def catch_up(self) -> None:
        """Let all records be handled that are there, without faults."""
        self._scheduler.before_step = self.before_step
        self.stream.release()
        for _ in range(MOST_ROUNDS):
            self._scheduler.now += 1.0
            self.before_step()
            self._scheduler.run()
            self.before_step()
            if self.is_done:
                break

    def read_to_the_end(self) -> None:
        """Let all records be handled at once, without faults. Runs that go on have failed."""
        self.stream.release()
        self._open_readers()
        for _ in range(MOST_ROUNDS):
            for reader in self._readers:
                self._hand_over(reader)
            if self.is_done:
                break

    def _hand_over(self, reader: Reader) -> None:
        """Call the function outside of all tasks with the next records of a shard."""
        reader.run = None
        run = Run(reader.shard.records[reader.position :], 0.0)
        self._call(f"{self._target.name}.{reader.shard.name}", run)
        if run.has_succeeded:
            reader.position += len(run.records)

    def _open_readers(self) -> None:
        for shard in self.stream.shards[len(self._readers) :]:
            self._readers.append(Reader(shard, random.Random(f"{self._seed}/{shard.name}")))
            self.counts[SPLITS] += shard.parent is not None and shard.name.endswith("a")

    def _start(self, reader: Reader) -> None:
        if self._finishes_parents and not self._has_finished(reader.shard.parent):
            return
        records = reader.shard.records[reader.position : reader.position + reader.limit]
        reader.runs += 1
        again = max(0, min(len(records), reader.reached - reader.position))
        self.counts.update({BATCHES: 1, DELIVERED: len(records), REDELIVERED: again})
        reader.reached = max(reader.reached, reader.position + len(records))
        gives_up = self._has_faults and reader.chance.random() < GIVE_UP_RATE
        run = Run(records, self._scheduler.now + reader.chance.uniform(0, 0.3) if gives_up else float("inf"))
        name = f"{self._target.name}.{reader.shard.name}.{reader.runs}"
        process = Process(name, None, self._scheduler.now + self._target.timeout)
        run.task = self._scheduler.spawn(name, lambda: self._call(name, run), process)
        reader.run = run

    def _has_finished(self, shard: Shard | None) -> bool:
        return all(reader.is_done for reader in self._readers if reader.shard is shard)

    def _call(self, name: str, run: Run) -> None:
        """Call the function. Errors end the run; those that no fault explains end the simulation."""
        event: dict[str, Any] = {"Records": [self.stream.to_json(record) for record in run.records]}
        try:
            self._target.function(event, self._context(name))
            run.has_succeeded = True
        except PredecessorMissing as error:
            self.counts[WAITS] += 1
            self._note(name, str(error))
        except self._target.failures as error:
            self._note(name, f"the run failed: {error}")

    def _context(self, name: str) -> Context:
        deadline = self._scheduler.now + self._target.timeout
        return Context(name, lambda: int((deadline - self._scheduler.now) * 1000))

    def _look_after(self, reader: Reader, run: Run) -> None:
        assert run.task
        if run.task.is_done:
            self._end(reader, run)
        elif self._scheduler.now >= run.gives_up_at:
            self.counts[GIVEN_UP] += 1
            self._deliver_again(reader, run)

    def _end(self, reader: Reader, run: Run) -> None:
        if not run.has_succeeded:
            self.counts[FAILED] += 1
            self._deliver_again(reader, run)
        elif self._has_faults and reader.chance.random() < FORGET_RATE:
            self.counts[FORGOTTEN] += 1
            self._deliver_again(reader, run)
        else:
            reader.position += len(run.records)
            reader.limit, reader.run = BATCH_SIZE, None
            reader.waits_until = self._scheduler.now + reader.pause * reader.chance.random()

    def _deliver_again(self, reader: Reader, run: Run) -> None:
        """Deliver the same records again, or only the first of them."""
        reader.run = None
        reader.limit = reader.chance.choice((BATCH_SIZE, max(1, len(run.records) // 2), 1))
        reader.waits_until = self._scheduler.now + reader.chance.choice((0.0, 0.2, 1.0))

    def _note(self, name: str, text: str) -> None:
        self._history.entries.append(Event(self._scheduler.step, name, text))
