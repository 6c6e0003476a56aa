"""Draws the calls of all clients of a seed."""

import random
from dataclasses import replace

from tests.simulation.base import Base
from tests.simulation.calls import Call, is_about_past
from tests.simulation.clients import Client
from tests.simulation.harvest import harvest
from tests.simulation.history import History, Response
from tests.simulation.knowledge import Knowledge, Known, NothingKnownError
from tests.simulation.workload import (
    actions,
    activities,
    changes,
    comments,
    credentials,
    delegations,
    invitations,
    items,
    links,
    ogsm_objects,
    ogsm_plans,
    pages,
    past,
    people,
    session,
    stacks,
    strategies,
    webhooks,
    workspaces,
)
from tests.simulation.workload.drawing import Draw, Function
from tests.simulation.workload.headers import Headers
from tests.simulation.workload.postbox import Postbox
from tests.simulation.workload.scenarios import (
    CHASE_RATE,
    OPENINGS,
    OTHER_CHASE_RATES,
    SCENARIOS,
    WEBHOOKS,
    favour,
    scenario_of,
)
from tests.simulation.workload.secrets import Secrets

MOST_TRIES = 12  # to draw a call about a certain object
NOUNS = {
    "actions": actions.verbs,
    "activities": activities.verbs,
    "changes": changes.verbs,
    "comments": comments.verbs,
    "credentials": credentials.verbs,
    "delegations": delegations.verbs,
    "invitations": invitations.verbs,
    "items": items.verbs,
    "links": links.verbs,
    "ogsm objects": ogsm_objects.verbs,
    "ogsm plans": ogsm_plans.verbs,
    "pages": pages.verbs,
    "past": past.verbs,
    "people": people.verbs,
    "session": session.verbs,
    "stacks": stacks.verbs,
    "strategies": strategies.verbs,
    "workspaces": workspaces.verbs,
}


class Workload:
    """What the clients of one seed want. Each seed uses some of the verbs only, and some of these much more often."""

    def __init__(self, seed: int, base: Base, history: History) -> None:
        self._base = base
        self._knowledge = Knowledge(seed, base.knowledge)
        self._postbox = Postbox(base, history)
        self._headers = Headers(seed, self._knowledge)
        self._secrets = Secrets(seed, self._knowledge)
        chance = random.Random(f"{seed}/workload")
        name = scenario_of(seed)
        scenario = SCENARIOS.get(name, ())
        self._functions, self._weights = _draw_verbs(chance, scenario)
        self._opening = next((one for one in self._functions if one.__name__ == OPENINGS.get(name)), None)
        rate = OTHER_CHASE_RATES.get(name, CHASE_RATE)
        self._chase_rate = rate if scenario else chance.choice((0.0, 0.4, 0.7, 0.9))
        if scenario:
            self._knowledge.concentrate()
        self._changing: dict[int, Known] = {}  # what the newest write in each account is about, or names

    def draw(self, client: Client, chance: random.Random, name: str) -> Call:
        """Return the next call of a client. `name` is the name of the call, and is part of all texts in it."""
        draw = Draw(client, chance, name, self._knowledge, self._base, self._postbox)
        call = self._draw_call(draw)
        call = self._headers.add(self._secrets.add(call, draw), draw)
        return replace(call, learn=lambda response: self._learn(draw, call, response))

    def _draw_call(self, draw: Draw) -> Call:
        """Return a call of a verb for which the client knows enough.

        Often it is about an object that another client is just changing. Such calls lose races, which others do not.
        """
        account = draw.client.identity.account
        draw.wanted = self._changing.get(account) if draw.happens(self._chase_rate) else None
        if draw.name.endswith(".r1") and self._opening is not None:
            call = self._try_verb(draw, self._opening)
            if call:
                return call
        for _ in range(MOST_TRIES):
            call = self._try_verb(draw)
            if call and (draw.wanted is None or draw.wanted in draw.named):
                break
        while not call:
            call = self._try_verb(draw)
        if call.method != "GET" and draw.subject:
            self._changing[account] = draw.chance.choice([draw.subject, *draw.named])
        return call

    def _try_verb(self, draw: Draw, function: Function | None = None) -> Call | None:
        """Return a call of this verb or of some verb, or None if the client does not know what it needs."""
        if function is None:
            [function] = draw.chance.choices(self._functions, self._weights)
        draw.verb, draw.subject, draw.named = function.__name__, None, []
        try:
            return function(draw)
        except NothingKnownError:
            return None

    def _learn(self, draw: Draw, call: Call, response: Response) -> None:
        """Remember what an answer tells, before the call itself does."""
        user, path = draw.me, call.path.partition("?")[0]
        self._secrets.learn(draw.client, call, response)
        if "etag" in response.headers and not is_about_past(call.path):  # a tag of the past is none of the present
            self._knowledge.note_tag(user, path, response.headers["etag"])
        if response.is_success and response.status != 304:
            pages.note_next_page(self._knowledge, user, response)
            harvest(self._knowledge, user, response.json)
        elif response.status == 404 and draw.subject:
            self._knowledge.forget(draw.subject, user)
        call.learn(response)


def _draw_verbs(chance: random.Random, scenario: tuple[str, ...]) -> tuple[list[Function], list[float]]:
    """Return the verbs of a seed with their weights. One or two nouns are its themes, or a scenario has most weight."""
    themes = [chance.choice(list(NOUNS)) for _ in range(chance.choice((0, 1, 1, 2)))]
    share = chance.choice((0.4, 0.7, 1.0))  # of the verbs
    functions: list[Function] = []
    weights: list[float] = []
    # The verbs of webhooks are in one scenario only.
    nouns = NOUNS | ({"webhooks": webhooks.verbs} if scenario == SCENARIOS[WEBHOOKS] else {})
    for noun, verbs in nouns.items():
        for function, weight in verbs.functions.values():
            factor = chance.choice((0.5, 1.0, 1.0, 3.0)) * (5.0 if noun in themes else 1.0)
            if chance.random() < share or noun in themes or function.__name__ in scenario:
                functions.append(function)
                weights.append(weight * factor)
    return functions, favour(scenario, functions, weights) if scenario else weights
