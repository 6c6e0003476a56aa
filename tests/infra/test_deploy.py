"""Deploying a stack. A program that knows one stack takes the place of the aws command line."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra import deploy

OWN_URL, OTHER_URL = "https://abc.execute-api.us-east-1.amazonaws.com/dev", "https://api.acme.example"
PROGRAM = """\
#!/bin/sh
echo "$*" >>"{folder}/calls"
case "$2" in
  deploy) cp "{folder}/created" "{folder}/state" ;;
  list-stacks) [ -e "{folder}/state" ] && echo '"UPDATE_COMPLETE"' || echo null ;;
  describe-stacks) cat "{folder}/state" ;;
  describe-stack-events) cat "{folder}/events" ;;
esac
"""


class Aws:
    """The program, and the stack that it knows. The stack gets its address when it is deployed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.program = folder / "aws"
        self.program.write_text(PROGRAM.format(folder=folder))
        self.program.chmod(0o755)
        self.will_have(OWN_URL)

    def will_have(self, url: str) -> None:
        outputs = [{"OutputKey": "Url", "OutputValue": url}]
        (self._folder / "created").write_text(json.dumps({"Stacks": [{"Outputs": outputs}]}))

    def has(self, url: str) -> None:
        self.will_have(url)
        (self._folder / "created").rename(self._folder / "state")

    def write_events(self, events: list[list[str]]) -> None:
        (self._folder / "events").write_text(json.dumps(events))
        self.has(OWN_URL)

    def urls(self) -> list[str]:
        """Return the PublicUrl of each deployment."""
        calls = (self._folder / "calls").read_text().splitlines()
        words = [word for call in calls if call.split()[1] == "deploy" for word in call.split()]
        return [word.partition("=")[2] for word in words if word.startswith("PublicUrl=")]


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Aws:
    aws = Aws(tmp_path)
    monkeypatch.setattr(deploy, "AWS", aws.program)
    return aws


def update(**parameters: Any) -> None:
    deploy.update_stack("dev", Path("packaged.json"), (), {"PublicUrl": ""} | parameters)


def test_a_new_stack_is_updated_with_its_address_once_it_has_one(aws: Aws) -> None:
    update()
    assert aws.urls() == ["", OWN_URL]


def test_a_stack_that_keeps_its_address_is_updated_once(aws: Aws) -> None:
    aws.has(OWN_URL)
    aws.will_have(OWN_URL)
    update()
    assert aws.urls() == [OWN_URL]


def test_a_stack_that_gets_a_domain_is_updated_again(aws: Aws) -> None:
    aws.has(OWN_URL)
    aws.will_have(OTHER_URL)
    update()
    assert aws.urls() == [OWN_URL, OTHER_URL]


def test_an_address_that_the_operator_has_chosen_is_kept(aws: Aws) -> None:
    update(PublicUrl=OTHER_URL)
    assert aws.urls() == [OTHER_URL]


def test_the_reasons_of_a_failure_cannot_control_the_terminal(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.write_events([["2026-11-27", "Table", "\x1b[2J\u202egone"]])
    monkeypatch.setitem(deploy.VERBS, "template", lambda _: subprocess.run(["false", "a", "b"], check=True))
    with pytest.raises(SystemExit):
        deploy.main(["template"])
    assert capsys.readouterr().err == "2026-11-27  Table  \\u001b[2J\\u202egone\n"
