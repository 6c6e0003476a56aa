"""Upload the Lambda package and the template that refers to it to the bucket for packages."""

import hashlib
import json
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra import aws, terminal
from infra.change_sets import Template

Json = dict[str, Any]

FUNCTION, PACKAGE = "AWS::Serverless::Function", "./deployment.zip"  # as `chalice package` writes them


@dataclass(frozen=True)
class Artifacts:
    """The artifacts of one stage in a bucket.

    The key of an object is the SHA-256 checksum of its content. So an object never changes, one that exists is not
    uploaded again, and the template of an earlier deployment still finds its package.
    """

    bucket: str
    stage: str

    def upload_package(self, out: Path) -> Template:
        """Upload deployment.zip of a folder, and its sam.json with the address of the package. Return the template.

        Raises ClientError and BotoCoreError.
        """
        content = (out / "deployment.zip").read_bytes()
        package = f"s3://{self.bucket}/{self._upload(content, '.zip')}"
        template: Json = json.loads((out / "sam.json").read_text())
        for resource in template["Resources"].values():
            if resource["Type"] == FUNCTION and resource["Properties"]["CodeUri"] == PACKAGE:
                resource["Properties"]["CodeUri"] = package
        return self.upload_template(template)

    def upload_template(self, template: Json) -> Template:
        """Upload a template. From S3 CloudFormation accepts 1 MB, including whitespace, and otherwise 51,200 bytes."""
        key = self._upload(json.dumps(template, separators=(",", ":")).encode(), ".template")
        url = f"{aws.client('s3').meta.endpoint_url}/{self.bucket}/{key}"
        return Template({"TemplateURL": url}, [*template.get("Parameters", {})])

    def _upload(self, content: bytes, suffix: str) -> str:
        """Upload an object unless it exists already, and return its key."""
        key = f"{self.stage}/{hashlib.sha256(content).hexdigest()}{suffix}"
        if self._exists(key):
            terminal.show(f"  {key} exists already.")
        else:
            aws.client("s3").put_object(Bucket=self.bucket, Key=key, Body=content, ServerSideEncryption="AES256")
            terminal.show(f"  {key}: {len(content) / 1e6:.2f} MB")
        return key

    def _exists(self, key: str) -> bool:
        try:
            aws.client("s3").head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True
