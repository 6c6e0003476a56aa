"""What the tests of the package and its template share."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from infra import package


@pytest.fixture(scope="session")
def built_package(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that returns the folder with a stage's package, which is built once for all workers."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each worker has its own folder inside that of the run
        folder = folder.parent

    def build(stage: str) -> Path:
        out = folder / "packages"
        with out.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not out.exists():
                unfinished = folder / "unfinished-packages"
                for each in package.STAGES:  # together, because the second one takes a fraction of the time
                    package.build(each, unfinished / each)
                unfinished.rename(out)
        return out / stage

    return build
