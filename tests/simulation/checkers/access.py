"""Find out from the rows who could see an object."""

from tests.simulation.checkers.items import OGSM, Item, Key, number_of, text_of
from tests.simulation.checkers.paths import Named
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.history import Request


def could_see_all_the_time(timeline: Timeline, request: Request, named: Named) -> bool:
    """Return whether an object existed and was visible to the user of a request from its start to its end."""
    key = timeline.keys.get((request.account, *named))
    if key is None:
        return False
    first, last = request.started, request.ended or request.started
    versions = timeline.versions_between(key, first, last)
    if not all(versions) or any(text_of(item, "deletion_state") or text_of(item, "deleted_with") for item in versions):
        return False
    user = (f"ACCOUNT#{request.account:09}", f"USER#{request.user}")
    if any(text_of(item, "deletion_state") for item in timeline.versions_between(user, first, last)):
        return False
    return named.kind in (*OGSM, "user") or _is_inside(timeline, request, named, key, versions)


def _is_inside(timeline: Timeline, request: Request, named: Named, key: Key, versions: list[Item | None]) -> bool:
    """Return whether the user was in the workspace of an object all the time."""
    first, last = request.started, request.ended or request.started
    if named.kind == "comment":
        key = (f"ACCOUNT#{request.account:09}#ACTIVITIES", f"ACTIVITY#{key[0].rpartition('#')[2]}")
        versions = timeline.versions_between(key, first, last)
    if named.kind in ("comment", "activity"):
        if any("deleted_by" in item for item in versions if item):
            return False  # nobody sees an activity while its comments are being deleted
        spaces = {number_of(item, "workspace") for item in versions}
        if len(spaces) != 1:
            return False
        [space] = spaces
        place = f"ACCOUNT#{request.account:09}#WORKSPACE#{space:016}"
    elif named.kind in ("workspace", "stack"):
        place = key[0]
        if (
            named.kind == "stack"
            and "/workspace" in request.path
            and f"{int(request.path.split('/')[3]):016}" not in place
        ):
            return False
    else:
        return False
    members = timeline.versions_between((place, f"MEMBER#{request.user}"), first, last)
    spaces_versions = timeline.versions_between((place, "META"), first, last)
    is_open = all(item and not text_of(item, "deletion_state") for item in spaces_versions)
    return is_open and all(text_of(item, "role") in ("owner", "member") for item in members)
