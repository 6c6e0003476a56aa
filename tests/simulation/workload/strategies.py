"""Strategies with their KPIs and actions: what is archived, published and deleted with them."""

from typing import Any

from tests.simulation.calls import Call
from tests.simulation.workload.drawing import Draw, Verbs
from tests.simulation.workload.ogsm_objects import learning

verbs = Verbs()
STRATEGIES, KPIS = "/api/v2/strategies", "/api/v2/kpis"


def _belonging(draw: Draw) -> dict[str, Any]:
    """Return the strategies that a KPI or an action belongs to: one or two, which the clients know."""
    known = [draw.other("strategy").id for _ in range(draw.chance.choice((1, 1, 2)))]
    return {"strategies": [{"id": one} for one in dict.fromkeys(known)]}


@verbs.add(3)
def create_strategy(draw: Draw) -> Call:
    body = {"title": f"strategy {draw.name}"} | ({"archived": True} if draw.happens(0.2) else {})
    return learning(draw, "strategy", draw.call("POST", f"{STRATEGIES}.json", body))


@verbs.add(3)
def archive_or_publish_strategy(draw: Draw) -> Call:
    title = {"title": f"strategy {draw.name}"} if draw.happens(0.3) else {}
    body = title | {"archived": draw.happens(0.5)}
    return draw.call("PATCH", f"{STRATEGIES}/{draw.pick('strategy').id}.json", body)


@verbs.add(1)
def update_strategy(draw: Draw) -> Call:
    body = {"title": f"strategy {draw.name}"}
    return draw.call("PATCH", f"{STRATEGIES}/{draw.pick('strategy').id}.json", body)


@verbs.add(1)
def delete_strategy(draw: Draw) -> Call:
    cascade = draw.chance.choice(("", "?cascade=true", "?cascade=true"))
    return draw.remove(f"{STRATEGIES}/{draw.pick('strategy').id}.json{cascade}")


@verbs.add(1)
def get_strategy(draw: Draw) -> Call:
    return draw.read(f"{STRATEGIES}/{draw.pick('strategy').id}.json")


@verbs.add(1)
def list_strategies(draw: Draw) -> Call:
    return draw.read_list(f"{STRATEGIES}.json", **draw.chance.choice(({}, {"archived": "true"}, {"format": "csv"})))


@verbs.add(3)
def create_kpi(draw: Draw) -> Call:
    return learning(draw, "kpi", draw.call("POST", f"{KPIS}.json", {"title": f"kpi {draw.name}"} | _belonging(draw)))


@verbs.add(2)
def update_kpi(draw: Draw) -> Call:
    changes = draw.chance.choice(({}, {"archived": True}, {"archived": False}, None))
    body = {"title": f"kpi {draw.name}"} | (_belonging(draw) if changes is None else changes)
    return draw.call("PATCH", f"{KPIS}/{draw.pick('kpi').id}.json", body)


@verbs.add(2)
def create_action_of_strategy(draw: Draw) -> Call:
    body = {"title": f"title {draw.name}"} | _belonging(draw)
    return learning(draw, "action", draw.call("POST", "/api/v2/actions.json", body))


@verbs.add(1)
def delete_kpi(draw: Draw) -> Call:
    return draw.remove(f"{KPIS}/{draw.pick('kpi').id}.json")


@verbs.add(1)
def get_kpi(draw: Draw) -> Call:
    return draw.read(f"{KPIS}/{draw.pick('kpi').id}.json")
