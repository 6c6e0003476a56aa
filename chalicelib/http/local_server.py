"""Changes to `chalice local`: it answers as API Gateway does with this project's template, and faster.

Without them it answers 403 where the template's gateway responses have 401 or 404, and repeats the Authorization header
of a request for an unknown path. It also drops the connection when an authorizer fails, and waits 40 ms before every
answer on a kept-alive connection. This module needs chalice.local, which is not in the Lambda package.
"""

from http import HTTPStatus
from typing import Any

from chalice.local import ChaliceRequestHandler, LocalGatewayException, RouteMatcher, ThreadedHTTPServer

from chalicelib import randomness
from chalicelib.errors import MethodNotAllowed, NotFound, Problem, Unavailable
from chalicelib.http import cors, log, problems
from chalicelib.http.authorizer import REALM
from chalicelib.http.endpoint import ENDPOINTS


class Unauthorized(Problem):
    """The request has no credential, or no valid one."""

    status, title = 401, "Unauthorized"


class LengthRequired(Problem):
    """The request has a body of unknown length."""

    status, title = 411, "Length Required"


class Rejected(Problem):
    """The request was refused by http.server, for example because of an unknown method."""


class Handler(ChaliceRequestHandler):
    """The handler of one connection. `install` copies its methods into Chalice's class, which Chalice bound already."""

    disable_nagle_algorithm = True

    def _generic_handle(self) -> None:
        if self.headers.get("transfer-encoding"):
            self.close_connection = True  # http.server cannot read chunks, and the next bytes are not a request
            detail = "Send a Content-Length. This server does not accept chunked bodies."
            return self._send_problem(LengthRequired(detail))
        if not self.headers.get("content-length", "0").isdecimal():
            return self.send_error(400, "Content-Length must be a whole number.")
        try:
            self._handle_as_gateway()
        except LocalGatewayException as error:
            self._send_error_response(error)
        except ConnectionError:
            self.close_connection = True  # the client has gone away
        except Unavailable as problem:  # the authorizer cannot read the credential
            self._send_problem(problem)
        except Exception:  # the authorizer failed: API Gateway answers 500, Chalice would drop the connection
            self._send_problem(Problem("The request could not be authorized. Try again."), failed=True)

    def _handle_as_gateway(self) -> None:
        headers, body = self._parse_payload()
        response = self.local_gateway.handle_request(self.command, self.path, headers, body)
        response_headers = response["headers"] | response["multiValueHeaders"]
        self._send_http_response(response["statusCode"], response_headers, self._handle_binary(response)["body"])

    def _send_error_response(self, error: LocalGatewayException) -> None:
        error_type = error.headers.get("x-amzn-ErrorType")
        if error_type == "UnauthorizedException" and error.CODE == 403:
            self._send_problem(NotFound("There is nothing at this address."))
        else:
            detail = "Send a valid key and secret by Basic authentication, or a valid token."
            self._send_problem(Unauthorized(detail, {"WWW-Authenticate": REALM}))

    def _refuse_method(self) -> None:
        self.close_connection = True  # the body was not read
        try:
            paths = [path for endpoint in ENDPOINTS for path in endpoint.paths]
            route = RouteMatcher(paths).match_route(self.path).route
        except ValueError:
            self._send_problem(NotFound("There is nothing at this address."))
        else:
            endpoints = [endpoint for endpoint in ENDPOINTS if route in endpoint.paths]
            allowed = ", ".join(method for endpoint in endpoints for method in endpoint.methods)
            detail = f"This address does not support {self.command}, only {allowed}."
            self._send_problem(MethodNotAllowed(detail, {"Allow": allowed}))

    def _send_problem(self, problem: Problem, failed: bool = False) -> None:
        request_id, path = randomness.request_id(), self.path.partition("?")[0]
        if failed:
            log.write_exception(request_id)
        response = problems.problem_response(problem, path, request_id)
        log.write_line(request_id=request_id, method=self.command, path=path, status=response.status)
        request_headers = {name.lower(): value for name, value in getattr(self, "headers", {}).items()}
        headers = response.headers | {"X-Request-Id": request_id} | cors.cors_headers(request_headers)
        self._send_http_response(response.status, headers, response.text)

    def _send_http_response_with_body(self, code: int, headers: Any, body: str | bytes) -> None:
        content = body if isinstance(body, bytes) else body.encode()
        self.send_response(code)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(content))} | headers
        self._send_headers(headers)
        if self.command != "HEAD":
            self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, _explain: str | None = None) -> None:
        """Answer with problem details where http.server refuses a request itself, for example an unknown method."""
        if code == HTTPStatus.NOT_IMPLEMENTED:
            self._refuse_method()
            return
        problem = Rejected(message or "The server does not understand this request.")
        problem.status, problem.title = int(code), HTTPStatus(code).phrase
        self.command, self.path = getattr(self, "command", None) or "GET", getattr(self, "path", "/")
        self.close_connection = True
        self._send_problem(problem)

    def log_message(self, *_: object) -> None:
        """Log nothing, because the access log has a line for each request."""


def install() -> None:
    """Change Chalice's classes in place. A second call has no effect."""
    for name, value in vars(Handler).items():
        if not name.startswith("__"):
            setattr(ChaliceRequestHandler, name, value)
    for method in ("GET", "PUT", "POST", "HEAD", "DELETE", "PATCH", "OPTIONS"):
        setattr(ChaliceRequestHandler, f"do_{method}", Handler._generic_handle)
    ThreadedHTTPServer.request_queue_size = 128
