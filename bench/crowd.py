"""Everything else that an account holds, as many as wanted of each kind, laid straight into the embedded store."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from bench.emulator import lay
from chalicelib.domain import access
from chalicelib.domain.accounts import audit
from chalicelib.domain.activities import documents
from chalicelib.domain.ogsm.actions import DEFAULTS
from chalicelib.domain.workspaces import workspaces
from chalicelib.storage.marks import MARK
from chalicelib.storage.models.access_tokens import AccessToken
from chalicelib.storage.models.actions import Action
from chalicelib.storage.models.activities import Activity, Placement, UserActivity
from chalicelib.storage.models.audit import AuditEvent
from chalicelib.storage.models.base import Key, Row
from chalicelib.storage.models.comments import Comment, CommentLookup
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.follows import Follow
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.link_tokens import LinkToken
from chalicelib.storage.models.receipts import Receipt
from chalicelib.storage.models.stacks import Stack, StackLookup
from chalicelib.storage.models.users import EmailAddress, Slug, User, UserAccount
from chalicelib.storage.models.workspaces import Member, Membership
from infra.testing.documents import example

FIRST = 1_000_000_000  # of their ids; what the calls make is numbered far below
LEFT = 10  # of a kind that is to stay out

AT, UNTIL, HASH = "2026-11-22T00:00:00Z", timedelta(days=1), "0" * 64
Sample = tuple[Row, Callable[[int], Key]]  # one that all are like, and the key of the nth


class Crowd:
    """An account's other people with all that is theirs. Nothing of it belongs to who calls."""

    def __init__(self, account: int) -> None:
        self.kinds = {
            kind: [(item.serialize() | {"version": {"N": "1"}}, key) for item, key in rows]
            for kind, rows in (_people(account) | _spaces(account) | _work(account)).items()
        }
        self.size = 0

    def grow(self, size: int) -> None:
        """Lets there be so many of each kind."""
        gc.disable()  # it would look through millions of rows again and again
        self._lay(self.kinds, range(self.size, size))
        gc.freeze()
        gc.enable()
        self.size = size

    @contextmanager
    def without(self, kinds: Iterable[str]) -> Iterator[None]:
        """Leaves few of these kinds within the block."""
        kinds = list(kinds)
        for kind in kinds:
            for _, key in self.kinds[kind]:
                for number in range(LEFT, self.size):
                    lay(key(number), None)
        try:
            yield
        finally:
            self._lay(kinds, range(LEFT, self.size))

    def _lay(self, kinds: Iterable[str], numbers: range) -> None:
        for kind in kinds:
            for item, key in self.kinds[kind]:
                for number in numbers:
                    partition, sort = key(number)
                    lay((partition, sort), {**item, "pk": {"S": partition}, "sk": {"S": sort}})


def _user(number: int) -> str:
    return f"f{number:08x}"


def _people(account: int) -> dict[str, list[Sample]]:
    person = {"email": "some.body@acme.example", "first_name": "Some", "last_name": "Body", "role": "member"}
    about = {"id": _user(0), "account": account, "slug": "some-body", "personal": FIRST, "created_at": AT}
    held = {"id": f"{account}-{0:016x}", "user": _user(0), "label": "", "scope": "write", "secret_hash": HASH}
    event = audit.build_event(access.operator(account), "create", audit.USER, _user(0), person)
    credential = Credential.at(account, "", account=account, created_at=AT, **held)
    return {
        "users": [
            (User.at(account, "", **person, **about), lambda n: User.key(account, _user(n))),
            (UserAccount.at("", account=account), lambda n: UserAccount.key(_user(n))),
            (EmailAddress.at(account, "", user=_user(0)), lambda n: EmailAddress.key(account, f"{n}@acme.example")),
            (Slug.at(account, "", user=_user(0)), lambda n: Slug.key(account, f"some-body-{n}")),
        ],
        "credentials": [(credential, lambda n: Credential.key(account, f"{account}-{n:016x}"))],
        "events": [(event, lambda n: AuditEvent.key(account, f"{FIRST + n:016}-00000000"))],
        "follows": [(_followed(account), lambda n: Follow.key(account, _user(n), Follow.followed, _user(n + 1)))],
        "receipts": [
            (_receipt(account), lambda n: Receipt.key(account, _user(n), HASH)),
            (_grant(account), lambda n: AccessToken.key(account, _user(n), HASH)),
        ],
    }


def _followed(account: int) -> Row:
    return Follow.at(account, "", Follow.followed, "", other=_user(1))


def _receipt(account: int) -> Row:
    return Receipt.at(account, "", "", fingerprint=HASH, status=201, headers={}, body="x" * 700, ttl=UNTIL)


def _grant(account: int) -> Row:
    return AccessToken.at(account, "", "", scope="write", secret_hash=HASH, ttl=UNTIL)


def _spaces(account: int) -> dict[str, list[Sample]]:
    workspace = workspaces.build_workspace(account, _user(0), FIRST, workspaces.SHARED, {"name": "Of others"})
    stack, whereabouts = workspaces.build_stack(account, FIRST, FIRST, {"name": "TODO"})
    space, member, membership = workspace
    ids = {"id": FIRST, "workspace": FIRST, "user": _user(0), "inviter": _user(1)}
    said = {"email": "some.body@acme.example", "state": "pending", "created_at": AT, "delivery": "sent"}
    token = {name: ids[name] for name in ("workspace", "user", "inviter")}
    return {
        "workspaces": [
            (space, lambda n: space.key(account, FIRST + n)),
            (member, lambda n: Member.key(account, FIRST + n, _user(n))),
            (membership, lambda n: Membership.key(account, _user(n), FIRST + n)),
            (stack, lambda n: Stack.key(account, FIRST + n, FIRST + n)),
            (whereabouts, lambda n: StackLookup.key(account, FIRST + n)),
        ],
        "invitations": [
            (Invitation.at(account, "", 0, **ids, **said), lambda n: Invitation.key(account, _user(n), FIRST + n)),
            (
                LinkToken.at(account, "", invitation=FIRST, ttl=UNTIL, **token),
                lambda n: LinkToken.key(account, f"{n:064x}"),
            ),
        ],
    }


def _work(account: int) -> dict[str, list[Sample]]:
    action = DEFAULTS | example("action")
    doc = documents.new_document(FIRST, _user(0), {"name": "An item of others", "description": "words " * 20})
    order = f"{FIRST:016}"
    activity = Activity.at(account, 0, id=FIRST, doc=doc, workspace=FIRST, stack=FIRST, order=order)
    placement = Placement.at(account, 0, 0, "", 0, activity=FIRST, doc=doc)
    involvement = UserActivity.at(account, "", 0, activity=FIRST, workspace=FIRST, doc=doc)
    comment = {"id": FIRST, "activity_id": FIRST, "body": "x" * 100, "author": MARK + _user(0)}
    said = Comment.at(account, 0, 0, id=FIRST, doc=comment | {"created_at": AT, "updated_at": AT})
    return {
        "actions": [(Action.at(account, 0, doc=action), lambda n: Action.key(account, FIRST + n))],
        "items": [
            (activity, lambda n: Activity.key(account, FIRST + n)),
            (placement, lambda n: Placement.key(account, FIRST + n, FIRST + n, order, FIRST + n)),
            (involvement, lambda n: UserActivity.key(account, _user(n), FIRST + n)),
        ],
        "comments": [
            (said, lambda n: Comment.key(account, FIRST + n, FIRST + n)),
            (CommentLookup.at(account, 0, activity=FIRST), lambda n: CommentLookup.key(account, FIRST + n)),
        ],
    }
