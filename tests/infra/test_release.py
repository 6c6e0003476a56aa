"""`make release` tags a commit only if the changelog, the OpenAPI document and the tag agree."""

import json
import subprocess
from datetime import date
from pathlib import Path

import pytest

from chalicelib.routes import contract
from infra import changelog, release
from infra.changelog import Release

TODAY = date(2026, 11, 27)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a repository in which 1.2.0 is ready to be released."""
    write(tmp_path, release.OPENAPI, json.dumps({"info": {"version": "1.2.0"}}))
    write(tmp_path, "tests/storage/rows_1_2_0.json", "{}")
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    return tmp_path


def write(project: Path, path: str, text: str) -> None:
    file = project / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def git(project: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    done = subprocess.run(
        ["git", "-C", str(project), *identity, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout


def commit(project: Path) -> None:
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "x")


def problems(project: Path, version: str = "1.2.0", released_on: date = TODAY) -> str:
    return " ".join(release.find_problems(project, Release(version, released_on), TODAY))


def test_a_release_that_is_ready_has_no_problems(project: Path) -> None:
    assert problems(project) == ""


def test_the_changelog_must_have_the_date_of_today(project: Path) -> None:
    assert "dates 1.2.0 on 2026-11-26" in problems(project, released_on=date(2026, 11, 26))


def test_the_openapi_document_and_the_kept_rows_must_be_of_the_same_version(project: Path) -> None:
    found = problems(project, "1.3.0")
    assert "The OpenAPI document has the version 1.2.0" in found
    assert "The tests keep no rows of 1.3.0" in found


def test_a_version_is_tagged_once(project: Path) -> None:
    git(project, "tag", "v1.2.0")
    assert "v1.2.0 exists already" in problems(project)


def test_uncommitted_changes_are_not_released(project: Path) -> None:
    write(project, "new.txt", "x")
    assert problems(project) == "Some changes are not committed."


def test_a_ready_release_gets_an_annotated_tag(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    today = date.today()  # noqa: DTZ011
    monkeypatch.setattr(release, "PROJECT", project)
    monkeypatch.setattr(changelog, "newest_release", lambda: Release("1.2.0", today))
    git(project, "config", "user.name", "x")
    git(project, "config", "user.email", "x@example.org")
    release.main()
    assert git(project, "cat-file", "-t", "v1.2.0").strip() == "tag"
    assert "git push origin v1.2.0" in capsys.readouterr().out
    with pytest.raises(SystemExit, match=r"v1\.2\.0 is not ready:\n- The tag v1\.2\.0 exists"):
        release.main()


def test_the_openapi_document_has_the_version_of_the_changelog() -> None:
    assert json.loads(contract.FILE.read_text())["info"]["version"] == changelog.newest_release().version


@pytest.mark.parametrize("text", ["", "## 1.2 - 2026-11-27", "## 1.2.0", "## 1.2.0 - unreleased"])
def test_a_changelog_without_a_dated_version_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"CHANGELOG\.md has no heading"):
        changelog.newest_release(text)
