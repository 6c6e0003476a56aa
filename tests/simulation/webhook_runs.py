"""What starts the two functions that deliver to webhooks: new entries of the feeds, and a schedule by the minute."""

from datetime import datetime

from chalicelib import errors
from chalicelib.http.schedule import IncompleteRun
from chalicelib.routes.webhook_delivery import deliver_new_changes, deliver_webhooks
from infra import schedule
from tests.simulation.event_source import EventSource, Target
from tests.simulation.gateway import Context
from tests.simulation.history import Event, History
from tests.simulation.scheduler import START, Process, Scheduler
from tests.simulation.store import Item, Store
from tests.simulation.store.stream import Stream, is_new_entry

FAILURES = (errors.Unavailable, errors.Stale, errors.Conflict)
DELIVERY = Target("hooks", deliver_new_changes, 45.0, FAILURES)
RUNS = "webhooks."  # the names of the scheduled function's processes begin with this
MINUTE, TIMEOUT = 60.0, 55.0  # seconds between two scheduled runs, and after which Lambda ends one
MOST_ROUNDS = 40  # in which everything must have been delivered, or given up, when nothing fails any more
CLOCKS = 7.0  # seconds; longer than two clocks differ


class WebhookRuns:
    """The runs of one seed. The stream has the new entries of the feeds only, as the template's filter says."""

    def __init__(self, seed: int, store: Store, scheduler: Scheduler, history: History) -> None:
        self.stream = Stream(f"{seed}/webhooks", store.table_name, START, is_new_entry)
        self.source = EventSource(f"{seed}/webhooks", self.stream, scheduler, history, DELIVERY)
        self._store = store
        self._scheduler = scheduler
        self._history = history
        self._next_run = START + MINUTE

    def before_step(self) -> None:
        """Start what is due."""
        self.source.before_step()
        if self._scheduler.now >= self._next_run:
            self._next_run = self._scheduler.now + MINUTE
            self._start_schedule()

    def finish(self, feed: EventSource) -> None:
        """Let time pass from one retry to the next until nothing is left to do, without faults."""
        self.source.calm_down()
        for _ in range(MOST_ROUNDS):
            feed.catch_up()
            self.source.catch_up()
            due = self._next_reminder()
            if due is None and feed.is_done and self.source.is_done:
                break
            self._scheduler.now = max(self._scheduler.now, due or 0.0) + CLOCKS
            self._start_schedule()
            self._scheduler.run()

    def _next_reminder(self) -> float | None:
        """Return when the scheduled function has something to do, in seconds since 1970."""
        times = [_time_of(row) for row in self._store.rows() if row["kind"]["S"] == "due_webhook"]
        return min(times, default=None)

    def _start_schedule(self) -> None:
        name = f"{RUNS}{self._scheduler.step}"
        deadline = self._scheduler.now + TIMEOUT
        context = Context(name, lambda: int((deadline - self._scheduler.now) * 1000))
        self._scheduler.spawn(name, lambda: self._run(name, context), Process(name, None, deadline))

    def _run(self, name: str, context: Context) -> None:
        try:
            deliver_webhooks(schedule.EVENT, context)
        except (IncompleteRun, *FAILURES):  # EventBridge runs it again
            self._history.entries.append(Event(self._scheduler.step, name, "some webhooks were not looked after"))


def _time_of(reminder: Item) -> float:
    return clock_time(reminder["sk"]["S"].split("#")[1])


def clock_time(timestamp: str) -> float:
    """Return a timestamp of the service in seconds since 1970."""
    return datetime.fromisoformat(timestamp).timestamp()
