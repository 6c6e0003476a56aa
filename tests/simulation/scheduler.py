"""Run tasks one at a time and decide, from the seed alone, which of them goes on.

A task is a greenlet. It gives way at each `pause`, and the scheduler resumes the task with the highest priority. Each
task draws its priorities from a random stream of its own, named after the seed and the task. Leaving out one task
therefore changes no decision of another one, which keeps a shortened history close to the original.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

T = TypeVar("T")

START = 1_800_000_000.0  # the time at which each simulation begins: 2027-01-15, in seconds since 1970
LONGEST_STEPS = (0.02, 0.3)  # seconds that may pass from one step to the next, one of them for each seed
FAIR = 0.7  # the part of the simulations in which tasks take turns
MAX_STEPS = 20_000  # of one simulation, which takes some hundreds; more mean that something never ends


class Killed(BaseException):
    """The process of a task was killed. Nothing catches it."""


class EndlessSimulationError(AssertionError):
    """The tasks never end, or wait for each other."""


@dataclass(eq=False)
class Process:
    """A process of the service: a Lambda function that works on one event. Its tasks are killed together."""

    name: str
    account: int | None = None  # of the client that is being served; None if the service works for itself
    deadline: float = float("inf")  # when Lambda ends the process, in seconds since 1970
    is_killed: bool = False
    skew: float | None = None  # seconds by which its clock is fast


@dataclass(eq=False)
class Task:
    """A task, its process, and what it waits for. `chance` decides everything that happens to this task."""

    name: str
    process: Process
    chance: random.Random
    switch_rate: float
    greenlet: "greenlet"
    priority: float = 0.0
    wake_at: float = 0.0
    is_ready: Callable[[], bool] | None = None
    is_done: bool = False
    result: Any = None
    error: BaseException | None = None
    points: int = field(default=0)  # at which it has given way


class Scheduler:
    """The tasks of a simulation, and its clock."""

    def __init__(self, seed: int, switch_rate: float) -> None:
        """`switch_rate` is the probability that a task loses its place at a point."""
        self.seed = seed
        self.now = START  # seconds since 1970
        self.step = 0
        self._switch_rate = switch_rate
        self._time = random.Random(f"{seed}/time")
        self._longest_step = self._time.choice(LONGEST_STEPS)
        self._is_fair = random.Random(f"{seed}/fair").random() < FAIR
        self._tasks: list[Task] = []
        self._hub = getcurrent()
        self.before_step: Callable[[], None] = lambda: None
        self.longest_skew = 0.0  # seconds by which the clock of a process may be wrong

    @property
    def local_time(self) -> float:
        """The time as the current process knows it, in seconds since 1970."""
        task = self.current
        return self.now + (task.process.skew or 0.0) if task else self.now

    @property
    def current(self) -> Task | None:
        """The task that is running, or None while the world is built and checked."""
        task: Task | None = getattr(getcurrent(), "task", None)
        return task

    def spawn(self, name: str, work: Callable[[], Any], process: Process) -> Task:
        """Add a task that will do this work."""
        chance = random.Random(f"{self.seed}/{name}")
        if process.skew is None:
            skew = random.Random(f"{self.seed}/skew/{process.name}").uniform(-1, 1) if self.longest_skew else 0.0
            process.skew = skew * self.longest_skew
        task: Task = Task(name, process, chance, self._switch_rate, greenlet(lambda: self._work(task, work), self._hub))
        setattr(task.greenlet, "task", task)  # noqa: B010 - greenlets declare no attributes
        parent = self.current
        task.priority = parent.priority if parent and self._is_fair else chance.random()
        self._tasks.append(task)
        return task

    def _work(self, task: Task, work: Callable[[], Any]) -> None:
        try:
            task.result = work()
        except BaseException as error:
            task.error = error
        task.is_done = True

    def pause(self) -> None:
        """Let another task go on, if it is its turn. Raises Killed. Without a task this does nothing."""
        task = self.current
        if task is None:
            return
        task.points += 1
        if task.chance.random() < task.switch_rate:
            self.lose_place(task)
        self._switch(task)

    def lose_place(self, task: Task) -> None:
        """Give a task another priority. In a fair simulation it is lower than before, so that no task waits for long.

        In an unfair one, tasks with a low priority wait until all others have ended. Both find what the other hides.
        """
        task.priority = task.priority - task.chance.expovariate(1) if self._is_fair else task.chance.random()

    def sleep(self, seconds: float) -> None:
        """Let the current task wait. Other tasks run meanwhile, and the clock goes on if there are none."""
        task = self.current
        if task is None:
            self.now += seconds
            return
        task.wake_at = self.now + seconds
        self._switch(task)

    def wait(self, is_ready: Callable[[], bool], seconds: float = float("inf")) -> None:
        """Let the current task wait until something holds, or until so many seconds have passed."""
        task = self.current
        assert task, "Only a task can wait."
        task.is_ready, task.wake_at = is_ready, self.now + seconds
        self._switch(task)

    def _switch(self, task: Task) -> None:
        self._hub.switch()
        task.is_ready, task.wake_at = None, 0.0
        if self.now > task.process.deadline:
            task.process.is_killed = True
        if task.process.is_killed:
            raise Killed

    def run_all(self, work: Sequence[Callable[[], T]], at_once: int) -> list[T]:
        """Do work in parallel tasks of the current process, and return all results. Raises the first error."""
        parent = self.current
        if parent is None:
            return [one() for one in work]
        remaining = list(range(len(work)))
        results: dict[int, T] = {}
        errors: dict[int, BaseException] = {}

        def take_pieces() -> None:
            while remaining:
                number = remaining.pop(0)
                try:
                    results[number] = work[number]()
                except Exception as error:
                    errors[number] = error

        names = [f"{parent.name}.{parent.points}{letter}" for letter in "abcdefgh"[: min(len(work), at_once)]]
        workers = [self.spawn(name, take_pieces, parent.process) for name in names]
        self.wait(lambda: all(worker.is_done for worker in workers))
        for number in sorted(errors):
            raise errors[number]
        return [results[number] for number in range(len(work))]

    def run(self) -> None:
        """Resume one task after the other until all are done."""
        while self._tasks:
            self.step += 1
            if self.step > MAX_STEPS:
                raise EndlessSimulationError(f"still running: {[task.name for task in self._tasks]}")
            self.before_step()
            task = self._next_task()
            self.now += self._time.choice((0.0, 0.000_1, 0.001, 0.005, self._longest_step))
            task.greenlet.switch()
            if task.is_done:
                self._tasks.remove(task)
                if task.error and not isinstance(task.error, Killed):
                    raise task.error

    def _next_task(self) -> Task:
        ready = [task for task in self._tasks if self._can_go_on(task)]
        if not ready:
            self.now = max(self.now, min(task.wake_at for task in self._tasks))
            if self.now == float("inf"):
                raise EndlessSimulationError(f"waiting forever: {[task.name for task in self._tasks]}")
            ready = [task for task in self._tasks if self._can_go_on(task)]
        return max(ready, key=lambda task: task.priority)

    def _can_go_on(self, task: Task) -> bool:
        if task.process.is_killed:
            return True  # to be killed
        return task.wake_at <= self.now or (task.is_ready is not None and task.is_ready())

    def kill_served(self) -> int:
        """Kill all processes that work for clients or on a schedule, and return how many."""
        processes = {task.process.name: task.process for task in self._tasks if task.process.deadline != float("inf")}
        for process in processes.values():
            self.kill(process)
        return len(processes)

    def kill(self, process: Process) -> None:
        """Kill a process: each of its tasks ends when it is resumed."""
        process.is_killed = True


class Pool:
    """Stands in for concurrent.futures.ThreadPoolExecutor: runs the calls as tasks of the scheduler."""

    scheduler: Scheduler

    def __init__(self, max_workers: int) -> None:
        self._max_workers = max_workers

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def map(self, function: Callable[..., T], *arguments: Sequence[Any]) -> list[T]:
        """Call a function with each set of arguments, and return the results."""
        calls = [(lambda values=values: function(*values)) for values in zip(*arguments, strict=True)]
        return self.scheduler.run_all(calls, self._max_workers)
