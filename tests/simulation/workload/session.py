"""The session of the caller, and the audit log."""

from tests.simulation.calls import Call
from tests.simulation.workload.drawing import Draw, Verbs

verbs = Verbs()


@verbs.add(0.5)
def get_context(draw: Draw) -> Call:
    return draw.read("/api/session/context")


@verbs.add(0.2)
def get_rate_limit(draw: Draw) -> Call:
    return draw.read("/api/session/rate_limit")


@verbs.add(0.5)
def switch_context(draw: Draw) -> Call:
    slug = draw.me if draw.happens(0.8) else draw.user_name()
    return draw.call("PUT", "/api/session/switch_context", {"type": "User", "slug": slug})


@verbs.add(1)
def list_audit(draw: Draw) -> Call:
    draw.require_admin()
    return draw.read_list("/api/audit")
