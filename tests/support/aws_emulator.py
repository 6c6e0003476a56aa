"""An emulated AWS account on this machine: a process of ministack, for tests that deploy stacks."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from infra import deploy
from infra.package import PROJECT
from infra.testing.processes import answers, await_that, environment, free_port, started

Json = dict[str, Any]

REGION = "us-east-1"


@dataclass(frozen=True)
class Emulator:
    """An emulated AWS account."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        names = {"AWS_ACCESS_KEY_ID": "rehearsal", "AWS_SECRET_ACCESS_KEY": "rehearsal", "AWS_DEFAULT_REGION": REGION}
        return environment(AWS_ENDPOINT_URL=self.url, TABLE_NAME="", MAIL_FROM="", **names)

    def run(self, module: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a module of the project against this account, with some more variables in the environment."""
        command = [sys.executable, "-m", module, *arguments]
        surroundings = self.environment | settings
        return subprocess.run(
            command, cwd=PROJECT, env=surroundings, capture_output=True, text=True, check=False, timeout=180
        )

    def deploy(self, verb: str, stage: str, *more: str) -> str:
        """Run the script of the deployment and return what it prints. Fail if the script fails."""
        ran = self.run("infra.deploy", verb, "--stage", stage, *more)
        assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
        return ran.stdout

    def client(self, service: str) -> Any:
        """Return a client of a service of this account."""
        keys = {"aws_access_key_id": "rehearsal", "aws_secret_access_key": "rehearsal"}
        return boto3.client(service, region_name=REGION, endpoint_url=self.url, **keys)

    def stack(self, stage: str) -> Json:
        """Return the description of a stage's stack."""
        [stack] = self.client("cloudformation").describe_stacks(StackName=deploy.stack_name(stage))["Stacks"]
        return dict(stack)

    def parameters(self, stage: str) -> dict[str, str]:
        """Return the values of the parameters of a stage's stack."""
        return {one["ParameterKey"]: one["ParameterValue"] for one in self.stack(stage)["Parameters"]}

    def outputs(self, stage: str) -> Json:
        """Return the outputs of a stage's stack, and as StackId the unique part of its ARN."""
        stack = self.stack(stage)
        outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
        return outputs | {"StackId": stack["StackId"].split("/")[2]}


@contextmanager
def running_emulator(folder: Path) -> Iterator[Emulator]:
    """Run an emulator with an empty account while the block runs. Its output goes to a folder."""
    emulator = Emulator(free_port())
    settings = environment(
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=str(emulator.port),
        IOT_MTLS_ENABLED="0",
        LAMBDA_EXECUTOR="local",
        LOG_LEVEL="ERROR",
        SFTP_ENABLED="0",
        TMPDIR=str(folder),
    )
    command = [sys.executable, "-m", "ministack"]
    with started(command, folder / "stdout", folder / "stderr", settings) as process:
        await_that(lambda: answers(emulator.url), process, folder / "stderr")
        yield emulator
