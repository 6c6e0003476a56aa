"""Histories of OGSM objects that are deleted and archived, for the tests of the checkers."""

from collections.abc import Callable

from tests.simulation.checkers import ogsm, reads
from tests.simulation.checkers.items import Item
from tests.simulation.scenes import ACCOUNT, OGSM, Scene, item

STRATEGY = (OGSM, f"STRATEGY#{7:016}")
REPORT = (OGSM, f"STRATEGY_PROGRESS_REPORT#{7_000_001:016}")
PATH = "/api/v2/strategies/7.json"


def strategy(**attributes: str) -> Item:
    """Return strategy 7."""
    return item("strategy", *STRATEGY, doc='{"id":7,"archived":false}', version=1, **attributes)


def kpi(named: int, version: int = 1, *, archived: bool = False, **attributes: int) -> Item:
    """Return KPI 3 of a strategy."""
    text = f'{{"id":3,"archived":{str(archived).lower()},"strategies":[{{"id":{named}}}]}}'
    return item("kpi", OGSM, f"KPI#{3:016}", doc=text, version=version, **attributes)


def tombstone() -> Item:
    """Return the tombstone of strategy 7."""
    return item("tombstone", f"{ACCOUNT}#DELETED", f"strategy#{OGSM}#{STRATEGY[1]}")


def a_deleted_item(damaged: bool) -> Scene:
    scene = Scene(strategy(), item("strategy_progress_report", *REPORT, doc='{"id":7000001}', version=1))
    deleted = (STRATEGY,) if damaged else (STRATEGY, REPORT)
    scene.write(scene.begin("c1.r1", "DELETE", PATH), tombstone(), deleted=deleted)
    return scene


def a_cascade(damaged: bool) -> Scene:
    scene = Scene(strategy(), kpi(7))
    request = scene.begin("c1.r1", "DELETE", f"{PATH}?cascade=true")
    scene.write(request, tombstone(), *([] if damaged else [kpi(8, 2)]), deleted=(STRATEGY,))
    return scene


def what_arrives_meanwhile(damaged: bool) -> Scene:
    scene = Scene(strategy(), *([kpi(7)] if damaged else []))
    request = scene.begin("c1.r1", "DELETE", f"{PATH}?cascade=true")
    scene.write(scene.begin("c2.r1", "POST", "/api/v2/kpis.json"), kpi(7, 2 if damaged else 1))
    scene.write(request, tombstone(), deleted=(STRATEGY,))
    return scene


def a_hidden_object(damaged: bool) -> Scene:
    scene = Scene(strategy(deleted_with=STRATEGY[1]))
    request = scene.begin("c1.r1", "PATCH" if damaged else "DELETE", PATH)
    scene.write(request, *([strategy()] if damaged else []), deleted=() if damaged else (STRATEGY,))
    return scene


def an_absence_of_a_hidden_object(damaged: bool) -> Scene:
    scene = Scene(strategy() if damaged else strategy(deleted_with=STRATEGY[1]))
    scene.end(scene.begin("c1.r1", "GET", PATH), 404)
    return scene


def a_memory(damaged: bool) -> Scene:
    scene = Scene(kpi(7, archived=True, archived_by=7))
    request = scene.begin("c1.r1", "PATCH", "/api/v2/kpis/3.json", {"archived": False})
    scene.write(request, kpi(7, 2, archived_by=7) if damaged else kpi(7, 2))
    return scene


OGSM_TABLE: list[tuple[Callable[..., object], Callable[[bool], Scene], str]] = [
    (ogsm.check, a_deleted_item, "not what stands on it: STRATEGY_PROGRESS_REPORT"),
    (ogsm.check, a_cascade, "not what stands on it: KPI"),
    (ogsm.check, what_arrives_meanwhile, "not what stands on it: KPI"),
    (ogsm.check, a_hidden_object, "which was being deleted"),
    (reads.check, an_absence_of_a_hidden_object, "was there and visible"),
    (ogsm.check, a_memory, "with a memory of the strategy"),
]
