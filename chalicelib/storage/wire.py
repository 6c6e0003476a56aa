"""How botocore speaks to DynamoDB: without the parts of its work that this table has no use for.

botocore still finds credentials and address, writes the requests, checks the answers' sums and tries again; its events
are as ever. What is spared is about a third of a small request, and half of a list of 100.
"""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from botocore import handlers
from botocore.auth import AUTH_TYPE_MAPS, SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import NoCredentialsError
from botocore.httpsession import get_cert_path
from botocore.parsers import JSONParser, ResponseParserFactory
from pynamodb.connection import Connection

from chalicelib.storage.sender import Sender

SIGNED = "v4-dynamodb"
AGENT = "ogsm-workspaces"  # botocore would put its own together anew twice in each request


def client(connection: Connection) -> Any:
    """The client of a PynamoDB connection, made fast. It answers items as they are sent: no binary attributes."""
    session = _session(connection)
    session.set_default_client_config(Config(user_agent=AGENT))
    session.register_component("response_parser_factory", _Parsers())
    made: Any = connection.client
    authorities = session.get_config_variable("ca_bundle") or get_cert_path(verify=True)
    config = made.meta.config
    # botocore has no public way to another transport, nor to the address that it knows already.
    made._endpoint.http_session = Sender(authorities, config.connect_timeout, config.read_timeout)
    made._ruleset_resolver = None
    made.meta.events.register("choose-signer.dynamodb", lambda **_: SIGNED)
    return made


def _session(connection: Connection) -> Any:
    """The session of a connection, without the hundred handlers that botocore has for other services."""
    everything = handlers.BUILTIN_HANDLERS
    handlers.BUILTIN_HANDLERS = [one for one in everything if _concerns(one[0])]
    try:
        return connection.session
    finally:
        handlers.BUILTIN_HANDLERS = everything


def _concerns(event: str) -> bool:
    kind, _, service = event.partition(".")
    return kind != "docs" and service.partition(".")[0] in ("", "*", "dynamodb")


class Signer(SigV4Auth):  # type: ignore[misc]
    """Signature version 4 of what is sent to DynamoDB: POST to the root, without a query."""

    def add_auth(self, request: AWSRequest) -> None:
        """Puts the signature into the headers. Raises NoCredentialsError."""
        if self.credentials is None:
            raise NoCredentialsError()
        now = request.context["timestamp"] = datetime.now(UTC).strftime(SIGV4_TIMESTAMP)
        headers = request.headers
        _set(headers, "X-Amz-Date", now)
        signed = {"content-type": headers["Content-Type"], "host": urlsplit(request.url).netloc, "x-amz-date": now}
        if self.credentials.token:
            signed["x-amz-security-token"] = self.credentials.token
            _set(headers, "X-Amz-Security-Token", self.credentials.token)
        signed["x-amz-target"] = headers["X-Amz-Target"]
        lines = [f"{name}:{value}" for name, value in signed.items()]
        names = ";".join(signed)
        canonical = "\n".join(["POST", "/", "", *lines, "", names, sha256(request.body).hexdigest()])
        signature = self.signature(self.string_to_sign(request, canonical), request)
        scope = self.scope(request)
        parts = f"Credential={scope}, SignedHeaders={names}, Signature={signature}"
        _set(headers, "Authorization", f"AWS4-HMAC-SHA256 {parts}")


AUTH_TYPE_MAPS[SIGNED] = Signer


def _set(headers: Any, name: str, value: str) -> None:
    del headers[name]  # they would keep one of an earlier attempt beside it
    headers[name] = value


class _Parser(JSONParser):  # type: ignore[misc]
    """DynamoDB's JSON is what botocore makes of it already, but for binary values and times."""

    def _handle_json_body(self, raw_body: bytes, shape: Any) -> Any:  # noqa: ARG002
        return self._parse_body_as_json(raw_body)


class _Parsers(ResponseParserFactory):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self._parser = _Parser()

    def create_parser(self, protocol_name: str) -> JSONParser:  # noqa: ARG002
        """The one parser: it keeps nothing of what it reads."""
        return self._parser
