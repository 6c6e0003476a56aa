"""The routes that the tools of agents use, found in the modules of chalicelib.agent_tools."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from chalicelib import agent_tools
from chalicelib.agent_tools.api_routes import OTHERS, ApiRoute


def find_routes() -> list[ApiRoute]:
    """Return every route that a module of the tools declares."""
    names = (one.name for one in pkgutil.iter_modules(agent_tools.__path__, f"{agent_tools.__name__}."))
    found = [route for name in names for value in vars(import_module(name)).values() for route in _routes_in(value)]
    return list(dict.fromkeys(found))


def _routes_in(value: object) -> Iterator[ApiRoute]:
    if isinstance(value, ApiRoute):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _routes_in(one)


def list_differences(route: ApiRoute) -> dict[str, set[str]]:
    """Return what a route has and its tools do not know, and what its tools expect and it does not have."""
    has = {*route.query_fields, *route.body_fields}
    knows = {*route.fields, *route.unused}
    return {"has": has - knows - {*OTHERS}, "lacks": knows - has}
