"""Small histories about deleted stacks, to show to the checkers."""

from tests.simulation.checkers.items import Item
from tests.simulation.scenes import ACCOUNT, USER, Scene, item


def deleted_stack(**attributes: str) -> list[Item]:
    """Return a deleted stack of workspace 3, and the rows that belong to it."""
    place, number = f"{ACCOUNT}#WORKSPACE#{3:016}", f"{5:016}"
    workspace = item("workspace", place, "META", id=3, owner=USER, **({"stacks": "[]"} | attributes))
    stack = item("stack", place, f"STACK#{number}", id=5, deletion_state="deleted", purge_at="2027-01-01T00:00:00Z")
    lookup = item("stack_lookup", ACCOUNT, f"STACK_LOOKUP#{number}", workspace=3)
    member = item("member", place, f"MEMBER#{USER}", role="owner", user=USER)
    others = [
        item("membership", f"{ACCOUNT}#USER#{USER}", f"WORKSPACE#{3:016}"),
        item("user", ACCOUNT, f"USER#{USER}", id=USER, deletion_state="left", personal_workspace=3),
        item("user_account", "USERS", f"USER#{USER}", account=1),
    ]
    return [workspace, stack, lookup, member, *others]


def a_note_of_a_purge(damaged: bool) -> Scene:
    """Return a deleted stack, without the note of its purge if it is damaged."""
    note = item("purge", "PURGES", f"2027-01-01T00:00:00Z#{1:09}#{3:016}#{5:016}")
    return Scene(*deleted_stack(), *([] if damaged else [note]))


def an_order_of_stacks(damaged: bool) -> Scene:
    """Return a deleted stack, which is still in the order of stacks if it is damaged."""
    note = item("purge", "PURGES", f"2027-01-01T00:00:00Z#{1:09}#{3:016}#{5:016}")
    return Scene(*deleted_stack(stacks="[5]" if damaged else "[]"), note)


def an_arrival(damaged: bool) -> Scene:
    """Return the deletion of a stack, and an item that is put on another stack, or on that one if it is damaged."""
    [workspace, stack, *others] = deleted_stack()
    scene = Scene(workspace, {name: value for name, value in stack.items() if name != "deletion_state"}, *others)
    deletion = scene.begin("c1.r1", "DELETE", "/api/workspaces/3/stacks/5")
    scene.write(deletion, stack)
    arrival = scene.begin("c2.r1", "POST", "/api/workspaces/3/items")
    place = 5 if damaged else 4
    scene.write(arrival, item("placement", workspace["pk"]["S"], f"ITEM#{place:016}#1#{9:016}", activity=9))
    return scene


def an_archived_item(damaged: bool) -> Scene:
    """Return the deletion of a workspace that moves its item to the archive, or leaves it there if it is damaged."""
    place = f"{ACCOUNT}#WORKSPACE#{3:016}"
    workspace = item("workspace", place, "META", id=3, owner=USER, stacks="[]")
    placement = item("placement", place, f"ITEM#{4:016}#1#{9:016}", activity=9)
    scene = Scene(workspace, placement)
    request = scene.begin("c1.r1", "DELETE", "/api/workspaces/3?archive_items=true")
    moved = () if damaged else ((place, placement["sk"]["S"]),)
    scene.write(request, workspace | {"deletion_state": {"S": "deleted"}}, deleted=moved)
    return scene
