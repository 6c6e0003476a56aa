"""`python -m infra.admin COMMAND`: accounts, users and credentials, one JSON document out.

It works on the table that the environment names: TABLE_NAME, region and AWS credentials as every AWS tool reads them,
and AWS_ENDPOINT_URL_DYNAMODB for a local store (`make run` writes all of them into server.json).
"""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import NoReturn

from botocore.exceptions import BotoCoreError
from pynamodb.exceptions import PynamoDBException

from chalicelib.errors import Problem, Unavailable

OPTIONS: dict[str, dict[str, dict[str, object]]] = {
    "create-table": {},
    "create-account": {"--name": {}, "--email": {}, "--first-name": {}, "--last-name": {}},
    "create-user": {
        "--account": {"type": int},
        "--email": {},
        "--first-name": {},
        "--last-name": {},
        "--role": {"choices": ["admin", "member"], "required": False},
        "--scope": {"choices": ["read", "write"], "required": False},
    },
    "create-credential": {
        "--user": {},
        "--label": {"required": False},
        "--scope": {"choices": ["read", "write"], "required": False},
        "--expires": {"required": False, "dest": "expires_at", "help": "2027-01-31T12:00:00Z, or a date"},
    },
    "revoke-credential": {"--key": {}},
    "list-accounts": {},
    "list-users": {"--account": {"type": int, "required": False}},
    "list-credentials": {"--account": {"type": int, "required": False}},
}


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line on stderr and exits with 1."""

    def error(self, message: str) -> NoReturn:
        self.exit(1, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Carries out one command."""
    given = {name: value for name, value in vars(_parser().parse_args(arguments)).items() if value is not None}
    try:
        print(json.dumps(_run(**given), indent=2, ensure_ascii=False))
    except PynamoDBException as error:
        sys.exit(f"the store refuses: {error.cause_response_message or error}")
    except Unavailable as error:
        sys.exit(f"{error}: {getattr(error.__cause__, 'cause', None)}")
    except (Problem, BotoCoreError) as error:
        sys.exit(str(error))


def _run(command: str, **given: object) -> dict[str, object]:
    try:
        from infra import operations  # makes the DynamoDB client, which may fail for want of a region
    except ValueError as error:
        sys.exit(str(error))
    verb = getattr(operations, command.replace("-", "_"))
    answer: dict[str, object] = verb(**given)
    return answer


def _parser() -> Parser:
    parser = Parser(prog="infra.admin", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command, options in OPTIONS.items():
        subparser = commands.add_parser(command)
        for option, settings in options.items():
            subparser.add_argument(option, **{"required": True} | settings)  # type: ignore[arg-type]
    return parser


if __name__ == "__main__":
    main()
