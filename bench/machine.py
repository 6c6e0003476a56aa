"""What a result was measured on."""

import importlib.metadata
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def described(*packages: str) -> dict[str, Any]:
    """Date, processor, Python and the versions of these packages."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{os.cpu_count()} x {_processor()}",
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in packages},
    }


def in_words(results: dict[str, Any]) -> str:
    """The same, for the head of a page."""
    versions = ", ".join(f"{name} {version}" for name, version in results["packages"].items())
    return f"{results['date']}. {results['machine']}. Python {results['python']}, {versions}."


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
