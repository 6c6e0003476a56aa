"""What a tool asks of the API on behalf of the caller: requests to routes, and their answers."""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from chalicelib import json_text
from chalicelib.agent_tools.api_routes import ApiRoute
from chalicelib.http.inner_requests import carry_out
from chalicelib.http.request import ApiRequest
from chalicelib.json_text import JsonObject

NEXT = re.compile(r'<[^>]*[?&](?:cursor|after)=([^&>]*)[^>]*>; rel="next"')


class Refused(Exception):
    """A request that the API refused, with its problem details (RFC 9457)."""

    def __init__(self, problem: JsonObject) -> None:
        super().__init__(problem["detail"])
        self.problem = problem


class Answer(NamedTuple):
    """A successful answer of the API. `next` is where its list goes on, or None."""

    body: Any
    next: str | None


@dataclass
class Api:
    """The API for one call of a tool. `done` lists what the call has changed so far, for the case that it fails."""

    outer: ApiRequest
    done: list[str] = field(default_factory=list)

    @property
    def request_id(self) -> str:
        """Return the id of the request. All changes of a call have it, so that one call undoes them."""
        return self.outer.request_id

    def ask(self, route: ApiRoute, values: JsonObject, **headers: str) -> Answer:
        """Return the answer to a request with these values of arguments. Raises Refused if the API refuses it.

        Words in the names of headers are joined by underscores: `confirm_token`.
        """
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        response = carry_out(self.outer, route.request(values, sent))
        body: Any = json_text.load(response.text) if response.text else None
        if response.status >= 400:
            raise Refused(body)  # which is an object with its problem details
        if route.method != "GET" and "prefer" not in headers:
            self.done.append(f"{route.method} {route.request(values, {}).address}")
        found = NEXT.search(response.headers.get("Link", ""))
        return Answer(body, unquote_plus(found[1]) if found else None)

    def url(self, path: str) -> str:
        """Return the absolute URL of a path of the API."""
        return self.outer.url(path)
