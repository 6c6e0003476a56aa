"""What clients want from the service."""

import random

from tests.simulation.base import Base
from tests.simulation.calls import Call
from tests.simulation.clients import Client
from tests.simulation.history import History, Response


class Workload:
    """Draws calls, and remembers the ids that clients have learned."""

    def __init__(self, seed: int, base: Base, history: History) -> None:
        self._base = base
        self._actions: list[int] = []

    def draw(self, client: Client, chance: random.Random, name: str) -> Call:
        """Return the next call of a client."""

        def learn(response: Response) -> None:
            if response.status == 201:
                self._actions.append(response.json["id"])

        if not self._actions or chance.random() < 0.3:
            return Call("create_action", "POST", "/api/v2/actions.json", {"title": name}, learn=learn)
        action = chance.choice(self._actions)
        if chance.random() < 0.5:
            return Call("get_action", "GET", f"/api/v2/actions/{action}.json")
        return Call("update_action", "PATCH", f"/api/v2/actions/{action}.json", {"title": name})
