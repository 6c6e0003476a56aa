"""The headers that clients add to their requests, and what they do wrong in bodies."""

import random
from dataclasses import replace

from tests.simulation.calls import Call
from tests.simulation.knowledge import Knowledge
from tests.simulation.workload.drawing import Draw

BAD_INPUT = 0.03


class Headers:
    """Adds Idempotency-Key, If-Match, If-None-Match and Prefer to calls. Each seed draws how often."""

    def __init__(self, seed: int, knowledge: Knowledge) -> None:
        chance = random.Random(f"{seed}/headers")
        self._knowledge = knowledge
        self._key_rate = chance.choice((0.0, 0.3, 0.7, 1.0))
        self._match_rate = chance.choice((0.0, 0.1, 0.4, 0.8))
        self._keys: dict[tuple[str, str], list[str]] = {}  # by client and key of the credential

    def add(self, call: Call, draw: Draw) -> Call:
        """Return the call with headers, and sometimes with a wrong body."""
        if call.method == "GET":
            tags = self._knowledge.tags(draw.me, call.path)
            found = {"If-None-Match": tags[-1]} if tags and draw.happens(0.2) else {}
            return replace(call, headers=call.headers | found)
        headers: dict[str, str] = {}
        if draw.happens(self._key_rate) and call.auth != ("", ""):
            headers["Idempotency-Key"] = self._draw_key(call, draw)
        tags = self._find_tags(call, draw)
        if tags and draw.happens(self._match_rate):
            headers["If-Match"] = tags[-1] if draw.happens(0.8) else draw.chance.choice(tags)
        if draw.happens(0.03):
            headers["Prefer"] = "handling=lenient"
        return _spoil(replace(call, headers=headers | call.headers), draw)

    def _draw_key(self, call: Call, draw: Draw) -> str:
        """Return a key of the call's own, or seldom one that the same client has sent with the same credential."""
        keys = self._keys.setdefault((draw.client.name, call.auth[0] if call.auth else ""), [])
        if keys and draw.happens(0.05):
            return draw.chance.choice(keys)
        keys.append(f"key of {draw.name}")
        return keys[-1]

    def _find_tags(self, call: Call, draw: Draw) -> list[str]:
        """Return the tags of the path, or of the object to which the last part of the path is a verb."""
        path = call.path.partition("?")[0]
        return self._knowledge.tags(draw.me, path) or self._knowledge.tags(draw.me, path.rpartition("/")[0])


def _spoil(call: Call, draw: Draw) -> Call:
    """Return the call, seldom with a body that the service does not accept."""
    if not call.body or not draw.happens(BAD_INPUT):
        return call
    field = draw.chance.choice(list(call.body))
    wrong = ({field: {"wrong": draw.name}}, {field: ""}, {"unknown": draw.name}, {field: None})
    return replace(call, body=call.body | draw.chance.choice(wrong))
