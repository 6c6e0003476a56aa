"""The server of the tests of the protocol."""

import pytest

from tests.support.mcp_messages import CoreServer


@pytest.fixture
def core() -> CoreServer:
    """Return a server with the tools of tests."""
    return CoreServer()
