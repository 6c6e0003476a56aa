"""Changes to `chalice local`: it answers as API Gateway does with this project's template, and faster.

Without them it answers 403 where the template's gateway responses have 401 or 404, and repeats the Authorization header
of a request for an unknown path. It also drops the connection when an authorizer fails, and waits 40 ms before every
answer on a kept-alive connection. This module needs chalice.local, which is not in the Lambda package.
"""

import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import BaseRequestHandler, ThreadingMixIn
from typing import Any, NoReturn

from chalice.local import ChaliceRequestHandler, LocalGatewayException, RouteMatcher, ThreadedHTTPServer

from chalicelib import randomness
from chalicelib.errors import MethodNotAllowed, NotFound, Problem, Unavailable
from chalicelib.http import compression, error_pages, log, negotiation, problems
from chalicelib.http.authorizer import REALM
from chalicelib.http.endpoint import ENDPOINTS, Endpoint, find_endpoints
from chalicelib.http.local_requests import Refused, RequestReader, Timeouts, body_length
from chalicelib.http.routing import allowed_methods

TIMEOUTS = Timeouts()
MAX_CONNECTIONS = 128  # each has a thread
WITHOUT_CONTENT = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)

Answer = tuple[int, dict[str, Any], str | bytes]  # status, headers, body


class Unauthorized(Problem):
    """The request has no credential, or no valid one."""

    status, title = 401, "Unauthorized"


class Server(ThreadingMixIn, HTTPServer):
    """The server with a thread for each connection. `install` puts it under Chalice's class.

    When all threads are taken, a new connection takes the place of the one whose client has been silent for longest. So
    clients that open connections and send nothing cannot keep others out.
    """

    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: Callable[..., BaseRequestHandler]) -> None:
        self._free_places = threading.Semaphore(MAX_CONNECTIONS)
        self._waiting: dict[object, None] = {}  # connections that wait for their client, in the order of their waiting
        self._lock = threading.Lock()
        super().__init__(address, handler)

    def verify_request(self, request: Any, _client_address: object) -> bool:
        """Wait until there is a place for a new connection."""
        while not self._free_places.acquire(timeout=0.01):
            self._close_longest_waiting()
        with self._lock:
            self._waiting[request] = None
        return True

    def shutdown_request(self, request: Any) -> None:
        """Close a connection, and free its place."""
        with self._lock:
            self._waiting.pop(request, None)
        super().shutdown_request(request)
        self._free_places.release()

    @contextmanager
    def working_for(self, connection: socket.socket) -> Iterator[None]:
        """Keep a connection open while the server works on its request. Raises ConnectionError if it is closed."""
        with self._lock:
            if connection not in self._waiting:
                raise ConnectionAbortedError
            del self._waiting[connection]
        try:
            yield
        finally:
            with self._lock:
                self._waiting[connection] = None

    def _close_longest_waiting(self) -> None:
        with self._lock:
            connection: Any = next(iter(self._waiting), None)
            self._waiting.pop(connection, None)
        if connection is not None:
            with suppress(OSError):  # its thread is closing it already
                connection.shutdown(socket.SHUT_RDWR)  # its thread notices the end and closes it


class ResponseWriter(io.BufferedIOBase):
    """Sends each response as a whole, which is faster than to send headers and body separately."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._parts: list[bytes] = []

    def write(self, part: bytes, /) -> int:  # type: ignore[override]
        """Add a part to the response."""
        self._parts.append(part)
        return len(part)

    def flush(self) -> None:
        """Send the response. Raises TimeoutError if the client does not accept all of it in time."""
        response = b"".join(self._parts)
        self._parts.clear()
        if response:
            self._connection.settimeout(TIMEOUTS.response)
            self._connection.sendall(response)


class Handler(ChaliceRequestHandler):
    """The handler of one connection. `install` copies its methods into Chalice's class, which Chalice bound already."""

    disable_nagle_algorithm = True
    default_request_version = "HTTP/1.1"  # by default http.server answers in HTTP/0.9, which has no headers
    rfile: RequestReader
    server: Server

    def setup(self) -> None:
        """Prepare for the requests of one connection."""
        BaseHTTPRequestHandler.setup(self)
        self.rfile.close()
        self.rfile, self.wfile = RequestReader(self.connection, TIMEOUTS), ResponseWriter(self.connection)

    def handle_one_request(self) -> None:
        """Answer the next request. Close the connection if the request was refused or the client has gone away."""
        self.command, self.path, self.headers = "", "/", Message()  # forget the request before
        self.request_version = self.default_request_version
        self.rfile.start_request()
        try:
            self._handle_or_refuse()
        except OSError:
            self.close_connection = True

    def _handle_or_refuse(self) -> None:
        try:
            BaseHTTPRequestHandler.handle_one_request(self)
        except Problem as problem:
            self.close_connection = True  # the request was not read to its end
            self._send_http_response(*self._explain(problem))
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            self.rfile.discard_rest()

    def handle_expect_100(self) -> bool:
        """Let the client send its body, unless the body is too large or of unclear length."""
        body_length(self.headers, self.request_version)
        BaseHTTPRequestHandler.handle_expect_100(self)
        self.wfile.flush()
        return True

    def _generic_handle(self) -> None:
        body = self.rfile.read_body(self.headers, self.request_version)
        self._join_preferences()
        with self.server.working_for(self.connection):
            answer = self._ask_gateway(body)
        self._send_http_response(*answer)

    def _join_preferences(self) -> None:
        """Join the lines of the header Prefer, because Chalice would pass only the first one."""
        lines = self.headers.get_all("Prefer", [])
        del self.headers["Prefer"]
        if lines:
            self.headers["Prefer"] = ", ".join(lines)

    def _ask_gateway(self, body: bytes) -> Answer:
        try:
            address = self.path.replace(";", "%3B")  # Chalice would drop what follows it in the path
            response = self.local_gateway.handle_request(self.command, address, dict(self.headers), body or None)
        except LocalGatewayException as error:
            return self._explain(_to_problem(error))
        except Unavailable as problem:  # the authorizer cannot read the credential
            return self._explain(problem)
        except Exception:  # the authorizer failed: API Gateway answers 500, Chalice would drop the connection
            return self._explain(Problem("The request could not be authorized. Try again."), failed=True)
        headers = response["headers"] | response["multiValueHeaders"]
        return response["statusCode"], headers, self._handle_binary(response)["body"]

    def _explain(self, problem: Problem, failed: bool = False) -> Answer:
        request_id, path = randomness.request_id(), self.path.partition("?")[0]
        if failed:
            log.write_exception(request_id)
        request_headers = {name.lower(): value for name, value in self.headers.items()}
        if error_pages.is_wanted(request_headers, _find_endpoints(self.path)):
            response = error_pages.build_page(problem, "", request_id)
        else:
            response = problems.problem_response(problem, path, request_id)
        log.write_line(request_id=request_id, method=self.command, path=path, status=response.status)
        headers = response.headers | {"X-Request-Id": request_id} | negotiation.negotiated_headers(request_headers)
        return response.status, headers, response.text

    def _send_http_response_with_body(self, code: int, headers: Any, body: str | bytes) -> None:
        content = body if isinstance(body, bytes) else body.encode()
        headers = {"Content-Type": "application/json"} | headers
        compressed = compression.compress(content, self.headers.get("Accept-Encoding"))
        if compressed is not None:
            content, headers["Content-Encoding"] = compressed, "gzip"
        if code not in WITHOUT_CONTENT:
            headers.setdefault("Content-Length", str(len(content)))  # the answer to HEAD brings the length for GET
        if self.close_connection:
            headers["Connection"] = "close"
        self.send_response(code)
        self._send_headers(headers)
        if self.command != "HEAD":
            self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, _explain: str | None = None) -> NoReturn:
        """Refuse a request that http.server does not accept, for example one with an unknown method."""
        if code == HTTPStatus.NOT_IMPLEMENTED:
            raise _refuse_method(self.command, self.path)
        raise Refused(HTTPStatus(code), message or "The server does not understand this request.")

    def log_message(self, *_: object) -> None:
        """Log nothing, because the access log has a line for each request."""

    log_request = log_message


def _to_problem(error: LocalGatewayException) -> Problem:
    """Return the error that API Gateway answers with where Chalice answers with this one."""
    error_type = error.headers.get("x-amzn-ErrorType")
    if error_type == "UnauthorizedException" and error.CODE == HTTPStatus.FORBIDDEN:
        return NotFound("There is nothing at this address.")
    detail = "Send a valid key and secret by Basic authentication, or a valid token."
    return Unauthorized(detail, {"WWW-Authenticate": REALM})


def _refuse_method(method: str, address: str) -> Problem:
    """Return the error for a method that no address supports."""
    endpoints = _find_endpoints(address)
    if not endpoints:
        return NotFound("There is nothing at this address.")
    allowed = ", ".join(allowed_methods({method for endpoint in endpoints for method in endpoint.methods}))
    return MethodNotAllowed(f"This address does not support {method}, only {allowed}.", {"Allow": allowed})


def _find_endpoints(address: str) -> list[Endpoint]:
    """Return the endpoints of an address, or none if nothing is there."""
    try:
        paths = [path for endpoint in ENDPOINTS for path in endpoint.paths]
        return find_endpoints(RouteMatcher(paths).match_route(address).route)
    except ValueError:
        return []


def install() -> None:
    """Change Chalice's classes in place. A second call has no effect."""
    for name, value in vars(Handler).items():
        if not name.startswith("__"):
            setattr(ChaliceRequestHandler, name, value)
    for method in ("GET", "PUT", "POST", "HEAD", "DELETE", "PATCH", "OPTIONS"):
        setattr(ChaliceRequestHandler, f"do_{method}", Handler._generic_handle)
    ThreadedHTTPServer.__bases__ = (Server,)
