"""What came of one seed: violations and counts. It can be sent from one process to another."""

import traceback
from dataclasses import dataclass

from tests.simulation.checkers import check
from tests.simulation.checkers.violation import Violation
from tests.simulation.simulation import Options, Simulation
from tests.simulation.statistics import Statistics, count

CRASH = "crash"  # the name under which an error of the simulation itself is reported


@dataclass(frozen=True)
class Outcome:
    """The violations of one seed, and what its simulation counted."""

    seed: int
    violations: list[Violation]
    statistics: Statistics

    @property
    def has_failed(self) -> bool:
        """Whether a promise was not kept."""
        return bool(self.violations)


def simulate(seed: int, options: Options) -> tuple[Simulation, list[Violation]]:
    """Run a simulation and check it. An exception of the simulation or of a checker is a violation as well."""
    simulation = Simulation(seed, options)
    try:
        simulation.run()
        violations = check(simulation)
    except Exception as error:
        violations = [Violation(CRASH, f"{type(error).__name__}: {error}\n{traceback.format_exc()}")]
    return simulation, violations


def run_seed(seed: int, options: Options) -> Outcome:
    """Return what comes of a seed."""
    simulation, violations = simulate(seed, options)
    return Outcome(seed, violations, count(simulation))
