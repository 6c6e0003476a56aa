"""A command line with the vendor's commands, for any server of this API.

For example `python -m tests.support.existing_command_line activity new "Write the plan"`, with OM_URL, OM_KEY and
OM_SECRET set. `--help` lists the commands.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from tests.support.existing_client import ExistingClient, Refused

Json = dict[str, Any]
Command = Callable[[ExistingClient, argparse.Namespace], None]
VERBS = ("play", "pause", "finish", "delete", "reject", "approve", "accept", "decline", "take_back", "take_over")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Return 1 if the service answers with an error, otherwise 0."""
    options = _parser().parse_args(arguments)
    try:
        with ExistingClient(options.url, options.key, options.secret) as client:
            options.run(client, options)
    except Refused as refused:
        sys.stderr.write(f"{refused.status}: {refused}\n")
        return 1
    return 0


def list_activities(client: ExistingClient, options: argparse.Namespace) -> None:
    if options.workspace:
        for item in client.all(f"/api/workspaces/{options.workspace}/items"):
            _tell(item["activity"])
        return
    for activity in client.all("/api/activities"):
        _tell(activity)


def new_activity(client: ExistingClient, options: argparse.Namespace) -> None:
    said = {name: getattr(options, name) for name in ("description", "target_date", "alarm", "priority", "size")}
    activity = client.new_activity(name=options.name, **{name: value for name, value in said.items() if value})
    if options.workspace:
        client.put(f"/api/workspaces/{options.workspace}/inbox", item_type="Activity", item_id=activity["id"])
    _tell(activity)


def act(client: ExistingClient, options: argparse.Namespace) -> None:
    _tell(client.put(f"/api/activities/{options.id}/{options.verb}"))


def delegate(client: ExistingClient, options: argparse.Namespace) -> None:
    to = {"email": options.to} if "@" in options.to else {"delegee_slug": options.to}
    fields = to | {"note": options.note, "sign_off": options.sign_off}
    _tell(client.delegate(f"/api/activities/{options.id}", **fields))


def list_delegations(client: ExistingClient, options: argparse.Namespace) -> None:
    for one in client.all(f"/api/delegations/{options.side}"):
        names = (one["delegator"]["name_or_email"], one["delegee"]["name_or_email"])
        sys.stdout.write(f"{one['id']:>6}  {one['state']:<12} {' -> '.join(names)}: {one['activity']['name']}\n")


def list_workspaces(client: ExistingClient, _: argparse.Namespace) -> None:
    for workspace in client.all("/api/workspaces"):
        sys.stdout.write(f"{workspace['id']:>6}  {workspace['type']:<18} {workspace['name']}\n")


def destroy_workspace(client: ExistingClient, options: argparse.Namespace) -> None:
    client.delete_workspace(f"/api/workspaces/{options.id}", archive_items=options.archive_items)
    sys.stdout.write(f"workspace {options.id} is gone\n")


def show_me(client: ExistingClient, _: argparse.Namespace) -> None:
    _tell_user(client.get("/api/me"))


def list_users(client: ExistingClient, _: argparse.Namespace) -> None:
    for user in client.all("/api/users"):
        _tell_user(user)


def _tell(activity: Json) -> None:
    assignee = activity["assignee"]["name_or_email"]
    sys.stdout.write(f"{activity['id']:>6}  {activity['state']:<9} {activity['name']} ({assignee})\n")


def _tell_user(user: Json) -> None:
    sys.stdout.write(f"{user['id']}  {user['slug']:<20} {user['name_or_email']} <{user['email']}>\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="om", description=__doc__)
    for name, default in (("url", "http://127.0.0.1:8000"), ("key", ""), ("secret", "")):
        parser.add_argument(f"--{name}", default=os.environ.get(f"OM_{name.upper()}", default))
    nouns = parser.add_subparsers(required=True)
    _activity(nouns.add_parser("activity").add_subparsers(required=True))
    delegation = _command(nouns.add_parser("delegation").add_subparsers(required=True), "list", list_delegations)
    delegation.add_argument("side", choices=("incoming", "outgoing"))
    workspace = nouns.add_parser("workspace").add_subparsers(required=True)
    _command(workspace, "list", list_workspaces)
    destroy = _command(workspace, "destroy", destroy_workspace, "id")
    destroy.add_argument("--archive-items", action="store_true")
    user = nouns.add_parser("user").add_subparsers(required=True)
    _command(user, "me", show_me)
    _command(user, "list", list_users)
    return parser


def _activity(commands: Any) -> None:
    listing = _command(commands, "list", list_activities)
    new = _command(commands, "new", new_activity, "name")
    for command in (listing, new):
        command.add_argument("-w", "--workspace", type=int)
    for name in ("description", "target_date", "alarm", "priority", "size"):
        new.add_argument(f"--{name}")
    for verb in VERBS:
        _command(commands, verb, act, "id").set_defaults(verb=verb)
    handing = _command(commands, "delegate", delegate, "id", "to")
    handing.add_argument("--note")
    handing.add_argument("--sign-off", action="store_true")


def _command(commands: Any, name: str, run: Command, *arguments: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name)
    command.set_defaults(run=run)
    for argument in arguments:
        command.add_argument(argument)
    return command


if __name__ == "__main__":
    sys.exit(main())
