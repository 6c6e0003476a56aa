"""Users of the account, the caller, and who follows whom."""

from tests.simulation.calls import Call
from tests.simulation.knowledge import Known
from tests.simulation.workload.drawing import Draw, Verbs

verbs = Verbs()
USERS, ME = "/api/users", "/api/me"


def _names(draw: Draw) -> dict[str, str]:
    return {"first_name": f"First {draw.name}", "last_name": f"Last {draw.name}"}


def _pick_other(draw: Draw) -> Known:
    return draw.pick("user", lambda known: known.id != draw.me)


def _address(draw: Draw, known: Known) -> str:
    return f"{USERS}/{draw.chance.choice((known.id, known.details['slug']))}"


@verbs.add(1.5)
def create_user(draw: Draw) -> Call:
    draw.require_admin()
    role = draw.chance.choice(({}, {"role": "member"}, {"role": "admin"}))
    return draw.call("POST", USERS, {"email": draw.new_email()} | _names(draw) | role)


@verbs.add(1)
def update_user(draw: Draw) -> Call:
    draw.require_admin()
    return draw.call("PATCH", _address(draw, draw.pick("user")), {"first_name": f"First {draw.name}"})


@verbs.add(0.7)
def change_role(draw: Draw) -> Call:
    draw.require_admin()
    return draw.call("PATCH", _address(draw, draw.pick("user")), {"role": draw.chance.choice(("admin", "member"))})


@verbs.add(1)
def delete_user(draw: Draw) -> Call:
    """Mostly somebody without a client, so that the others can go on."""
    draw.require_admin()
    busy = [identity.user for identity in draw.base.people]
    user = draw.pick("user", lambda known: known.id not in busy or draw.happens(0.1))
    return draw.remove(_address(draw, user))


@verbs.add(1)
def get_user(draw: Draw) -> Call:
    return draw.read(_address(draw, draw.pick("user")))


@verbs.add(1)
def list_users(draw: Draw) -> Call:
    return draw.read_list(USERS)


@verbs.add(2)
def update_me(draw: Draw) -> Call:
    names = _names(draw)
    return draw.call("PATCH", ME, draw.chance.choice(({"user": names}, {"last_name": names["last_name"]})))


@verbs.add(0.5)
def get_me(draw: Draw) -> Call:
    return draw.read(ME)


@verbs.add(0.5)
def list_connections(draw: Draw) -> Call:
    return draw.read_list(f"{ME}/connections")


@verbs.add(2)
def collaborate(draw: Draw) -> Call:
    return draw.call("PUT", f"{_address(draw, _pick_other(draw))}/collaborate")


@verbs.add(1)
def list_follows(draw: Draw) -> Call:
    kind = draw.chance.choice(({}, {}, {"type": "User"}, {"type": "Workspace"}))
    return draw.read_list(f"{ME}/{draw.chance.choice(('follows', 'followings'))}", **kind)
