"""With which credential or access token a client makes a call."""

import random
from dataclasses import replace

from tests.simulation.calls import Call
from tests.simulation.clients import Client
from tests.simulation.history import Response
from tests.simulation.knowledge import Knowledge
from tests.simulation.workload.drawing import Draw

Auth = tuple[str, str]
ANONYMOUS = ("", "")


class Secrets:
    """Chooses among the credentials and tokens of a client's user. Those that were refused are seldom tried again."""

    def __init__(self, seed: int, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._other_rate = random.Random(f"{seed}/secrets").choice((0.0, 0.05, 0.3))
        self._refused: dict[str, None] = {}

    def add(self, call: Call, draw: Draw) -> Call:
        """Return the call with another credential than the client's own, or with a token, if one is drawn."""
        if call.auth is not None:
            return call
        is_refused = draw.client.identity.key in self._refused
        if draw.happens(0.9 if is_refused else self._other_rate):
            return self._with_other(call, draw)
        return replace(call, auth=(draw.client.identity.key, draw.name)) if draw.happens(0.005) else call

    def _with_other(self, call: Call, draw: Draw) -> Call:
        found: list[Call] = []
        for known in self._knowledge.seen(draw.me, "credential"):
            auth = str(known.id), str(known.details.get("secret", ""))
            if auth[1] and known.details["owner"] == draw.me and auth[0] not in self._refused:
                found.append(replace(call, auth=auth))
        for token in self._knowledge.seen(draw.me, "token"):
            header = f"Bearer {token.id}"
            if header not in self._refused:
                found.append(replace(call, auth=ANONYMOUS, headers=call.headers | {"Authorization": header}))
        return draw.chance.choice(found) if found else call

    def learn(self, client: Client, call: Call, response: Response) -> None:
        """Note that a credential or token was refused."""
        if response.status != 401 or call.path.startswith("/oauth"):
            return
        own = call.auth[0] if call.auth else client.identity.key
        self._refused[own or call.headers.get("Authorization", "")] = None
