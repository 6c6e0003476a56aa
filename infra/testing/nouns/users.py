"""Users of an account."""

from chalicelib.storage.models.users import EmailAddress, Slug, User, UserAccount
from infra.testing.noun import Noun
from infra.testing.past_cases import past_cases
from infra.testing.request_cases import (
    BATCH_GET,
    GET_ITEM,
    PARALLEL_QUERIES,
    PUT_ITEM,
    QUERY,
    TRANSACTION,
    UPDATE_ITEM,
    RequestCase,
    Step,
)
from infra.testing.sample_rows import CREATED_AT, FIRST_ID, SampleRow, sample_user
from infra.testing.world import World

USERS = "/api/users"
USER = f"{USERS}/{{user}}"
MEMBER = f"{USERS}/mia-member"
NEW_NAMES = {"first_name": "New", "last_name": "User"}
NEW_USER = NEW_NAMES | {"email": "new@acme.example"}

REMOVAL: list[Step] = [BATCH_GET, GET_ITEM, QUERY, TRANSACTION, (QUERY, QUERY, QUERY), *[TRANSACTION] * 3]


def make_member_admin(world: World) -> str:
    """Make the member an admin, and return the address of the admin who was there before."""
    assert world.owner.patch(f"{USERS}/{world.users['member']}", json={"role": "admin"}).status_code == 200
    return f"{USERS}/ada-admin"


def sample_rows(account: int) -> list[SampleRow]:
    """Return another user, and the rows that find a user by id, email address and slug."""
    names = {"email": "some.body@acme.example", "first_name": "Some", "last_name": "Body", "role": "member"}
    ids = {"id": sample_user(0), "account": account, "slug": "some-body", "personal_workspace": FIRST_ID}
    user = User.at(account, "", **names, **ids, created_at=CREATED_AT)
    return [
        SampleRow(user, lambda n: User.ref(account, sample_user(n))),
        SampleRow(UserAccount.at("", account=account), lambda n: UserAccount.ref(sample_user(n))),
        SampleRow(
            EmailAddress.at(account, "", user=sample_user(0)), lambda n: EmailAddress.ref(account, f"{n}@acme.example")
        ),
        SampleRow(Slug.at(account, "", user=sample_user(0)), lambda n: Slug.ref(account, f"some-body-{n}")),
    ]


NOUN = Noun(
    request_cases=[
        RequestCase("GET", USERS, [QUERY]),
        RequestCase(
            "POST",
            USERS,
            [BATCH_GET, UPDATE_ITEM, TRANSACTION],
            [GET_ITEM, BATCH_GET, UPDATE_ITEM, TRANSACTION],
            body=NEW_USER,
        ),
        RequestCase("GET", USER, [BATCH_GET, GET_ITEM], address=MEMBER),
        *past_cases(USER, MEMBER, [BATCH_GET, GET_ITEM], around=(), by_slug=(GET_ITEM,)),
        RequestCase(
            "PATCH",
            USER,
            [BATCH_GET, GET_ITEM, TRANSACTION],
            [GET_ITEM, BATCH_GET, GET_ITEM, TRANSACTION],
            address=MEMBER,
            body=NEW_NAMES,
        ),
        RequestCase(
            "PATCH",
            USER,
            [BATCH_GET, GET_ITEM, TRANSACTION, PUT_ITEM],
            [GET_ITEM, BATCH_GET, GET_ITEM, TRANSACTION, TRANSACTION],
            variant="a new address of a user",
            address=MEMBER,
            body=NEW_USER,
            why_large="finds the user by slug, and mails the new address between two commits",
        ),
        RequestCase(
            "PATCH",
            USER,
            [BATCH_GET, PARALLEL_QUERIES, TRANSACTION],
            [GET_ITEM, BATCH_GET, PARALLEL_QUERIES, TRANSACTION],
            variant="an admin who becomes a member",
            address=make_member_admin,
            body={"role": "member"},
        ),
        RequestCase(
            "DELETE",
            USER,
            REMOVAL,
            [GET_ITEM, *REMOVAL],
            address=MEMBER,
            why_large="goes in steps: credentials, invitations, delegations, memberships with followers",
        ),
    ],
    sample_rows=sample_rows,
)
