"""`make release`: check that everything names the same version, and tag the current commit with it.

The version is that of the newest heading in CHANGELOG.md. Pushing the tag deploys it, see .github/workflows/deploy.yml.
"""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

from infra import changelog

PROJECT = changelog.FILE.parent
OPENAPI = "chalicelib/pages/static/openapi.json"


def main() -> None:
    """Tag the release, or exit with the reasons why it cannot be tagged."""
    release = changelog.newest_release()
    tag = f"v{release.version}"
    problems = find_problems(PROJECT, release, date.today())  # noqa: DTZ011 - the date of whoever releases it
    if problems:
        sys.exit("\n".join([f"{tag} is not ready:", *(f"- {problem}" for problem in problems)]))
    _git(PROJECT, "tag", "--annotate", tag, "--message", f"Release {release.version}")
    print(f"The current commit is {tag} now. `git push origin {tag}` publishes and deploys it.")


def find_problems(project: Path, release: changelog.Release, today: date) -> list[str]:
    """Return a sentence for everything that keeps a release from being tagged."""
    version = release.version
    documented = json.loads((project / OPENAPI).read_text())["info"]["version"]
    checks = {
        f"CHANGELOG.md dates {version} on {release.released_on}, and today is {today}.": release.released_on != today,
        f"The OpenAPI document has the version {documented}. Run `make generate`.": documented != version,
        f"The tests keep no rows of {version}. Run `make rows`.": not _rows_file(project, version).exists(),
        f"The tag v{version} exists already. Add a heading to CHANGELOG.md.": bool(
            _git(project, "tag", "-l", f"v{version}")
        ),
        "Some changes are not committed.": bool(_git(project, "status", "--porcelain")),
    }
    return [problem for problem, is_true in checks.items() if is_true]


def _rows_file(project: Path, version: str) -> Path:
    return project / "tests/storage" / f"rows_{version.replace('.', '_')}.json"


def _git(project: Path, *arguments: str) -> str:
    command = ["git", "-C", str(project), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    main()
