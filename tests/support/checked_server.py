"""The server of `make run`, which fails with 500 if a request to its store exceeds a documented limit of DynamoDB."""

import json
from collections.abc import Callable
from typing import Any

from botocore.session import Session

from infra import serve
from tests.support import dynamodb_limits


def main() -> None:
    """Run the server until it is stopped."""
    create_client: Callable[..., Any] = Session.create_client

    def create_checked_client(session: Session, service_name: str, *arguments: Any, **named: Any) -> Any:
        client = create_client(session, service_name, *arguments, **named)
        client.meta.events.register("before-call.dynamodb", _check)
        return client

    setattr(Session, "create_client", create_checked_client)  # noqa: B010 - mypy has no other way
    serve.main()


def _check(model: Any, params: dict[str, Any], **_: Any) -> None:
    dynamodb_limits.check_request(model.name, json.loads(params["body"]))


if __name__ == "__main__":
    main()
