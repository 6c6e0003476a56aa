"""Describe the machine and the versions with which results were measured."""

import importlib.metadata
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def describe(versions: Mapping[str, str]) -> dict[str, Any]:
    """Return today's date, the processor, the version of Python and those of packages."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{os.cpu_count()} x {_processor()}",
        "python": platform.python_version(),
        "packages": dict(versions),
    }


def installed_versions(*packages: str) -> dict[str, str]:
    """Return the versions of packages in this environment."""
    return {name: importlib.metadata.version(name) for name in packages}


def describe_in_words(results: dict[str, Any]) -> str:
    """Return the same as a sentence for the top of a page."""
    versions = ", ".join(f"{name} {version}" for name, version in results["packages"].items())
    return f"{results['date']}. {results['machine']}. Python {results['python']}, {versions}."


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
