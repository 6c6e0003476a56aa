"""Makes chalice's local server answer as API Gateway does with this project's template, and as fast as it can.

Stock `chalice local` answers 403 where the template's gateway responses say 401 or 404, echoes the Authorization header
of unknown paths back, drops the connection when an authorizer fails, and waits 40 ms for every kept-alive answer.
"""

from http import HTTPStatus
from typing import Any

from chalice.local import ChaliceRequestHandler, LocalGatewayException, RouteMatcher, ThreadedHTTPServer

from chalicelib import randomness
from chalicelib.errors import MethodNotAllowed, NotFound, Problem
from chalicelib.http import cors, log, problems
from chalicelib.http.authorizer import REALM
from chalicelib.http.endpoint import ENDPOINTS

JSON = {"Content-Type": "application/problem+json"}


class Unauthorized(Problem):
    """No credential, or none that is valid."""

    status, title = 401, "Unauthorized"


class LengthRequired(Problem):
    """A body of unknown length."""

    status, title = 411, "Length Required"


class Rejected(Problem):
    """What http.server itself refuses, such as an unknown method."""


class Handler(ChaliceRequestHandler):
    """One connection. Its methods replace those of Chalice's class, which is bound before it can be exchanged."""

    disable_nagle_algorithm = True

    def _generic_handle(self) -> None:
        if self.headers.get("transfer-encoding"):
            self.close_connection = True  # http.server cannot read chunks, and what follows is not a request
            return self._send_problem(LengthRequired("send Content-Length; this server takes no chunked bodies"))
        if not self.headers.get("content-length", "0").isdecimal():
            return self.send_error(400, "Content-Length must be a whole number")
        try:
            self._handle_as_gateway()
        except LocalGatewayException as error:
            self._send_error_response(error)
        except ConnectionError:
            self.close_connection = True  # whoever asked has gone
        except Exception:  # an authorizer that fails: API Gateway answers 500 where Chalice drops the connection
            self._send_problem(Problem("the request could not be authorized; try again"), failed=True)

    def _handle_as_gateway(self) -> None:
        headers, body = self._parse_payload()
        response = self.local_gateway.handle_request(self.command, self.path, headers, body)
        sent = response["headers"] | response["multiValueHeaders"]
        self._send_http_response(response["statusCode"], sent, self._handle_binary(response)["body"])

    def _send_error_response(self, error: LocalGatewayException) -> None:
        kind = error.headers.get("x-amzn-ErrorType")
        if kind == "UnauthorizedException" and error.CODE == 403:
            self._send_problem(NotFound("there is nothing at this address"))
        else:
            detail = "send a valid key and secret by Basic authentication, or a valid token"
            self._send_problem(Unauthorized(detail, {"WWW-Authenticate": REALM}))

    def _refuse_method(self) -> None:
        self.close_connection = True  # its body has not been read
        try:
            route = RouteMatcher([path for one in ENDPOINTS for path in one.paths]).match_route(self.path).route
        except ValueError:
            self._send_problem(NotFound("there is nothing at this address"))
        else:
            allowed = ", ".join(method for one in ENDPOINTS if route in one.paths for method in one.methods)
            self._send_problem(MethodNotAllowed(f"{self.command} is not among {allowed}", {"Allow": allowed}))

    def _send_problem(self, problem: Problem, failed: bool = False) -> None:
        request_id = randomness.request_id()
        if failed:
            log.write_exception(request_id)
        reply = problems.problem_response(problem, self.path.partition("?")[0], request_id)
        log.write_line(
            request_id=request_id, method=self.command, path=self.path.partition("?")[0], status=reply.status
        )
        asked = {name.lower(): value for name, value in getattr(self, "headers", {}).items()}
        headers = reply.headers | {"X-Request-Id": request_id} | cors.cors_headers(asked)
        self._send_http_response(reply.status, headers, reply.text)

    def _send_http_response_with_body(self, code: int, headers: Any, body: str | bytes) -> None:
        content = body if isinstance(body, bytes) else body.encode()
        self.send_response(code)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(content))} | headers
        self._send_headers(headers)
        if self.command != "HEAD":
            self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, _explain: str | None = None) -> None:
        """Answers what http.server itself refuses, such as an unknown method, as a problem too."""
        if code == HTTPStatus.NOT_IMPLEMENTED:
            self._refuse_method()
            return
        problem = Rejected(message or "this is not a request that the server understands")
        problem.status, problem.title = int(code), HTTPStatus(code).phrase
        self.command, self.path = getattr(self, "command", None) or "GET", getattr(self, "path", "/")
        self.close_connection = True
        self._send_problem(problem)

    def log_message(self, *_: object) -> None:
        """Logs nothing: the access log has its own line for each request."""


def install() -> None:
    """Changes Chalice's classes in place; does nothing the second time."""
    for name, value in vars(Handler).items():
        if not name.startswith("__"):
            setattr(ChaliceRequestHandler, name, value)
    for method in ("GET", "PUT", "POST", "HEAD", "DELETE", "PATCH", "OPTIONS"):
        setattr(ChaliceRequestHandler, f"do_{method}", Handler._generic_handle)
    ThreadedHTTPServer.request_queue_size = 128
