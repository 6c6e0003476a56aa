"""The releases in CHANGELOG.md, which names the version of the service. The newest release comes first."""

import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent.parent / "CHANGELOG.md"
HEADING = re.compile(r"^## (\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2})$", re.MULTILINE)


class Release(NamedTuple):
    """A heading of the changelog."""

    version: str
    released_on: date


def newest_release(text: str | None = None) -> Release:
    """Return the newest release in CHANGELOG.md, or in a text of this form. Raises ValueError if there is none."""
    heading = HEADING.search(FILE.read_text() if text is None else text)
    if heading is None:
        raise ValueError("CHANGELOG.md has no heading such as: ## 1.2.0 - 2026-11-27")
    return Release(heading[1], date.fromisoformat(heading[2]))
