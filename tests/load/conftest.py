"""The server that the tests of a module share."""

from collections.abc import Iterator

import pytest

from infra.testing.processes import Running, running_server


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Start the server of `make run` with a data folder of its own."""
    with running_server(tmp_path_factory.mktemp("load") / "data") as server:
        yield server
