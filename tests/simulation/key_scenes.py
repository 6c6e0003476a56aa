"""Small histories of requests with an Idempotency-Key, to show to the checkers."""

import hashlib

from chalicelib.http.idempotency import IN_PROGRESS
from tests.simulation.checkers.items import Item
from tests.simulation.history import Request
from tests.simulation.scenes import ACCOUNT, OGSM, START, Scene, action, item

ACTION = (OGSM, "ACTION#0000000000000001")
ACTIONS, PATH = "/api/v2/actions.json", "/api/v2/actions/1.json"
TOMBSTONE = item("tombstone", f"{ACCOUNT}#DELETED", f"action#{ACTION[0]}#{ACTION[1]}")
RECEIPT = f"RECEIPT#1-a#{hashlib.sha256(b'k').hexdigest()}"


def receipt(status: int, seconds: int = 60) -> Item:
    """Return the receipt of a key that was claimed at the beginning, or of one whose answer is known."""
    return item("receipt", ACCOUNT, RECEIPT, status=status, ttl=int(START) + seconds)


def post(scene: Scene, name: str) -> Request:
    """Send a request that creates an action."""
    request = scene.begin(name, "POST", ACTIONS, {"title": "c1.r1"}, key="k")
    request.credential = "1-a"
    return request


def a_claimed_key(damaged: bool) -> Scene:
    scene = Scene()
    first, second = post(scene, "c1.r1"), post(scene, "c1.r1/2")
    scene.write(first, receipt(0))
    scene.begin("c3.r1", "GET", PATH)
    scene.operate(second, "GetItem", {"Key": {"pk": {"S": ACCOUNT}, "sk": {"S": RECEIPT}}})
    scene.begin("c2.r1", "GET", PATH)
    scene.write(second if damaged else first, receipt(201))
    return scene


def an_expired_claim(damaged: bool) -> Scene:
    scene = Scene()
    scene.write(post(scene, "c1.r1"), receipt(0, seconds=-60 if damaged else 60))
    scene.end(post(scene, "c1.r1/2"), 409, {"detail": IN_PROGRESS})
    return scene


def a_claim_of_a_refused_request(damaged: bool) -> Scene:
    scene = Scene()
    first, second = post(scene, "c1.r1"), post(scene, "c1.r1/2")
    scene.write(first, receipt(0))
    if not damaged:
        scene.end(second, 409, {"detail": IN_PROGRESS})
    scene.end(first, 404)
    if damaged:
        scene.end(post(scene, "c1.r1/3"), 409, {"detail": IN_PROGRESS})
    return scene


def a_key(damaged: bool) -> Scene:
    scene = Scene()
    for number, name in enumerate(("c1.r1", "c1.r1/2")):
        request = scene.begin(name, "POST", "/api/v2/actions.json", {"title": "c1.r1"}, key="k")
        if damaged or number == 0:
            scene.write(request, action("c1.r1", number=number + 1))
        scene.end(request, 201, {"id": 1})
    return scene


def a_reused_key(damaged: bool) -> Scene:
    scene = Scene()
    for name in ("c1.r1", "c1.r2"):
        request = scene.begin(name, "PATCH", PATH, {"title": name}, key="k")
        scene.end(request, 200 if damaged or name == "c1.r1" else 422, {"id": 1})
    return scene


def an_answer_of_a_key(damaged: bool) -> Scene:
    scene = Scene()
    for name in ("c1.r1", "c1.r1/2"):
        scene.end(scene.begin(name, "PATCH", PATH, {}, key="k"), 200, {"title": name if damaged else "same"})
    return scene


def a_key_of_undone_work(damaged: bool) -> Scene:
    """Return a creation that is repeated after the first request was cut off, and its object deleted or left."""
    scene = Scene()
    first = scene.begin("c1.r1", "POST", "/api/v2/actions.json", {"title": "c1.r1"}, key="k")
    scene.write(first, action("c1.r1"), item("receipt", ACCOUNT, "RECEIPT#k", status=0))
    if not damaged:
        scene.write(scene.begin("c2.r1", "DELETE", PATH), TOMBSTONE, deleted=(ACTION,))
    again = scene.begin("c1.r1/2", "POST", "/api/v2/actions.json", {"title": "c1.r1"}, key="k")
    scene.write(again, action("c1.r1", number=2))
    return scene
