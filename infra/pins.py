"""The versions and hashes in requirements files."""

import re
from collections.abc import Iterator
from pathlib import Path

_PIN = re.compile(r"([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)(.*)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})\b")


def normalize(name: str) -> str:
    """Return the form of a package's name in which all its spellings are equal (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_versions(file: Path) -> dict[str, str]:
    """Return the pinned version of each package, by its normalized name."""
    return {name: version for name, version, _ in _read(file)}


def read_hashes(file: Path) -> dict[str, set[str]]:
    """Return the SHA-256 hashes of the files of each package, by its normalized name."""
    return {name: set(_HASH.findall(options)) for name, _, options in _read(file)}


def _read(file: Path) -> Iterator[tuple[str, str, str]]:
    lines = file.read_text().replace("\\\n", " ").splitlines()  # a line that ends with a backslash continues
    pins = (match for line in lines if (match := _PIN.match(line)))
    return ((normalize(match[1]), match[2], match[3]) for match in pins)
