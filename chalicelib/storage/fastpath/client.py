"""How botocore speaks to DynamoDB: without the parts of its work that this table has no use for.

botocore still finds credentials and address, writes and signs the requests, judges the answers and tries again; its
events are as ever. What is spared is about half of a small request, and two thirds of a list of 100.
"""

from typing import Any

from botocore import handlers
from botocore.config import Config
from botocore.credentials import CredentialResolver, EnvProvider
from botocore.httpsession import get_cert_path
from botocore.parsers import JSONParser, ResponseParserFactory
from botocore.utils import get_environ_proxies
from pynamodb.connection import Connection

from chalicelib.storage.fastpath.transport import Session

AGENT = "ogsm-workspaces"  # botocore would put its own together anew twice in each request


def client(connection: Connection) -> Any:
    """The client of a PynamoDB connection, made fast. It answers items as they are sent: no binary attributes."""
    session = _session(connection)
    session.set_default_client_config(Config(user_agent=AGENT))
    session.register_component("response_parser_factory", _Parsers())
    provider = EnvProvider()
    if provider.load():  # else botocore would prepare to ask two more providers over TLS
        session.register_component("credential_provider", CredentialResolver([provider]))
    made: Any = connection.client
    made._ruleset_resolver = None  # it knows the address already; botocore has no public way to tell it so
    if not get_environ_proxies(made.meta.endpoint_url):
        made._endpoint.http_session = _transport(made, session)
    return made


def _transport(made: Any, session: Any) -> Session:
    authorities = get_cert_path(session.get_config_variable("ca_bundle") or True)
    settings = made.meta.config
    return Session(made.meta.endpoint_url, authorities, settings.connect_timeout, settings.read_timeout)


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
