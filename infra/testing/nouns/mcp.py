"""The Model Context Protocol."""

from infra.testing.noun import Noun
from infra.testing.request_cases import RequestCase

LIST_TOOLS = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}

NOUN = Noun(request_cases=[RequestCase("POST", "/mcp", [], body=LIST_TOOLS)])
