"""Use the JSON of a response as it is.

botocore walks through a response shape by shape and copies each value into a new structure. DynamoDB's JSON already
has that structure, except for binary values and times. We override a private method of botocore's parser and return
the parsed JSON. Binary values stay as Base64 text, which models/base.py decodes. No response that the service reads
contains a time.

Gain: a list of 100 rows takes 0.14 times as long, a small request 2 to 20 % less.
"""

from typing import Any

from botocore.parsers import JSONParser, ResponseParserFactory


def install(session: Any) -> None:
    """Let the clients of a botocore session use this parser."""
    session.register_component("response_parser_factory", ParserFactory())


class Parser(JSONParser):  # type: ignore[misc]
    """Read DynamoDB's responses without converting them."""

    def _handle_json_body(self, raw_body: bytes, shape: Any) -> Any:  # noqa: ARG002
        return self._parse_body_as_json(raw_body)


class ParserFactory(ResponseParserFactory):  # type: ignore[misc]
    """Return the same parser for every response. It keeps no state."""

    def __init__(self) -> None:
        super().__init__()
        self._parser = Parser()

    def create_parser(self, protocol_name: str) -> JSONParser:  # noqa: ARG002
        """Return the parser, whatever the protocol: DynamoDB has only one."""
        return self._parser
