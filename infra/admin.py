"""`python -m infra.admin COMMAND`: the operator's commands for accounts, users, credentials and the table."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import NoReturn

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.errors import Invalid, Problem, Unavailable
from infra import aws, terminal
from infra.stacks import StackError
from infra.terminal import make_sentence

PROGRAM = "python -m infra.admin"
DESCRIPTION = """\
Manage accounts, users, credentials and the table. Each command prints one JSON document.

The commands work on the table in the environment variable TABLE_NAME. They read the region and the AWS credentials as
all AWS tools do. On AWS, create-account and sync-keys also need the name of the stack in STACK_NAME. Set
AWS_ENDPOINT_URL_DYNAMODB to use a local store; `make run` writes all of these variables into server.json.
"""
CHECK_SETTINGS = "Check TABLE_NAME, the region, the AWS credentials and AWS_ENDPOINT_URL_DYNAMODB, or try again."


@dataclass(frozen=True)
class Option:
    """An option of a command. Its value is passed on as the argument `field`."""

    name: str
    help: str
    required: bool = True
    type: Callable[[str], object] = str
    choices: Sequence[str] | None = None
    field: str | None = None


@dataclass(frozen=True)
class Command:
    """A command, which calls the function of the same name in a module of infra."""

    name: str
    help: str
    options: Sequence[Option] = ()
    module: str = "operations"


EMAIL = Option("--email", "The e-mail address of the user.")
FIRST_NAME = Option("--first-name", "The first name of the user.")
LAST_NAME = Option("--last-name", "The last name of the user.")
SCOPE = Option(
    "--scope",
    "What the credential may do: read, or read and write. The default is write.",
    required=False,
    choices=["read", "write"],
)
ONE_ACCOUNT = Option("--account", "List only this account, by its number.", required=False, type=int)

COMMANDS = (
    Command("create-table", "Create the table of a local store."),
    Command(
        "create-account",
        "Create an account, its first admin and a write credential for that admin.",
        [Option("--name", "The name of the account."), EMAIL, FIRST_NAME, LAST_NAME],
        module="usage_keys",
    ),
    Command(
        "set-account",
        "Change an account.",
        [
            Option("--account", "The number of the account.", type=int),
            Option(
                "--confirm-deletes",
                "Whether programs can delete only what they have confirmed: on or off. It is off for a new account.",
                choices=["on", "off"],
            ),
        ],
    ),
    Command(
        "create-user",
        "Create a user in an account, and a credential for that user.",
        [
            Option("--account", "The number of the account.", type=int),
            EMAIL,
            FIRST_NAME,
            LAST_NAME,
            Option(
                "--role", "The role of the user. The default is member.", required=False, choices=["admin", "member"]
            ),
            SCOPE,
        ],
    ),
    Command(
        "create-credential",
        "Create another credential for a user.",
        [
            Option("--user", "The id, slug or e-mail address of the user."),
            Option(
                "--account",
                "The number of the account, if users of several accounts have that slug or address.",
                required=False,
                type=int,
            ),
            Option("--label", "A name that helps to tell the credential from others.", required=False),
            SCOPE,
            Option(
                "--expires",
                "The time when the credential expires, such as 2027-01-31T12:00:00Z, or a date. The default is never.",
                required=False,
                field="expires_at",
            ),
        ],
    ),
    Command(
        "revoke-credential",
        "Revoke a credential. This cannot be undone.",
        [Option("--key", "The key of the credential.")],
    ),
    Command(
        "sync-keys",
        "Create the API keys that accounts of a deployment on AWS lack. Every deployment does this, too.",
        module="usage_keys",
    ),
    Command("list-accounts", "List all accounts."),
    Command("list-users", "List the users of all accounts.", [ONE_ACCOUNT]),
    Command("list-credentials", "List the credentials of all accounts, without their secrets.", [ONE_ACCOUNT]),
    Command(
        "purge",
        "Remove a deleted workspace from the table at once, or a deleted stack. It cannot be restored afterwards.",
        [
            Option("--account", "The number of the account.", type=int),
            Option("--workspace", "The id of the workspace.", type=int),
            Option("--stack", "The id of a stack in it, if only that is to be purged.", required=False, type=int),
        ],
    ),
    Command(
        "migrate",
        "Rewrite the rows of an older release in the form of this one, while the service is running."
        " Ctrl-C stops it at any time, and a second run continues.",
        [Option("--start", "Continue from this cursor, which an earlier run has printed.", required=False)],
        module="migrate",
    ),
)
MODULES = {command.name: command.module for command in COMMANDS}
# The options whose names differ from the field that an error names.
OPTION_NAMES = {option.field: option.name for command in COMMANDS for option in command.options if option.field}


class Parser(argparse.ArgumentParser):
    """An argument parser that explains a wrong argument in one line on stderr and exits with 1."""

    def error(self, message: str) -> NoReturn:
        terminal.fail(f"{make_sentence(message)} Run `{self.prog} --help` to see how to use it.")


def main(arguments: Sequence[str] | None = None) -> None:
    """Carry out one command and print its result.

    If it fails, print one line on stderr and exit with 1. Exit with 1 as well if it was stopped before it was finished.
    """
    aws.use_region()
    parser = _build_parser()
    given = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    if "command" not in given:
        parser.print_help(sys.stderr)
        sys.exit(1)
    try:
        result = _run(**given)
    except (Problem, PynamoDBException, BotoCoreError, ClientError, StackError) as error:
        terminal.fail(_explain(error))
    terminal.show(json.dumps(result, indent=2, ensure_ascii=False))
    if not result.get("finished", True):
        sys.exit(1)


def _run(command: str, **arguments: object) -> dict[str, object]:
    try:
        # This import creates the DynamoDB client, which fails if no region is set or if the endpoint is not a URL.
        module = import_module(f"infra.{MODULES[command]}")
    except ValueError as error:
        terminal.fail(make_sentence(str(error)))
    function = getattr(module, command.replace("-", "_"))
    result: dict[str, object] = function(**arguments)
    return result


def _explain(error: Exception) -> str:
    """Return what went wrong and what to do about it, in one line."""
    if isinstance(error, Invalid):
        return make_sentence("; ".join(f"{_option_name(one['pointer'])} {one['detail']}" for one in error.errors))
    if isinstance(error, BotoCoreError | ClientError):
        return aws.explain(error)
    if isinstance(error, Unavailable):
        cause = getattr(error.__cause__, "cause", None) or error
        return _with_advice(f"DynamoDB cannot be used: {make_sentence(str(cause))}", cause)
    if isinstance(error, PynamoDBException):
        reason = make_sentence(error.cause_response_message or str(error))
        return _with_advice(f"DynamoDB rejected the request: {reason}", error.cause)
    return make_sentence(str(error))


def _with_advice(text: str, cause: BaseException | None) -> str:
    return f"{text} {aws.find_advice(cause) or CHECK_SETTINGS}"


def _option_name(pointer: str) -> str:
    """Return the option that sets a field, given the field's JSON pointer."""
    field = pointer.removeprefix("#/")
    return OPTION_NAMES.get(field, f"--{field.replace('_', '-')}")


def _build_parser() -> Parser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = Parser(prog=PROGRAM, description=DESCRIPTION, formatter_class=raw)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", prog=PROGRAM)
    for command in COMMANDS:
        subparser = commands.add_parser(command.name, help=command.help, description=command.help)
        for option in command.options:
            subparser.add_argument(
                option.name,
                help=option.help,
                required=option.required,
                type=option.type,
                choices=option.choices,
                dest=option.field,
            )
    return parser


if __name__ == "__main__":
    main()
