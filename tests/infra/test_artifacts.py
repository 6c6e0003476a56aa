"""What a deployment uploads to S3."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra import change_sets, stacks
from infra.artifacts import Artifacts
from infra.change_sets import StackUpdate
from tests.support.moto_backends import reset_backends

BUCKET = "packages"
GROUPS = {f"Group{number}": {"Type": "AWS::Logs::LogGroup", "Properties": {}} for number in range(1500)}
FUNCTION = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "./deployment.zip"}}
SAM = {"Parameters": {"A": {"Type": "String"}}, "Resources": {"One": FUNCTION, "Two": FUNCTION, "Table": {"Type": "x"}}}


@pytest.fixture(autouse=True)
def s3() -> Iterator[Any]:
    """A client of S3 with an empty bucket."""
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    yield client
    reset_backends("s3", "cloudformation", "logs")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder with a package."""
    (tmp_path / "deployment.zip").write_bytes(b"a package")
    (tmp_path / "sam.json").write_text(json.dumps(SAM, indent=1))
    return tmp_path


def read(s3: Any, key: str) -> Any:
    return json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())


def test_the_functions_refer_to_the_package_by_its_checksum(s3: Any, out: Path) -> None:
    uploaded = Artifacts(BUCKET, "dev").upload_package(out)
    package = f"dev/{hashlib.sha256(b'a package').hexdigest()}.zip"
    assert s3.get_object(Bucket=BUCKET, Key=package)["Body"].read() == b"a package"
    template = read(s3, uploaded.source["TemplateURL"].partition(f"/{BUCKET}/")[2])
    code = f"s3://{BUCKET}/{package}"
    assert {one["Properties"]["CodeUri"] for one in template["Resources"].values() if "Properties" in one} == {code}
    assert uploaded.parameters == ["A"]


def test_every_object_is_encrypted(s3: Any, out: Path) -> None:
    Artifacts(BUCKET, "dev").upload_package(out)
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert len(keys) == 2
    assert {s3.head_object(Bucket=BUCKET, Key=key)["ServerSideEncryption"] for key in keys} == {"AES256"}


def test_what_exists_is_not_uploaded_again(s3: Any, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = Artifacts(BUCKET, "dev").upload_package(out)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    assert Artifacts(BUCKET, "dev").upload_package(out) == first
    assert len(s3.list_object_versions(Bucket=BUCKET)["Versions"]) == 2
    assert capsys.readouterr().out.count("exists already") == 2


def test_a_bucket_that_cannot_be_read_is_an_error(out: Path) -> None:
    with pytest.raises(Exception, match="specified bucket does not exist"):
        Artifacts("another", "dev").upload_package(out)


def test_cloudformation_accepts_a_template_that_is_too_large_for_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacks, "POLL_SECONDS", 0)
    template = {"Resources": {"Group0": GROUPS["Group0"]}, "Metadata": GROUPS}
    assert len(json.dumps(template)) > 51_200
    change_sets.apply("large", StackUpdate(Artifacts(BUCKET, "dev").upload_template(template)))
    assert stacks.get_stack("large").status == "CREATE_COMPLETE"
