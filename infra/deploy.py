"""`make deploy STAGE=dev` and its siblings: the stack of a stage, by the aws command line and CloudFormation.

Region and credentials are those that every AWS tool reads. All steps are safe to repeat. A stack that cannot be
updated is rolled back by CloudFormation; `rollback` puts back what was there before the last deployment.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from infra import package

NAME = "ogsm-workspaces"
ACCOUNT_STACK = f"{NAME}-account"
AWS = Path(sys.prefix) / "aws/bin/aws"
QUIET = ("--no-fail-on-empty-changeset", "--capabilities", "CAPABILITY_IAM")
UNBORN = ("ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS", "ROLLBACK_FAILED")  # of a stack that never came to be


def main(arguments: Sequence[str] | None = None) -> None:
    """Carries out one verb for one stage."""
    verbs = {verb.__name__: verb for verb in (deploy, rollback, template, destroy, logs)}
    parser = argparse.ArgumentParser(prog="infra.deploy", description=__doc__)
    parser.add_argument("verb", choices=verbs)
    parser.add_argument("--stage", choices=package.STAGES, default="dev")
    parser.add_argument("--confirm", help="the name of the stack, to destroy more than dev")
    options = parser.parse_args(arguments)
    try:
        if options.verb == "destroy":
            destroy(options.stage, options.confirm)
        else:
            verbs[options.verb](options.stage)
    except KeyboardInterrupt:  # which ends logs
        sys.exit(130)
    except subprocess.CalledProcessError as error:
        _explain(stack_of(options.stage))
        sys.exit(f"{options.verb} failed: `aws {' '.join(error.cmd[1:3])}` answered {error.returncode}; see above.")


def deploy(stage: str) -> None:
    """Builds the package, uploads it and brings the stack to it."""
    out = package.build(stage, package.PROJECT / "out" / stage)
    stack, packaged = stack_of(stage), out / "packaged.json"
    bucket = _prepare_account()
    template(stage)
    if _status(stack) in UNBORN:
        _delete(stack)
    upload = ("--s3-bucket", bucket, "--s3-prefix", stage)
    _run(
        "cloudformation", "package", "--template-file", out / "sam.json", "--output-template-file", packaged,
        "--use-json", *upload,
    )  # fmt: skip
    packaged.write_text(json.dumps(json.loads(packaged.read_text())))  # CloudFormation takes 1 MB, and blanks count
    settings = json.loads((package.PROJECT / f"infra/parameters/{stage}.json").read_text())
    _run(
        "cloudformation", "deploy", "--template-file", packaged, "--stack-name", stack, *upload, *QUIET,
        "--tags", f"application={NAME}", f"stage={stage}",
        "--parameter-overrides", *(f"{name}={value}" for name, value in settings.items()),
    )  # fmt: skip
    for name, value in outputs(stack).items():
        print(f"{name}: {value}")


def rollback(stage: str) -> None:
    """Brings the stack back to the template that the last deployment replaced."""
    previous = _previous(stage)
    if not previous.exists():
        sys.exit(f"There is no {previous}: nothing was deployed from this folder before.")
    upload = ("--s3-bucket", _prepare_account(), "--s3-prefix", stage)
    _run("cloudformation", "deploy", "--template-file", previous, "--stack-name", stack_of(stage), *upload, *QUIET)


def template(stage: str) -> None:
    """Keeps the template that is deployed now in out/STAGE/previous.json, if there is a stack."""
    status = _status(stack_of(stage))
    if status is None or status in UNBORN:
        return
    asked = ("--stack-name", stack_of(stage), "--template-stage", "Original", "--query", "TemplateBody")
    body = _ask("cloudformation", "get-template", *asked)
    _previous(stage).parent.mkdir(parents=True, exist_ok=True)
    _previous(stage).write_text(body if isinstance(body, str) else json.dumps(body, indent=1))


def destroy(stage: str, confirm: str | None = None) -> None:
    """Deletes the stack. The table of prod stays; that of dev goes with it."""
    stack = stack_of(stage)
    if stage != "dev" and confirm != stack:
        sys.exit(f"This takes {stack} down. If you mean it: make destroy STAGE={stage} CONFIRM={stack}")
    _delete(stack)


def logs(stage: str) -> None:
    """Prints what the API logged in the last ten minutes, then goes on until Ctrl-C."""
    since = int((time.time() - 600) * 1000)
    group = ("--log-group-name", f"/aws/lambda/{stack_of(stage)}-api")
    seen: set[str] = set()
    while True:
        for event in _ask("logs", "filter-log-events", *group, "--start-time", str(since))["events"]:
            if event["eventId"] not in seen:
                print(event["message"].rstrip(), flush=True)
            seen.add(event["eventId"])
        time.sleep(3)


def stack_of(stage: str) -> str:
    """The name of a stage's stack."""
    return f"{NAME}-{stage}"


def outputs(stack: str) -> dict[str, str]:
    """What a stack says of itself."""
    [found] = _ask("cloudformation", "describe-stacks", "--stack-name", stack)["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in found["Outputs"]}


def _prepare_account() -> str:
    """What all stages share. Answers the bucket of the packages."""
    role = _ask("apigateway", "get-account").get("cloudwatchRoleArn") or ACCOUNT_STACK
    _run(
        "cloudformation", "deploy", "--template-file", package.PROJECT / "infra/account.yaml", *QUIET,
        "--stack-name", ACCOUNT_STACK,
        "--parameter-overrides", f"LetsGatewayLog={'yes' if ACCOUNT_STACK in role else 'no'}",
    )  # fmt: skip
    return outputs(ACCOUNT_STACK)["Bucket"]


def _status(stack: str) -> str | None:
    asked = ("--query", f"StackSummaries[?StackName=='{stack}' && StackStatus!='DELETE_COMPLETE'].StackStatus | [0]")
    status: str | None = _ask("cloudformation", "list-stacks", *asked)
    return status


def _delete(stack: str) -> None:
    _run("cloudformation", "delete-stack", "--stack-name", stack)
    _run("cloudformation", "wait", "stack-delete-complete", "--stack-name", stack)


def _explain(stack: str) -> None:
    """What CloudFormation says about resources that failed, the latest first."""
    if _status(stack) is None:
        return
    failed = "StackEvents[?ends_with(ResourceStatus, '_FAILED')].[Timestamp, LogicalResourceId, ResourceStatusReason]"
    for event in _ask("cloudformation", "describe-stack-events", "--stack-name", stack, "--query", f"{failed} | [:5]"):
        print(*event, sep="  ", file=sys.stderr)


def _previous(stage: str) -> Path:
    return package.PROJECT / "out" / f"{stage}-previous.json"


def _run(*arguments: str | Path) -> None:
    subprocess.run([str(AWS), *map(str, arguments)], check=True, env=_environment())


def _ask(*arguments: str) -> Any:
    command = [str(AWS), *arguments, "--output", "json"]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=_environment())
    return json.loads(answer.stdout or "null")


def _environment() -> dict[str, str]:
    return os.environ | {"AWS_PAGER": "", "PYTHONPATH": ""}


if __name__ == "__main__":
    main()
