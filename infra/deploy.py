"""`make deploy STAGE=dev` and its siblings: deploy a stage with CloudFormation.

Region and credentials are read as all AWS tools read them. Every step can be repeated safely. If an update fails,
CloudFormation rolls the stack back. `rollback` restores the template that the last deployment replaced.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra import artifacts, aws, change_sets, function_logs, package, stacks, terminal
from infra.change_sets import StackUpdate, Template
from infra.stacks import Stack, StackError

APPLICATION = "ogsm-workspaces"
ACCOUNT_STACK = f"{APPLICATION}-account"  # what all stages share
ACCOUNT_TEMPLATE = package.PROJECT / "infra/account.yaml"
LOGGING_ROLE_PARAMETER = "CreateLoggingRole"
BOUNDARY_PARAMETER = "PermissionsBoundary"  # no setting of the stage, because deploy finds its value


def main(arguments: Sequence[str] | None = None) -> None:
    """Carry out one verb for one stage. If it fails, print why in one line and exit with 1."""
    options = _build_parser().parse_args(arguments)
    aws.use_region()
    try:
        if options.verb == "destroy":
            destroy(options.stage, options.confirm)
        else:
            VERBS[options.verb](options.stage)
    except KeyboardInterrupt:  # the usual way to end `logs`
        if options.verb != "logs":
            terminal.show(
                "\nStopped. CloudFormation completes what it has begun. You can repeat the command.", sys.stderr
            )
        sys.exit(130)
    except StackError as error:
        stacks.show_reasons(error)
        terminal.fail(f"{options.verb} failed. {error}")
    except (BotoCoreError, ClientError) as error:
        terminal.fail(f"{options.verb} failed. {aws.explain(error)}")


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    parser.add_argument("verb", choices=[*VERBS, "destroy"], help="What to do with the stage.")
    parser.add_argument("--stage", choices=package.STAGES, default="dev", help="The stage. The default is dev.")
    parser.add_argument("--confirm", help="The name of the stack, which destroy needs for every stage except dev.")
    return parser


def deploy(stage: str) -> None:
    """Build the package, upload it and update the stack to it."""
    name = stack_name(stage)
    terminal.show(f"Deploying {name} to {aws.describe_target()}.")
    stacks.require_idle(stacks.find_stack(name))
    terminal.show("Building the package.")
    out = package.build(stage, package.PROJECT / "out" / stage)
    bucket = _prepare_account()
    save_template(stage)
    _sync_keys(stacks.find_stack(name))  # before the update, because the new authorizer names these keys
    terminal.show(f"Uploading to the bucket {bucket}.")
    template = artifacts.Artifacts(bucket, stage).upload_package(out)
    update_stack(stage, template, _find_values(stage))
    _sync_keys(stacks.get_stack(name))  # of the accounts that were created in the meantime
    for key, value in {"Stack": name, **stacks.get_stack(name).outputs}.items():
        terminal.show(f"{key}: {value}")


def update_stack(stage: str, template: Template, values: dict[str, Any]) -> None:
    """Create the stack or update it. Without a `PublicUrl` of the operator, links in mails begin with its own address.

    A new stack has no address until it has been created, so it is updated once more. So is a stack that gets another
    address, such as a domain.
    """
    name = stack_name(stage)
    used: str | None = None
    while used != (public_url := values["PublicUrl"] or _find_own_url(name)):
        change_sets.apply(name, StackUpdate(template, values | {"PublicUrl": public_url}, _tags(stage)))
        used = public_url


def _find_own_url(name: str) -> str:
    """Return the address of a stack's API, or no text if the stack does not exist yet."""
    stack = stacks.find_stack(name)
    return stack.outputs.get("Url", "") if stack else ""


def rollback(stage: str) -> None:
    """Update the stack to the template that the last deployment replaced, with the values of its parameters."""
    previous = _previous_template(stage)
    if not previous.exists():
        terminal.fail(f"There is no file {previous}, because nothing has been deployed from this folder yet.")
    stacks.require_idle(stacks.get_stack(stack_name(stage)))
    template = json.loads(previous.read_text())
    uploaded = artifacts.Artifacts(_prepare_account(), stage).upload_template(template)
    change_sets.apply(stack_name(stage), StackUpdate(uploaded, tags=_tags(stage)))


def save_template(stage: str) -> None:
    """Save the template that is deployed now to out/STAGE-previous.json, if there is a stack."""
    stack = stacks.find_stack(stack_name(stage))
    if stack is None or not stack.is_created:
        return
    previous = _previous_template(stage)
    previous.parent.mkdir(parents=True, exist_ok=True)
    previous.write_text(json.dumps(stacks.read_template(stack), indent=1))


def destroy(stage: str, confirm: str | None = None) -> None:
    """Delete the stack. The table of dev is deleted with it, the table of prod remains."""
    name = stack_name(stage)
    if stage != "dev" and confirm != name:
        terminal.fail(f"This deletes the stack {name}. To confirm, run `make destroy STAGE={stage} CONFIRM={name}`.")
    stack = stacks.find_stack(name)
    if stack is None:
        terminal.show(f"There is no stack {name} in {aws.describe_target()}.")
        return
    _delete_keys(stack)
    stacks.delete_stack(stack)


def follow_logs(stage: str) -> None:
    """Print what the API logged in the last ten minutes and what it logs from now on, until Ctrl-C."""
    function_logs.follow(f"/aws/lambda/{stacks.get_stack(stack_name(stage)).name}-api")


def stack_name(stage: str) -> str:
    """Return the name of a stage's stack."""
    return f"{APPLICATION}-{stage}"


def boundary_name(stage: str) -> str:
    """Return the name of the policy that infra/pipeline.yaml creates as the boundary of the stage's roles."""
    return f"deploy-{APPLICATION}-{stage}-boundary"


def _tags(stage: str) -> dict[str, str]:
    return {"application": APPLICATION, "stage": stage}


def _prepare_account() -> str:
    """Create what all stages share, or update it. Return the name of the bucket for packages."""
    role = aws.client("apigateway").get_account().get("cloudwatchRoleArn")
    has_role_of_its_own = bool(role) and ACCOUNT_STACK not in role
    template = Template({"TemplateBody": ACCOUNT_TEMPLATE.read_text()}, [LOGGING_ROLE_PARAMETER])
    values = {LOGGING_ROLE_PARAMETER: "no" if has_role_of_its_own else "yes"}
    change_sets.apply(ACCOUNT_STACK, StackUpdate(template, values))
    return stacks.get_stack(ACCOUNT_STACK).outputs["Bucket"]


def _find_values(stage: str) -> dict[str, Any]:
    """Return the settings of a stage, and the boundary of its roles if infra/pipeline.yaml has created one."""
    settings: dict[str, Any] = json.loads((package.PROJECT / f"infra/parameters/{stage}.json").read_text())
    pages = aws.client("iam").get_paginator("list_policies").paginate(Scope="Local")
    policies = (policy for page in pages for policy in page["Policies"])
    boundary = next((one["Arn"] for one in policies if one["PolicyName"] == boundary_name(stage)), "")
    return settings | {BOUNDARY_PARAMETER: boundary}


def _sync_keys(stack: Stack | None) -> None:
    """Create the API keys that accounts of a stack lack. Exit if that fails."""
    if stack is None or "Table" not in stack.outputs:  # a stack that is new, or was never created
        return
    terminal.show(f"Creating the API keys that accounts of {stack.name} lack.")
    settings = {"STACK_NAME": stack.name, "TABLE_NAME": stack.outputs["Table"]}
    # In a process of its own, because the service reads the name of its table once.
    command = [sys.executable, "-m", "infra.admin", "sync-keys"]
    if subprocess.run(command, check=False, cwd=package.PROJECT, env=os.environ | settings).returncode:
        terminal.fail("The deployment ends here, because API Gateway refuses accounts without a key.")


def _delete_keys(stack: Stack) -> None:
    """Delete the API keys of a stack's accounts, which are no resources of the stack."""
    from infra import usage_keys  # the service's modules need a region when they are imported

    plan = usage_keys.find_usage_plan(stack.name)
    if plan:
        plan.delete_keys()


def _previous_template(stage: str) -> Path:
    return package.PROJECT / "out" / f"{stage}-previous.json"


VERBS: dict[str, Callable[[str], None]] = {  # destroy is not among them, because it has an argument more
    "deploy": deploy,
    "rollback": rollback,
    "template": save_template,
    "logs": follow_logs,
}

if __name__ == "__main__":
    main()
