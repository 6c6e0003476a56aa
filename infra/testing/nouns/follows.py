"""Users who follow each other."""

from chalicelib.storage.models.follows import FOLLOWED, Follow
from infra.testing.noun import Noun
from infra.testing.request_cases import BATCH_GET, GET_ITEM, QUERY, TRANSACTION, RequestCase
from infra.testing.sample_rows import SampleRow, sample_user
from infra.testing.world import World

COLLABORATE = "/api/users/{user}/collaborate"
FOLLOWS, FOLLOWINGS = "/api/me/follows", "/api/me/followings"
FOLLOW_MEMBER = "/api/users/mia-member/collaborate"


def list_follows(world: World) -> str:
    """Let the owner follow the member, and return the address of the list of both."""
    assert world.owner.put(FOLLOW_MEMBER).is_success
    return FOLLOWS


def list_followings(world: World) -> str:
    """Let the owner follow the member, and return the address of the member's list."""
    assert world.owner.put(FOLLOW_MEMBER).is_success
    return FOLLOWINGS


def sample_rows(account: int) -> list[SampleRow]:
    """Return what is kept with a user who follows another one."""
    follow = Follow.at(account, "", FOLLOWED, "", other_user=sample_user(1))
    return [SampleRow(follow, lambda n: Follow.ref(account, sample_user(n), FOLLOWED, sample_user(n + 1)))]


NOUN = Noun(
    request_cases=[
        RequestCase(
            "PUT",
            COLLABORATE,
            [GET_ITEM, BATCH_GET, TRANSACTION],
            [GET_ITEM, GET_ITEM, BATCH_GET, TRANSACTION],
            address=FOLLOW_MEMBER,
        ),
        RequestCase(
            "PUT",
            COLLABORATE,
            [BATCH_GET, TRANSACTION],
            [GET_ITEM, BATCH_GET, TRANSACTION],
            variant="somebody by id",
            address=lambda world: f"/api/users/{world.users['member']}/collaborate",
        ),
        RequestCase("GET", FOLLOWS, [QUERY, BATCH_GET], address=list_follows),
        RequestCase("GET", FOLLOWINGS, [QUERY, BATCH_GET], address=list_followings, caller="member"),
    ],
    sample_rows=sample_rows,
)
