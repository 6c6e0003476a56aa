"""What clients want from the service: one module for each noun, and how a seed chooses among their verbs."""

from tests.simulation.workload.workload import Workload

__all__ = ["Workload"]
