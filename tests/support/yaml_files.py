"""Reading workflows and CloudFormation templates, which have tags of their own, such as `!Sub`."""

from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the content of a file, with `Fn::Sub` for `!Sub`.

    cfn-lint could read it as well, but each process that collects tests would need a second for importing it.
    """
    content: dict[str, Any] = yaml_parse(path.read_text())
    return content
