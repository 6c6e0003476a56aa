"""Deploying a small stack with change sets on an emulator. tests/infra/test_rehearsal.py deploys the whole service."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra import aws, change_sets, deploy, package, stacks
from infra.change_sets import Template
from tests.support.aws_emulator import Emulator, running_emulator

pytestmark = pytest.mark.slow

Json = dict[str, Any]

STACK = "ogsm-workspaces-dev"
OWN_URL, OTHER_URL = "https://abc.execute-api.us-east-1.amazonaws.com/dev", "https://api.acme.example"
VALUE = {"Fn::Sub": "${PublicUrl} ${Kept}"}
SETTING = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": VALUE}}
# The creation waits five seconds for a signal that nobody sends. The emulator cannot end before.
HANDLE = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
WAITING = {"Type": "AWS::CloudFormation::WaitCondition", "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "5"}}
FAILING = {"Type": "AWS::CloudFormation::WaitCondition", "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "1"}}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running_emulator(tmp_path_factory.mktemp("emulator")) as emulator:
        emulator.client("s3").create_bucket(Bucket="packages")
        yield emulator


@pytest.fixture(autouse=True)
def cloudformation(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """A client of CloudFormation without a stack of dev. What deploy writes goes to a folder of the test."""
    monkeypatch.setattr(stacks, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(package, "PROJECT", tmp_path)
    monkeypatch.setattr(deploy, "_prepare_account", lambda: "packages")
    for name, value in emulator.environment.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    aws.client.cache_clear()
    yield emulator.client("cloudformation")
    if stack := stacks.find_stack(STACK):
        stacks.delete_stack(stack)
    aws.client.cache_clear()


def template(url: str = OWN_URL, **more: Any) -> Json:
    """Return a template with an address, a resource that depends on both parameters, and more resources."""
    parameters = {"PublicUrl": {"Type": "String"}, "Kept": {"Type": "String", "Default": "default"}}
    return {"Parameters": parameters, "Resources": {"Setting": SETTING, **more}, "Outputs": {"Url": {"Value": url}}}


def update(url: str = OWN_URL, more: Json | None = None, **values: str) -> None:
    wanted = Template({"TemplateBody": json.dumps(template(url, **(more or {})))}, ["PublicUrl", "Kept"])
    deploy.update_stack("dev", wanted, {"PublicUrl": ""} | values)


def unexecuted(cloudformation: Any) -> list[Json]:
    """Return the change sets that were not executed."""
    left = cloudformation.list_change_sets(StackName=STACK)["Summaries"]
    return [one for one in left if one["ExecutionStatus"] != "EXECUTE_COMPLETE"]


def steps(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what was printed about creating and updating the stack, without the events."""
    lines = capsys.readouterr().out.splitlines()
    return [line.removesuffix(f" the stack {STACK}.") for line in lines if line.endswith(f"ing the stack {STACK}.")]


def fail_with(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one line with which a verb fails."""
    with pytest.raises(SystemExit) as failed:
        deploy.main(arguments)
    assert capsys.readouterr().err == ""
    line = str(failed.value.code)
    assert len(line.splitlines()) == 1
    assert line.endswith(".")
    return line


def test_an_update_in_progress_is_reported_in_one_line_before_anything_is_built(
    cloudformation: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "ogsm-workspaces-prod"
    body = json.dumps({"Resources": {"Handle": HANDLE, "Waiting": WAITING}})
    cloudformation.create_stack(StackName=name, TemplateBody=body)
    said = f"CloudFormation is still changing the stack {name}: CREATE_IN_PROGRESS. Try again when that has ended."
    # To build would fail in the folder of the test.
    assert fail_with(["deploy", "--stage", "prod"], capsys) == f"deploy failed. {said}"


def test_a_new_stack_is_updated_with_its_address_once_it_has_one(
    emulator: Emulator, cloudformation: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    update()
    assert steps(capsys) == ["Creating", "Updating"]
    assert emulator.parameters("dev")["PublicUrl"] == OWN_URL


def test_a_stack_that_keeps_its_address_is_updated_once(capsys: pytest.CaptureFixture[str]) -> None:
    update()
    assert steps(capsys) == ["Creating", "Updating"]
    update(Kept="changed")
    assert steps(capsys) == ["Updating"]


def test_a_stack_that_gets_a_domain_is_updated_again(
    emulator: Emulator, cloudformation: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    update()
    assert steps(capsys) == ["Creating", "Updating"]
    update(OTHER_URL, Kept="changed")  # the emulator takes another output for no change
    assert steps(capsys) == ["Updating", "Updating"]
    assert emulator.parameters("dev")["PublicUrl"] == OTHER_URL


def test_an_address_that_the_operator_has_chosen_is_kept(
    emulator: Emulator, cloudformation: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    update(PublicUrl=OTHER_URL)
    assert steps(capsys) == ["Creating"]
    assert emulator.parameters("dev")["PublicUrl"] == OTHER_URL


def test_nothing_to_change_is_no_failure_and_leaves_no_change_set(
    cloudformation: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    update()
    capsys.readouterr()
    update()
    said = [f"Creating a change set of the stack {STACK}.", f"The stack {STACK} has nothing to change."]
    assert capsys.readouterr().out.splitlines() == said
    assert unexecuted(cloudformation) == []


def test_events_are_printed_with_their_times_and_only_those_of_this_run(capsys: pytest.CaptureFixture[str]) -> None:
    update(PublicUrl=OWN_URL)
    created = events(capsys)
    assert created == [
        ("CREATE_IN_PROGRESS", STACK),
        ("CREATE_IN_PROGRESS", "Setting"),
        ("CREATE_COMPLETE", "Setting"),
        ("CREATE_COMPLETE", STACK),
    ]
    update(Kept="changed")
    assert events(capsys) == [(status.replace("CREATE", "UPDATE"), name) for status, name in created]


def events(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, ...]]:
    """Return the status and the name in each line with an event."""
    return re.findall(r"^  \d\d:\d\d:\d\d  ([A-Z_]+) +([\w-]+)$", capsys.readouterr().out, re.MULTILINE)


def test_a_stack_has_the_tags_of_its_stage(cloudformation: Any) -> None:
    update()
    [stack] = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    assert {one["Key"]: one["Value"] for one in stack["Tags"]} == {"application": "ogsm-workspaces", "stage": "dev"}


def test_a_stack_whose_creation_was_cut_off_is_created_anew(
    cloudformation: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_off = {"ChangeSetName": "cut-off", "ChangeSetType": "CREATE", "TemplateBody": json.dumps(template())}
    parameters = [{"ParameterKey": "PublicUrl", "ParameterValue": ""}]
    first = cloudformation.create_change_set(StackName=STACK, Parameters=parameters, **cut_off)["StackId"]
    update()
    assert f"Deleting the stack {STACK}, which is REVIEW_IN_PROGRESS." in capsys.readouterr().out
    assert stacks.get_stack(STACK).status == "UPDATE_COMPLETE"
    assert stacks.get_stack(STACK).id != first


def test_a_stack_whose_creation_has_failed_is_created_anew(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(stacks.StackError) as failed:
        update(more={"Handle": HANDLE, "Failing": FAILING})
    assert str(failed.value) == f"The stack {STACK} is now ROLLBACK_COMPLETE."
    assert [reason.split()[1:3] for reason in failed.value.reasons] == [["CREATE_FAILED", "Failing:"]]
    update()
    assert f"Deleting the stack {STACK}, which is ROLLBACK_COMPLETE." in capsys.readouterr().out
    assert stacks.get_stack(STACK).status == "UPDATE_COMPLETE"


def test_a_change_set_that_was_left_over_does_not_matter(emulator: Emulator, cloudformation: Any) -> None:
    update()
    parameters = [{"ParameterKey": "PublicUrl", "ParameterValue": OTHER_URL}]
    left_over = {"ChangeSetName": "left-over", "TemplateBody": json.dumps(template()), "Parameters": parameters}
    cloudformation.create_change_set(StackName=STACK, **left_over)
    update(Kept="changed")
    assert emulator.parameters("dev") == {"PublicUrl": OWN_URL, "Kept": "changed"}


def test_a_run_that_is_stopped_before_the_update_leaves_no_change_set(
    emulator: Emulator, cloudformation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> bool:
        raise KeyboardInterrupt

    update()
    monkeypatch.setattr(change_sets, "_has_changes", stop)
    with pytest.raises(KeyboardInterrupt):
        update(Kept="changed")
    assert unexecuted(cloudformation) == []
    assert emulator.parameters("dev")["Kept"] == "default"


def test_a_change_set_that_fails_is_explained_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_sets, "UNCHANGED", ())  # so the failure is one that nobody expects
    update()
    with pytest.raises(stacks.StackError) as failed:
        update()
    assert str(failed.value).startswith(f"The stack {STACK} cannot be changed: The submitted information didn't")


def test_rollback_restores_the_template_and_keeps_the_parameters_that_the_stack_has(
    emulator: Emulator, cloudformation: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    update(Kept="chosen")
    deploy.main(["template"])
    previous = template(OTHER_URL)
    previous["Resources"]["New"] = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "new"}}
    previous["Parameters"]["New"] = {"Type": "String", "Default": "its default"}
    (tmp_path / "out/dev-previous.json").write_text(json.dumps(previous))
    deploy.main(["rollback"])
    assert emulator.parameters("dev") == {"PublicUrl": OWN_URL, "Kept": "chosen", "New": "its default"}
    [stack] = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    assert [one["OutputValue"] for one in stack["Outputs"]] == [OTHER_URL]
    assert len(stack["Tags"]) == 2


def test_the_template_that_is_deployed_is_saved_and_nothing_if_there_is_none(tmp_path: Path) -> None:
    deploy.main(["template"])
    assert not (tmp_path / "out").exists()
    update()
    deploy.main(["template"])
    assert json.loads((tmp_path / "out/dev-previous.json").read_text()) == template()


def test_destroy_deletes_the_stack_and_can_be_repeated(cloudformation: Any, capsys: pytest.CaptureFixture[str]) -> None:
    update()
    deploy.main(["destroy"])
    assert stacks.find_stack(STACK) is None
    capsys.readouterr()
    deploy.main(["destroy"])
    assert capsys.readouterr().out.startswith(f"There is no stack {STACK} in us-east-1 of the AWS account ")


def test_prod_is_destroyed_only_with_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    said = fail_with(["destroy", "--stage", "prod", "--confirm", STACK], capsys)
    assert said.endswith("To confirm, run `make destroy STAGE=prod CONFIRM=ogsm-workspaces-prod`.")


@pytest.mark.parametrize("verb", ["logs", "rollback"])
def test_a_stage_that_is_not_deployed_is_reported_in_one_line(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/dev-previous.json").write_text("{}")
    assert f"There is no stack {STACK} in us-east-1" in fail_with([verb], capsys)


def test_the_reasons_of_a_failure_cannot_control_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: str) -> None:
        raise stacks.StackError("It is gone\x9b.", ["Table: \x1b[2J\u202egone"])

    monkeypatch.setitem(deploy.VERBS, "template", fail)
    with pytest.raises(SystemExit) as failed:
        deploy.main(["template"])
    assert failed.value.code == "template failed. It is gone\\u009b."
    assert capsys.readouterr().err == "Table: \\u001b[2J\\u202egone\n"


def test_a_run_that_is_stopped_says_that_cloudformation_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(_: str) -> None:
        raise KeyboardInterrupt

    for verb, said in (("deploy", "CloudFormation completes what it has begun"), ("logs", "")):
        monkeypatch.setitem(deploy.VERBS, verb, stop)
        with pytest.raises(SystemExit) as stopped:
            deploy.main([verb])
        assert stopped.value.code == 130
        error = capsys.readouterr().err
        assert said in error
        assert bool(said) == bool(error)


def test_the_region_may_be_named_by_either_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    for given, other, used in (("eu-west-1", "", "eu-west-1"), ("eu-west-1", "eu-north-1", "eu-north-1")):
        monkeypatch.setenv("AWS_REGION", given)
        monkeypatch.setenv("AWS_DEFAULT_REGION", other)
        aws.client.cache_clear()
        aws.use_region()
        assert aws.client("cloudformation").meta.region_name == used
    aws.client.cache_clear()
