"""Comments on activities."""

from chalicelib.storage.models.comments import Comment, CommentLookup
from infra.testing.noun import Noun
from infra.testing.past_cases import past_cases
from infra.testing.request_cases import (
    BATCH_GET,
    CHECKS_FIRST,
    GET_ITEM,
    PUT_ITEM,
    QUERY,
    TRANSACTION,
    UPDATE_ITEM,
    RequestCase,
    Step,
)
from infra.testing.sample_rows import CREATED_AT, FIRST_ID, SampleRow, sample_user
from infra.testing.world import World, location_of, put_item

COMMENTS, COMMENT = "/api/activities/{activity_id}/comments", "/api/comments/{comment_id}"
CREATE: list[Step] = [(GET_ITEM, UPDATE_ITEM), BATCH_GET, TRANSACTION]
BODY = {"body": "y"}


def comments_of_new_item(world: World) -> str:
    """Create an item, and return the address of its comments."""
    return f"/api/activities/{world.item()}/comments"


def comments_with_one(world: World) -> str:
    """Create an item with a comment of the member, and return the address of its comments."""
    address = comments_of_new_item(world)
    location_of(world.member.post(address, json={"body": "x"}))
    return address


def create_comment(world: World) -> str:
    """Let the owner answer the member's comment, and return the address of the answer."""
    return location_of(world.owner.post(comments_with_one(world), json={"body": "x"}))


def create_moved_comment(world: World) -> str:
    """Create a comment, move its activity to another workspace, and return the address of the comment."""
    comment = create_comment(world)
    activity = world.owner.get(comment).json()["activity_id"]
    assert put_item(world.owner, world.personal_url, activity).status_code == 200
    return comment


def sample_rows(account: int) -> list[SampleRow]:
    """Return a comment of another user, and the row that finds it by its id."""
    ids = {"id": FIRST_ID, "activity_id": FIRST_ID, "author": sample_user(0)}
    doc = {**ids, "body": "x" * 100, "created_at": CREATED_AT, "updated_at": CREATED_AT}
    return [
        SampleRow(
            Comment.at(account, 0, 0, id=FIRST_ID, doc=doc),
            lambda n: Comment.ref(account, FIRST_ID + n, FIRST_ID + n),
        ),
        SampleRow(CommentLookup.at(account, 0, activity=FIRST_ID), lambda n: CommentLookup.ref(account, FIRST_ID + n)),
    ]


NOUN = Noun(
    request_cases=[
        RequestCase(
            "GET", COMMENTS, [GET_ITEM, BATCH_GET, QUERY, BATCH_GET], address=comments_with_one, why_large=CHECKS_FIRST
        ),
        RequestCase("POST", COMMENTS, CREATE, [GET_ITEM, *CREATE], address=comments_with_one, body=BODY),
        RequestCase(
            "POST",
            COMMENTS,
            CREATE,
            [GET_ITEM, *CREATE],
            variant="the first comment",
            address=comments_of_new_item,
            body=BODY,
        ),
        RequestCase("GET", COMMENT, [GET_ITEM, BATCH_GET], address=create_comment),
        *past_cases(COMMENT, create_comment, [GET_ITEM, BATCH_GET], present=(GET_ITEM, GET_ITEM)),
        RequestCase(
            "GET",
            COMMENT,
            [GET_ITEM, BATCH_GET, BATCH_GET],
            variant="a comment on what has been moved since",
            address=create_moved_comment,
            why_large="reads which activity it is on, then in which workspace that is now, then who may enter",
        ),
        RequestCase(
            "PATCH",
            COMMENT,
            [GET_ITEM, BATCH_GET, PUT_ITEM],
            [GET_ITEM, GET_ITEM, BATCH_GET, TRANSACTION],
            address=create_comment,
            body=BODY,
        ),
        RequestCase(
            "DELETE",
            COMMENT,
            [GET_ITEM, BATCH_GET, TRANSACTION],
            [GET_ITEM, GET_ITEM, BATCH_GET, TRANSACTION],
            address=create_comment,
        ),
    ],
    sample_rows=sample_rows,
)
