"""How views become Chalice routes: one declaration, any number of paths, the edge around each."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from chalice.app import Blueprint, Chalice, Request, Response

from chalicelib import errors
from chalicelib.http import cors, pipeline
from chalicelib.http.authorizer import basic
from chalicelib.http.endpoint import ENDPOINTS, Endpoint
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.validation.schema import Schema

View = TypeVar("View", bound=Callable[..., Any])

ALL_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Routes(Blueprint):
    """The routes of one noun."""

    def get(self, *paths: str, **more: Any) -> Callable[[View], View]:
        """A view that reads. HEAD is answered by the same view."""
        return self._declare(["GET", "HEAD"], paths, **more)

    def post(self, *paths: str, body: Schema | None, **more: Any) -> Callable[[View], View]:
        """A view that creates."""
        return self._declare(["POST"], paths, body=body, **more)

    def patch(self, *paths: str, body: Schema, **more: Any) -> Callable[[View], View]:
        """A view that changes the fields it is sent; PUT is the same."""
        return self._declare(["PATCH", "PUT"], paths, body=body, **more)

    def put(self, *paths: str, body: Schema | None, **more: Any) -> Callable[[View], View]:
        """A view that puts something somewhere."""
        return self._declare(["PUT"], paths, body=body, **more)

    def delete(self, *paths: str, **more: Any) -> Callable[[View], View]:
        """A view that removes."""
        return self._declare(["DELETE"], paths, **more)

    def _declare(self, methods: list[str], paths: tuple[str, ...], **more: Any) -> Callable[[View], View]:
        def declare(view: View) -> View:
            endpoint = Endpoint(tuple(methods), paths, view, **more)
            ENDPOINTS.append(endpoint)
            for path in paths:
                _route(self, path, methods, endpoint)
            return view

        return declare


def refuse_other_methods(app: Chalice) -> None:
    """Answers 405 with Allow where a path is known and the method is not: API Gateway itself would say 403."""
    for path, routes in list(app.routes.items()):
        others = [method for method in ALL_METHODS if method not in routes]
        allowed = [method for method in ALL_METHODS if method in routes or method == "OPTIONS"]
        _route(app, path, others, Endpoint(tuple(others), (path,), _refusal(allowed), query=None, is_open=True))


def _refusal(allowed: list[str]) -> Callable[..., ApiResponse]:
    allow = {"Allow": ", ".join(allowed)}

    def refuse(call: ApiRequest, **_: object) -> ApiResponse:
        if call.raw.method == "OPTIONS":
            return ApiResponse("", 204, allow | cors.preflight_headers(call.raw.headers, allow["Allow"]))
        raise errors.MethodNotAllowed(f"{call.raw.method} is not among {', '.join(allowed)}", allow)

    return refuse


def _route(app: Chalice | Blueprint, path: str, methods: list[str], endpoint: Endpoint) -> None:
    def handle(**ids: str) -> Response:
        return pipeline.respond(endpoint, cast("Request", app.current_request), ids)

    # Chalice would ask for JSON on GET and DELETE too; the edge asks where there is a body.
    register = app.route(
        path,
        name=endpoint.view.__name__,
        methods=methods,
        authorizer=None if endpoint.is_open else basic,
        api_key_required=not endpoint.is_open or None,  # the usage plan's; the authorizer names it
        content_types=["*/*"],
    )
    register(handle)
