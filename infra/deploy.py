"""`make deploy STAGE=dev` and its siblings: deploy a stage with the aws command line and CloudFormation.

Region and credentials are read as all AWS tools read them. Every step can be repeated safely. If an update fails,
CloudFormation rolls the stack back. `rollback` restores the template that the last deployment replaced.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra import package, terminal

APPLICATION = "ogsm-workspaces"
ACCOUNT_STACK = f"{APPLICATION}-account"  # what all stages share
AWS = Path(sys.prefix) / "aws/bin/aws"
DEPLOY_OPTIONS = ("--no-fail-on-empty-changeset", "--capabilities", "CAPABILITY_IAM")
BOUNDARY_PARAMETER = "PermissionsBoundary"  # no setting of the stage, because deploy finds its value
NEVER_CREATED = ("ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS", "ROLLBACK_FAILED")  # states of a stack without resources
LOG_SECONDS = 600  # how far back `logs` begins


def main(arguments: Sequence[str] | None = None) -> None:
    """Carry out one verb for one stage."""
    options = _build_parser().parse_args(arguments)
    try:
        if options.verb == "destroy":
            destroy(options.stage, options.confirm)
        else:
            VERBS[options.verb](options.stage)
    except KeyboardInterrupt:  # the usual way to end `logs`
        sys.exit(130)
    except subprocess.CalledProcessError as error:
        _print_failures(stack_name(options.stage))
        command = f"aws {' '.join(error.cmd[1:3])}"
        sys.exit(f"{options.verb} failed, because `{command}` exited with {error.returncode}. The reason is above.")
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"{options.verb} failed: {error}")


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    parser.add_argument("verb", choices=[*VERBS, "destroy"], help="What to do with the stage.")
    parser.add_argument("--stage", choices=package.STAGES, default="dev", help="The stage. The default is dev.")
    parser.add_argument("--confirm", help="The name of the stack, which destroy needs for every stage except dev.")
    return parser


def deploy(stage: str) -> None:
    """Build the package, upload it and update the stack to it."""
    out = package.build(stage, package.PROJECT / "out" / stage)
    stack, packaged = stack_name(stage), out / "packaged.json"
    bucket = _prepare_account()
    save_template(stage)
    _prepare_stack(stack)
    upload = ("--s3-bucket", bucket, "--s3-prefix", stage)
    _run_aws(
        "cloudformation", "package", "--template-file", out / "sam.json", "--output-template-file", packaged,
        "--use-json", *upload,
    )  # fmt: skip
    # CloudFormation accepts at most 1 MB, including whitespace.
    packaged.write_text(json.dumps(json.loads(packaged.read_text())))
    update_stack(stage, packaged, upload, _parameters(stage))
    _sync_keys(stack)  # of the accounts that were created in the meantime
    for name, value in {"Stack": stack, **stack_outputs(stack)}.items():
        terminal.show(f"{name}: {value}")


def update_stack(stage: str, packaged: Path, upload: Sequence[str], parameters: dict[str, Any]) -> None:
    """Create the stack or update it. Without a `PublicUrl` of the operator, links in mails begin with its own address.

    A new stack has no address until it has been created, so it is updated once more. So is a stack that gets another
    address, such as a domain.
    """
    stack = stack_name(stage)
    used: str | None = None
    while used != (public_url := parameters["PublicUrl"] or _own_url(stack)):
        values = parameters | {"PublicUrl": public_url}
        _run_aws(
            "cloudformation", "deploy", "--template-file", packaged, "--stack-name", stack, *upload, *DEPLOY_OPTIONS,
            "--tags", f"application={APPLICATION}", f"stage={stage}",
            "--parameter-overrides", *(f"{name}={value}" for name, value in values.items()),
        )  # fmt: skip
        used = public_url


def _own_url(stack: str) -> str:
    """Return the address of a stack's API, or no text if the stack does not exist yet."""
    return "" if _get_status(stack) is None else stack_outputs(stack).get("Url", "")


def rollback(stage: str) -> None:
    """Update the stack to the template that the last deployment replaced."""
    previous = _previous_template(stage)
    if not previous.exists():
        sys.exit(f"There is no file {previous}, because nothing has been deployed from this folder yet.")
    _run_aws(
        "cloudformation", "deploy", "--template-file", previous, "--stack-name", stack_name(stage),
        "--s3-bucket", _prepare_account(), "--s3-prefix", stage, *DEPLOY_OPTIONS,
    )  # fmt: skip


def save_template(stage: str) -> None:
    """Save the template that is deployed now to out/STAGE-previous.json, if there is a stack."""
    status = _get_status(stack_name(stage))
    if status is None or status in NEVER_CREATED:
        return
    options = ("--stack-name", stack_name(stage), "--template-stage", "Original", "--query", "TemplateBody")
    body = _query_aws("cloudformation", "get-template", *options)
    previous = _previous_template(stage)
    previous.parent.mkdir(parents=True, exist_ok=True)
    previous.write_text(body if isinstance(body, str) else json.dumps(body, indent=1))


def destroy(stage: str, confirm: str | None = None) -> None:
    """Delete the stack. The table of dev is deleted with it, the table of prod remains."""
    stack = stack_name(stage)
    if stage != "dev" and confirm != stack:
        sys.exit(f"This deletes the stack {stack}. To confirm, run `make destroy STAGE={stage} CONFIRM={stack}`.")
    _delete_keys(stack)
    _delete(stack)


def follow_logs(stage: str) -> None:
    """Print what the API logged in the last ten minutes and what it logs from now on, until Ctrl-C."""
    since = int((time.time() - LOG_SECONDS) * 1000)
    group = ("--log-group-name", f"/aws/lambda/{stack_name(stage)}-api")
    seen: set[str] = set()
    while True:
        for event in _query_aws("logs", "filter-log-events", *group, "--start-time", str(since))["events"]:
            if event["eventId"] not in seen:
                terminal.show(event["message"].rstrip())
            seen.add(event["eventId"])
        time.sleep(3)


def stack_name(stage: str) -> str:
    """Return the name of a stage's stack."""
    return f"{APPLICATION}-{stage}"


def boundary_name(stage: str) -> str:
    """Return the name of the policy that infra/pipeline.yaml creates as the boundary of the stage's roles."""
    return f"deploy-{APPLICATION}-{stage}-boundary"


def stack_outputs(stack: str) -> dict[str, str]:
    """Return the outputs of a stack by their names."""
    [description] = _query_aws("cloudformation", "describe-stacks", "--stack-name", stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in description.get("Outputs", [])}


def _prepare_account() -> str:
    """Create what all stages share, or update it. Return the name of the bucket for packages."""
    role = _query_aws("apigateway", "get-account").get("cloudwatchRoleArn")
    has_role_of_its_own = bool(role) and ACCOUNT_STACK not in role
    _run_aws(
        "cloudformation", "deploy", "--template-file", package.PROJECT / "infra/account.yaml", *DEPLOY_OPTIONS,
        "--stack-name", ACCOUNT_STACK,
        "--parameter-overrides", f"CreateLoggingRole={'no' if has_role_of_its_own else 'yes'}",
    )  # fmt: skip
    return stack_outputs(ACCOUNT_STACK)["Bucket"]


def _parameters(stage: str) -> dict[str, Any]:
    """Return the settings of a stage, and the boundary of its roles if infra/pipeline.yaml has created one."""
    settings: dict[str, Any] = json.loads((package.PROJECT / f"infra/parameters/{stage}.json").read_text())
    query = f"Policies[?PolicyName=='{boundary_name(stage)}'].Arn | [0]"
    boundary = _query_aws("iam", "list-policies", "--scope", "Local", "--query", query)
    return settings | {BOUNDARY_PARAMETER: boundary or ""}


def _get_status(stack: str) -> str | None:
    """Return CloudFormation's status of a stack, or None if there is no such stack."""
    query = f"StackSummaries[?StackName=='{stack}' && StackStatus!='DELETE_COMPLETE'].StackStatus | [0]"
    status: str | None = _query_aws("cloudformation", "list-stacks", "--query", query)
    return status


def _prepare_stack(stack: str) -> None:
    """Make the stack ready for an update: with a key for every account, because the new authorizer names these keys.

    A stack whose creation has failed is deleted.
    """
    status = _get_status(stack)
    if status in NEVER_CREATED:
        _delete(stack)
    elif status:
        _sync_keys(stack)


def _sync_keys(stack: str) -> None:
    """Create the API keys that accounts of a stack lack. Exit if that fails."""
    table = stack_outputs(stack).get("Table")
    if table is None:  # a stack that is being deleted
        return
    print(f"Creating the API keys that accounts of {stack} lack.", flush=True)
    settings = {"STACK_NAME": stack, "TABLE_NAME": table}
    command = [sys.executable, "-m", "infra.admin", "sync-keys"]
    if subprocess.run(command, check=False, cwd=package.PROJECT, env=os.environ | settings).returncode:
        sys.exit("The deployment ends here, because API Gateway refuses accounts without a key. The reason is above.")


def _delete_keys(stack: str) -> None:
    """Delete the API keys of a stack's accounts, which are no resources of the stack."""
    from infra import usage_keys  # it needs a region, and the other verbs leave that to the aws command line

    plan = usage_keys.find_usage_plan(stack) if _get_status(stack) else None
    if plan:
        plan.delete_keys()


def _delete(stack: str) -> None:
    _run_aws("cloudformation", "delete-stack", "--stack-name", stack)
    _run_aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", stack)


def _print_failures(stack: str) -> None:
    """Print to stderr why CloudFormation could not change resources of a stack, the latest failure first."""
    if _get_status(stack) is None:
        return
    failed = "StackEvents[?ends_with(ResourceStatus, '_FAILED')].[Timestamp, LogicalResourceId, ResourceStatusReason]"
    options = ("--stack-name", stack, "--query", f"{failed} | [:5]")
    for event in _query_aws("cloudformation", "describe-stack-events", *options):
        terminal.show("  ".join(map(str, event)), sys.stderr)


def _previous_template(stage: str) -> Path:
    return package.PROJECT / "out" / f"{stage}-previous.json"


def _run_aws(*arguments: str | Path) -> None:
    """Run the aws command line and show its output. Raises subprocess.CalledProcessError."""
    subprocess.run([str(AWS), *map(str, arguments)], check=True, env=_environment())


def _query_aws(*arguments: str) -> Any:
    """Run the aws command line and return the JSON that it prints. Raises subprocess.CalledProcessError."""
    command = [str(AWS), *arguments, "--output", "json"]
    completed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=_environment())
    return json.loads(completed.stdout or "null")


def _environment() -> dict[str, str]:
    # No pager, and no packages of the project: the aws command line has a virtual environment of its own.
    return os.environ | {"AWS_PAGER": "", "PYTHONPATH": ""}


VERBS: dict[str, Callable[[str], None]] = {  # destroy is not among them, because it has an argument more
    "deploy": deploy,
    "rollback": rollback,
    "template": save_template,
    "logs": follow_logs,
}

if __name__ == "__main__":
    main()
