"""What the clients of a simulation know: the objects that they have heard of, and the entity tags that they have seen.

All clients share what they know, as colleagues do. Some of them therefore try ids of others, and ids of objects that
are gone.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

SPREADS = (0.3, 0.5, 0.7, 0.9)  # the probability that a client leaves out an object and takes the next one
STRANGE = 0.05  # the probability that a client tries an id that it does not expect to work


class NothingKnownError(Exception):
    """No client has heard of such an object yet."""


@dataclass(eq=False)
class Known:
    """An object of which a client has heard. `seen_by` are the ids of the users who can read it, as far as known."""

    kind: str
    id: int | str
    details: dict[str, Any]
    rank: float = 0.0  # objects with a low rank are used more often
    seen_by: dict[str, None] = field(default_factory=dict)


class Knowledge:
    """The objects of which the clients of one seed have heard, by kind and id."""

    def __init__(self, seed: object, others: "Knowledge | None" = None) -> None:
        """`others` is what was known before. It is copied."""
        self._seed = seed
        self._spread = random.Random(f"{seed}/spread").choice(SPREADS)
        self._objects: dict[str, dict[int | str, Known]] = {}
        self._tags: dict[tuple[str, str], list[str]] = {}  # by user and path
        for shelf in others._objects.values() if others else ():
            for known in shelf.values():
                self._add(replace(known, details=known.details.copy(), seen_by=known.seen_by.copy()))

    def concentrate(self) -> None:
        """Let clients use mostly one object of each kind."""
        self._spread = min(SPREADS) / 2

    def note(self, user: str, kind: str, object_id: int | str, **details: Any) -> None:
        """Note that a user has seen an object. Details that are given replace the earlier ones."""
        known = self._objects.get(kind, {}).get(object_id) or self._add(Known(kind, object_id, {}))
        known.details.update(details)
        known.seen_by[user] = None

    def _add(self, known: Known) -> Known:
        known.rank = random.Random(f"{self._seed}/rank/{known.kind}/{known.id}").random()
        self._objects.setdefault(known.kind, {})[known.id] = known
        return known

    def forget(self, known: Known, user: str | None = None) -> None:
        """Note that a user cannot see an object any more, or that nobody can because it is gone."""
        if user is None:
            known.seen_by.clear()
        else:
            known.seen_by.pop(user, None)

    def find(self, kind: str, object_id: int | str) -> Known | None:
        """Return what is known of an object."""
        return self._objects.get(kind, {}).get(object_id)

    def seen(self, user: str, kind: str) -> list[Known]:
        """Return the objects of a kind that a user can see, as far as known."""
        return [known for known in self._objects.get(kind, {}).values() if user in known.seen_by]

    def pick(
        self,
        user: str,
        kind: str,
        chance: random.Random,
        is_fit: Callable[[Known], bool] = lambda _: True,
        wanted: Known | None = None,
    ) -> Known:
        """Return an object of a kind, mostly one that the user can see and that is fit. Raises NothingKnownError.

        All clients of a seed prefer the same few objects, so that they meet. `wanted` is preferred to all others.
        """
        every = list(self._objects.get(kind, {}).values())
        if not every:
            raise NothingKnownError(kind)
        if chance.random() < STRANGE:
            return chance.choice(every)
        seen = self.seen(user, kind)
        fit = [known for known in seen if is_fit(known)]
        if not fit and chance.random() < 0.9:
            raise NothingKnownError(kind)
        candidates = fit if fit and chance.random() < 0.92 else seen or every
        if wanted in candidates:
            return wanted
        *others, last = sorted(candidates, key=lambda known: known.rank)
        return next((known for known in others if chance.random() >= self._spread), last)

    def pick_ever_known(self, kind: str, chance: random.Random) -> Known:
        """Return an object of a kind, whether or not it is still there. Raises NothingKnownError."""
        every = sorted(self._objects.get(kind, {}).values(), key=lambda known: known.rank)
        if not every:
            raise NothingKnownError(kind)
        return next((known for known in every if chance.random() >= self._spread), every[0])

    def note_tag(self, user: str, path: str, tag: str) -> None:
        """Note the entity tag of what a user has read at a path."""
        tags = self._tags.setdefault((user, path), [])
        if tag not in tags[-1:]:
            tags.append(tag)

    def tags(self, user: str, path: str) -> list[str]:
        """Return the entity tags that a user has seen at a path, the newest last."""
        return self._tags.get((user, path), [])
