"""Turn views into Chalice routes, at all spellings of their paths and with the pipeline around them."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar, cast

from chalice.app import Blueprint, Chalice, Request, Response

from chalicelib import errors
from chalicelib.http import cors, past_views, pipeline
from chalicelib.http.authorizer import basic
from chalicelib.http.endpoint import ANY_TYPE, ENDPOINTS, Created, Endpoint, route_module
from chalicelib.http.path_variables import PathVariable, declare_path_variables, require_declared
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.schemas.changes import CHANGE
from chalicelib.schemas.common import NO_PARAMETERS
from chalicelib.validation.containers import ListOf
from chalicelib.validation.schema import Schema

View = TypeVar("View", bound=Callable[..., Any])

ALL_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
WORKSPACES, WORKSPACES_ALIAS = "/api/workspaces", "/api/workspace"


def list_spellings(path: str) -> tuple[str, ...]:
    """Return a documented path and the other paths that mean the same.

    The Workspaces document uses both `/api/workspaces` and `/api/workspace`. The `.json` of the OGSM document's lists
    may be left out; that of a single object belongs to its path variable (NUMBER_WITH_JSON).
    """
    if is_workspace_path(path):
        return path, path.replace(WORKSPACES, WORKSPACES_ALIAS, 1)
    if path.endswith(".json") and path.startswith("/api/v2/"):
        return path, path.removesuffix(".json")
    return (path,)


def is_workspace_path(path: str) -> bool:
    """Return whether a path belongs to the workspaces, each of which has an alias."""
    return f"{path}/".startswith(f"{WORKSPACES}/")


class Routes(Blueprint):
    """The routes of one noun. `path_variables` are the variables that the noun introduces into paths, with their kinds.

    Every decorator takes the documented path, and the fields of Endpoint as keywords.
    """

    def __init__(self, import_name: str, *, path_variables: Mapping[str, PathVariable] | None = None) -> None:
        super().__init__(import_name)
        self._endpoints: list[Endpoint] = []
        declare_path_variables(import_name, path_variables or {})

    def register(self, app: Chalice, options: dict[str, Any]) -> None:
        """Add the routes to the app. Raises LookupError if a path has a variable that no noun declares."""
        for endpoint in self._endpoints:
            require_declared(endpoint.paths[0])
        super().register(app, options)

    def get(self, path: str, *, history: str = "", has_past: bool = False, **declared: Any) -> Callable[[View], View]:
        """Declare a view that reads. It answers HEAD as well.

        `history` is the kind of the row of the object at this path. It adds the parameter `at`, with which the view is
        not called, and the route of the object's history. `has_past` adds the parameter to a list, whose view reads it.
        """
        if history or has_past:
            declared["query"] = past_views.with_at(declared.get("query", NO_PARAMETERS))
            declared["more_errors"] = (*declared.get("more_errors", ()), *past_views.NOT_KEPT_ANY_MORE)

        def declare(view: View) -> View:
            shown = past_views.show_past(view, history, path) if history else view
            self._declare(("GET", "HEAD"), path, **declared)(shown)
            if history:
                self._declare_history(view, history, path, declared.get("noun") or route_module(view))
            return view

        return declare

    def _declare_history(self, view: View, kind: str, path: str, noun: str) -> None:
        declare = self.get(
            past_views.history_path(path), query=past_views.HISTORY_PARAMETERS, answers=ListOf(CHANGE), noun=noun
        )
        declare(past_views.build_history_view(view, kind, path))

    def post(self, path: str, *, body: Schema | None, **declared: Any) -> Callable[[View], View]:
        """Declare a view that creates, or one that declares other `statuses`. Raises ValueError without either."""
        if not {"creates", "statuses"} & declared.keys():
            raise ValueError(f"POST {path} has to declare what it `creates`, or the `statuses` of its answers.")
        return self._declare(("POST",), path, body=body, **declared)

    def patch(self, path: str, *, body: Schema, **declared: Any) -> Callable[[View], View]:
        """Declare a view that changes the fields that are sent. PUT does the same."""
        return self._declare(("PATCH", "PUT"), path, body=body, **declared)

    def put(self, path: str, *, body: Schema | None = None, **declared: Any) -> Callable[[View], View]:
        """Declare a view that puts an object somewhere or applies a verb to it."""
        return self._declare(("PUT",), path, body=body, **declared)

    def delete(self, path: str, **declared: Any) -> Callable[[View], View]:
        """Declare a view that deletes. It answers 204 unless it declares what it answers."""
        if "answers" not in declared:
            declared.setdefault("statuses", (204,))
        return self._declare(("DELETE",), path, **declared)

    def _declare(
        self, methods: tuple[str, ...], path: str, *, creates: Created | str | None = None, **declared: Any
    ) -> Callable[[View], View]:
        if creates is not None:
            declared.setdefault("statuses", (201,))
        created = Created(creates) if isinstance(creates, str) else creates

        def declare(view: View) -> View:
            declared.setdefault("noun", route_module(view))
            endpoint = Endpoint(
                methods,
                list_spellings(path),
                view,
                creates=created,
                has_canonical_path=is_workspace_path(path),
                **declared,
            )
            self._endpoints.append(endpoint)
            ENDPOINTS.append(endpoint)
            for spelling in endpoint.paths:
                _add_route(self, spelling, endpoint)
            return view

        return declare


def refuse_other_methods(app: Chalice) -> None:
    """Answer 405 with Allow for the other methods of every known path. API Gateway itself would answer 403."""
    for path, routes in list(app.routes.items()):
        others = tuple(method for method in ALL_METHODS if method not in routes)
        refusal = _make_refusal(allowed_methods(routes))
        endpoint = Endpoint(others, (path,), refusal, query=None, is_open=True, media_type=ANY_TYPE)
        _add_route(app, path, endpoint)


def allowed_methods(declared: Collection[str]) -> list[str]:
    """Return the methods that a path with these declared ones answers, for the header Allow."""
    return [method for method in ALL_METHODS if method in declared or method == "OPTIONS"]


def _make_refusal(allowed: list[str]) -> Callable[..., ApiResponse]:
    allow = {"Allow": ", ".join(allowed)}

    def refuse(request: ApiRequest, **_: object) -> ApiResponse:
        if request.raw.method == "OPTIONS":
            return ApiResponse("", 204, allow | cors.preflight_headers(request.raw.headers, allow["Allow"]))
        raise errors.MethodNotAllowed(
            f"This address does not support {request.raw.method}, only {allow['Allow']}.", allow
        )

    return refuse


def _add_route(app: Chalice | Blueprint, path: str, endpoint: Endpoint) -> None:
    def handle(**path_texts: str) -> Response:
        return pipeline.respond(endpoint, cast("Request", app.current_request), path_texts)

    register = app.route(
        path,
        name=endpoint.view.__name__,
        methods=list(endpoint.methods),
        authorizer=None if endpoint.is_open else basic,
        api_key_required=not endpoint.is_open or None,  # the usage plan's key, which the authorizer names
        content_types=["*/*"],  # Chalice would check GET and DELETE too; the pipeline checks where there is a body
    )
    register(handle)
