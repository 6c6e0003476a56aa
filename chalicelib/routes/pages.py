"""/ and /docs: what this is, and its reference, for people."""

import json
from functools import lru_cache

from chalicelib.http import pages
from chalicelib.http.call import Call, Reply
from chalicelib.http.pages import HTML
from chalicelib.http.routing import Routes

routes = Routes(__name__)
STAGES = 4  # that one process is reached through, at most: the stage itself and domains


@routes.get("/", is_open=True, media_type=HTML)
def show_landing(call: Call) -> Reply:
    """Shows what this is, and where to go on."""
    at = call.addresses
    return pages.reply(pages.render("landing", at.prefix, origin=at.origin))


@routes.get("/docs", is_open=True, media_type=HTML)
def show_docs(call: Call) -> Reply:
    """Shows every call with its parameters, bodies and answers, and a form to try it."""
    return pages.reply(_docs(call.addresses.prefix), policy=pages.TRYING)


@lru_cache(STAGES)
def _docs(prefix: str) -> str:
    from chalicelib.http.reference import Reference  # few requests need it, and every cold start would pay

    document = json.loads((pages.FOLDER / "openapi.json").read_text())
    return pages.render("docs", prefix, reference=Reference(document))
