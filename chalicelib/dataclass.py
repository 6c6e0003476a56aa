"""Dataclasses of which only `__init__` is made when modules load.

Each further method is compiled anew in every cold start: for all of them together 16 ms. `frozen` is left to the type
checker, and nobody here compares, prints or hashes what two instances hold.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses

    def dataclass(*, frozen=False):
        """The decorator `dataclasses.dataclass`, making less."""
        return dataclasses.dataclass(eq=False, repr=False, match_args=False)


__all__ = ["dataclass"]
