"""`python -m infra.admin`: accounts, users and credentials, its help, and its errors."""

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from infra import admin
from infra.testing.processes import environment, free_port, run

Json = dict[str, Any]
Command = Callable[..., Json]
FailingCommand = Callable[..., str]
SignIn = Callable[[Json], httpx.Client]

ACTIONS = "/api/v2/actions.json"
ADA = ("--email", "ada@acme.example", "--first-name", "Ada", "--last-name", "Admin")
MIA = ("--email", "mia@acme.example", "--first-name", "Mia", "--last-name", "Member")


@pytest.fixture(autouse=True)
def local_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say that the store is a local one, as the commands do not create API keys then."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1")  # clients that exist keep their endpoint


@pytest.fixture
def command(url: str, capsys: pytest.CaptureFixture[str]) -> Command:
    """A function that carries out a command and returns the JSON document on its stdout."""

    def carry_out(*arguments: str) -> Json:
        admin.main(arguments)
        out, err = capsys.readouterr()
        assert err == ""
        answer: Json = json.loads(out)
        return answer

    return carry_out


@pytest.fixture
def refused(url: str, capsys: pytest.CaptureFixture[str]) -> FailingCommand:
    """A function that carries out a command that exits with 1, and returns the one line on its stderr."""

    def carry_out(*arguments: str) -> str:
        with pytest.raises(SystemExit) as exit_info:
            admin.main(arguments)
        out, err = capsys.readouterr()
        code = exit_info.value.code
        message = code if isinstance(code, str) else err  # Python prints a text to stderr and exits with 1
        assert out == ""
        assert code in (1, message)
        (line,) = message.splitlines()
        assert line.endswith(".")
        return line

    return carry_out


@pytest.fixture
def acme(command: Command) -> Json:
    return command("create-account", "--name", "Acme", *ADA)


@pytest.fixture
def globex(acme: Json, command: Command) -> Json:
    """A second account. Its user has the same e-mail address."""
    return command("create-account", "--name", "Globex", *ADA)


def test_create_account_creates_an_account_its_admin_and_a_write_credential(acme: Json, sign_in: SignIn) -> None:
    assert list(acme) == ["account", "user", "credential"]
    assert (acme["account"]["id"], acme["account"]["name"]) == (1, "Acme")
    assert acme["user"] == acme["user"] | {"email": "ada@acme.example", "first_name": "Ada", "last_name": "Admin"}
    assert (acme["user"]["role"], acme["user"]["account"]) == ("admin", 1)
    assert (acme["credential"]["user"], acme["credential"]["scope"]) == (acme["user"]["id"], "write")
    assert sign_in(acme).post(ACTIONS, json={"title": "x"}).status_code == 201


def test_create_user_creates_a_member_with_a_write_credential_by_default(acme: Json, command: Command) -> None:
    mia = command("create-user", "--account", "1", *MIA)
    assert mia["account"] == acme["account"]
    assert (mia["user"]["email"], mia["user"]["role"]) == ("mia@acme.example", "member")
    assert (mia["credential"]["user"], mia["credential"]["scope"]) == (mia["user"]["id"], "write")


def test_create_user_accepts_a_role_and_a_scope(acme: Json, command: Command, sign_in: SignIn) -> None:
    mia = command("create-user", "--account", "1", *MIA, "--role", "admin", "--scope", "read")
    assert (mia["user"]["role"], mia["credential"]["scope"]) == ("admin", "read")
    assert sign_in(mia).get(ACTIONS).status_code == 200
    assert sign_in(mia).post(ACTIONS, json={"title": "x"}).status_code == 403


def test_set_account_changes_what_clients_must_confirm(acme: Json, command: Command, refused: FailingCommand) -> None:
    assert acme["account"]["confirm_deletes"] is False
    for word, is_on in (("on", True), ("off", False)):
        changed = command("set-account", "--account", "1", "--confirm-deletes", word)
        assert changed["account"]["confirm_deletes"] is is_on
        assert command("list-accounts")["accounts"] == [changed["account"]]
    assert refused("set-account", "--account", "9", "--confirm-deletes", "on") == "There is no account 9."
    assert "--confirm-deletes" in refused("set-account", "--account", "1")


def test_create_credential_creates_another_one_for_the_same_user(acme: Json, command: Command, sign_in: SignIn) -> None:
    more = command("create-credential", "--user", acme["user"]["id"], "--label", "laptop")
    assert (more["user"], more["account"]) == (acme["user"], acme["account"])
    assert (more["credential"]["label"], more["credential"]["scope"]) == ("laptop", "write")
    assert more["credential"]["key"] != acme["credential"]["key"]
    assert more["credential"]["secret"] != acme["credential"]["secret"]
    for answer in (acme, more):
        assert sign_in(answer).post(ACTIONS, json={"title": "x"}).status_code == 201


@pytest.mark.parametrize("field", ["id", "slug", "email"])
def test_a_user_is_named_by_id_slug_or_address(acme: Json, command: Command, field: str) -> None:
    assert command("create-credential", "--user", acme["user"][field])["user"] == acme["user"]


def test_an_address_is_found_in_any_case(acme: Json, command: Command) -> None:
    assert command("create-credential", "--user", "ADA@Acme.Example")["user"] == acme["user"]


@pytest.mark.parametrize("field", ["slug", "email"])
def test_a_user_of_several_accounts_is_named_with_the_account(
    acme: Json, globex: Json, command: Command, refused: FailingCommand, field: str
) -> None:
    name = acme["user"][field]
    said = f"There is a user {name} in the accounts 1, 2. Name one of them with --account."
    assert refused("create-credential", "--user", name) == said
    assert command("create-credential", "--user", name, "--account", "2")["user"] == globex["user"]
    assert len(_keys(command("list-credentials"))) == 3


@pytest.mark.parametrize("field", ["id", "slug", "email"])
def test_a_user_is_not_found_in_another_account(
    acme: Json, command: Command, refused: FailingCommand, field: str
) -> None:
    person = ("--email", "olga@other.example", "--first-name", "Olga", "--last-name", "Other")
    command("create-account", "--name", "Other", *person)
    name = acme["user"][field]
    assert refused("create-credential", "--user", name, "--account", "2") == (
        f"There is no user {name} in the account 2."
    )


def test_a_credential_of_scope_read_cannot_write(acme: Json, command: Command, sign_in: SignIn) -> None:
    reader = sign_in(command("create-credential", "--user", acme["user"]["id"], "--scope", "read"))
    assert reader.get(ACTIONS).status_code == 200
    assert reader.post(ACTIONS, json={"title": "x"}).status_code == 403


@pytest.mark.parametrize(("days", "status"), [(-1, 401), (2, 200)])
def test_a_credential_works_until_it_expires(
    acme: Json, command: Command, sign_in: SignIn, days: int, status: int
) -> None:
    moment = (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for written in (moment, moment[:10]):
        answer = command("create-credential", "--user", acme["user"]["id"], "--expires", written)
        assert answer["credential"]["expires_at"].startswith(written)
        assert sign_in(answer).get(ACTIONS).status_code == status


def test_revoke_credential_ends_one_credential_and_no_other(acme: Json, command: Command, sign_in: SignIn) -> None:
    more = command("create-credential", "--user", acme["user"]["id"])
    revoked = command("revoke-credential", "--key", more["credential"]["key"])
    assert revoked["credential"]["key"] == more["credential"]["key"]
    assert revoked["credential"]["revoked_at"]
    assert sign_in(more).get(ACTIONS).status_code == 401
    assert sign_in(acme).get(ACTIONS).status_code == 200


def test_a_credential_can_be_revoked_twice(acme: Json, command: Command) -> None:
    first = command("revoke-credential", "--key", acme["credential"]["key"])
    assert command("revoke-credential", "--key", acme["credential"]["key"]) == first


def test_a_list_can_be_limited_to_one_account(acme: Json, globex: Json, command: Command) -> None:
    assert command("list-accounts") == {"accounts": [acme["account"], globex["account"]]}
    assert command("list-users", "--account", "1") == {"users": [acme["user"]]}
    assert command("list-users") == {"users": [acme["user"], globex["user"]]}
    assert _keys(command("list-credentials", "--account", "2")) == [globex["credential"]["key"]]
    assert _keys(command("list-credentials")) == [acme["credential"]["key"], globex["credential"]["key"]]


def test_the_lists_of_an_empty_table_are_empty(command: Command) -> None:
    for noun in ("accounts", "users", "credentials"):
        assert command(f"list-{noun}") == {noun: []}


def test_a_listed_credential_has_everything_but_its_secret(acme: Json, command: Command) -> None:
    told = {name: value for name, value in acme["credential"].items() if name != "secret"}
    assert command("list-credentials") == {"credentials": [told]}


def test_a_secret_is_shown_once(acme: Json, command: Command) -> None:
    secret = acme["credential"]["secret"]
    assert json.dumps(acme).count(secret) == 1
    later = [command("create-credential", "--user", acme["user"]["id"])]
    later += [command(f"list-{noun}") for noun in ("accounts", "users", "credentials")]
    later += [command("revoke-credential", "--key", acme["credential"]["key"])]
    assert secret not in json.dumps(later)


def test_create_table_changes_nothing_if_the_table_exists(acme: Json, command: Command) -> None:
    assert command("create-table") == {"table": "ogsm-workspaces-dev", "created": False}
    assert command("list-accounts") == {"accounts": [acme["account"]]}


def test_an_address_is_unique_in_its_account_regardless_of_case(
    acme: Json, command: Command, refused: FailingCommand
) -> None:
    said = refused("create-user", "--account", "1", "--email", "ADA@Acme.Example", *MIA[2:])
    assert "Another user of the account has the e-mail address ADA@Acme.Example." in said
    assert command("list-users") == {"users": [acme["user"]]}
    assert _keys(command("list-credentials")) == [acme["credential"]["key"]]


def test_an_address_may_be_in_several_accounts(acme: Json, globex: Json, command: Command, sign_in: SignIn) -> None:
    command("create-user", "--account", "1", *MIA)
    mia = command("create-user", "--account", "2", *MIA)
    assert mia["account"] == globex["account"]
    sign_in(acme).post(ACTIONS, json={"title": "of Acme"})
    assert sign_in(mia).get(ACTIONS).json() == []


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["create-user", "--account", "99", *MIA], "account 99"),
        (["create-user", "--account", "one", *MIA], "--account"),
        (["create-user", "--account", "1", *MIA, "--role", "boss"], "--role"),
        (["create-user", "--account", "1", *MIA, "--scope", "all"], "--scope"),
        (["create-user", "--account", "1", *MIA[:4]], "--last-name"),
        (["create-user", "--account", "1", "--email", "mia", *MIA[2:]], "--email must "),
        (["create-account", "--name", "  ", *MIA], "--name must "),
        (["create-account", "--name", "x" * 101, *MIA], "--name must "),
        (["create-account", "--name", "x", "--email", "", *MIA[2:]], "--email must "),
        (["create-account", "--name", "x", *MIA[:2], "--first-name", " ", *MIA[4:]], "--first-name must "),
        (["create-account", *MIA], "--name"),
        (["create-credential"], "--user"),
        (["create-credential", "--user", "nobody"], "user nobody"),
        (["create-credential", "--user", ""], "user"),
        (["create-credential", "--user", "nobody@acme.example"], "user nobody@acme.example"),
        (["create-credential", "--user", "nobody", "--account", "99"], "account 99"),
        (["revoke-credential", "--key", "1-0123456789abcdef"], "credential 1-0123456789abcdef"),
        (["revoke-credential", "--key", "no key"], "credential no key"),
        (["revoke-credential"], "--key"),
        (["list-users", "--account", "99"], "account 99"),
        (["list-credentials", "--account", "99"], "account 99"),
        (["make-coffee"], "make-coffee"),
    ],
)
def test_an_error_names_the_wrong_argument_and_nothing_is_written(
    acme: Json, command: Command, refused: FailingCommand, arguments: list[str], named: str
) -> None:
    assert named in refused(*arguments)
    assert command("list-accounts") == {"accounts": [acme["account"]]}
    assert command("list-users") == {"users": [acme["user"]]}
    assert _keys(command("list-credentials")) == [acme["credential"]["key"]]


@pytest.mark.parametrize("moment", ["soon", "2027-02-30", "9999-12-31T23:59:59-01:00", ""])
def test_an_impossible_time_is_refused(acme: Json, refused: FailingCommand, moment: str) -> None:
    assert refused("create-credential", "--user", acme["user"]["id"], "--expires", moment).startswith("--expires must ")


def test_a_credential_that_expired_centuries_ago_does_not_work(acme: Json, command: Command, sign_in: SignIn) -> None:
    answer = command("create-credential", "--user", acme["user"]["id"], "--expires", "0206-01-31")  # 2026, mistyped
    assert sign_in(answer).get(ACTIONS).status_code == 401


def test_the_help_lists_every_command_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_info:
        admin.main(["--help"])
    printed = capsys.readouterr().out
    assert exit_info.value.code == 0
    for command in admin.COMMANDS:
        assert f"\n    {command.name}" in printed
        assert _squeezed(command.help) in _squeezed(printed)


@pytest.mark.parametrize("command", admin.COMMANDS, ids=lambda command: command.name)
def test_the_help_of_a_command_explains_every_option(
    command: admin.Command, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        admin.main([command.name, "--help"])
    printed = _squeezed(capsys.readouterr().out)
    for sentence in (command.help, *(option.help for option in command.options)):
        assert sentence.endswith(".")
        assert _squeezed(sentence) in printed


def test_without_a_command_the_help_is_printed_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_info:
        admin.main([])
    out, err = capsys.readouterr()
    assert exit_info.value.code == 1
    assert out == ""
    assert all(command.name in err for command in admin.COMMANDS)


def test_several_wrong_fields_are_all_named(refused: FailingCommand) -> None:
    said = refused("create-account", "--name", "", "--email", "x", "--first-name", "", "--last-name", "y")
    assert [part.partition(" must ")[0] for part in said.split("; ")] == ["--name", "--email", "--first-name"]


def test_an_unreachable_store_is_explained_in_one_line() -> None:
    out_of_reach = environment(AWS_ENDPOINT_URL_DYNAMODB=f"http://127.0.0.1:{free_port()}")
    commands = [["list-accounts"], ["create-table"], ["create-account", "--name", "x", *MIA]]
    with ThreadPoolExecutor() as pool:  # each tries for a few seconds
        list(pool.map(lambda arguments: _failure(arguments, out_of_reach), commands))


def test_a_missing_region_is_explained_in_one_line() -> None:
    nowhere = environment(AWS_DEFAULT_REGION="", AWS_REGION="", AWS_CONFIG_FILE="/dev/null")
    assert "Set AWS_REGION to a region" in _failure(["list-accounts"], nowhere)


def test_aws_region_is_enough() -> None:
    files = dict.fromkeys(("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"), "/dev/null")
    keys = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_DEFAULT_REGION"), "")
    nobody = environment(**keys, **files, AWS_REGION="eu-west-1", AWS_EC2_METADATA_DISABLED="true")
    said = _failure(["list-accounts"], nobody)
    assert "Set AWS_PROFILE to a profile, or AWS_ACCESS_KEY_ID" in said


def test_missing_aws_credentials_are_explained_in_one_line() -> None:
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE")
    files = dict.fromkeys(("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"), "/dev/null")
    nobody = environment(**dict.fromkeys(names, ""), **files, AWS_EC2_METADATA_DISABLED="true")
    assert "credentials" in _failure(["list-accounts"], nobody)


def test_an_invalid_endpoint_is_explained_in_one_line() -> None:
    assert "nonsense" in _failure(["list-accounts"], environment(AWS_ENDPOINT_URL_DYNAMODB="nonsense"))


def _squeezed(text: str) -> str:
    """A text without whitespace, because argparse wraps lines at spaces and hyphens."""
    return "".join(text.split())


def _keys(listed: Json) -> list[str]:
    return [credential["key"] for credential in listed["credentials"]]


def _failure(arguments: list[str], surroundings: dict[str, str]) -> str:
    """The one line on stderr of a command that fails, in a process of its own."""
    outcome = run([sys.executable, "-m", "infra.admin", *arguments], surroundings)
    assert outcome.returncode == 1
    assert outcome.stdout == ""
    (line,) = outcome.stderr.splitlines()
    assert line.endswith(".")
    return line
