"""/api/me/follows and followings: following other users through `collaborate`."""

import httpx
import pytest

from infra.testing.world import World, create_user, sign_in_client
from tests.support.documented_examples import USER
from tests.support.failures import Hook, Outage, failure_points
from tests.support.stored_rows import stored_rows

FOLLOWS, FOLLOWINGS = "/api/me/follows", "/api/me/followings"
JSON = {"Content-Type": "application/json"}


def follow(client: httpx.Client, who: str) -> httpx.Response:
    answer = client.put(f"/api/users/{who}/collaborate", headers=JSON)
    assert answer.status_code == 200, answer.text
    return answer


def slugs(client: httpx.Client, address: str) -> list[str]:
    answer = client.get(address, headers=JSON)
    assert answer.status_code == 200, answer.text
    return [one["slug"] for one in answer.json()]


def test_collaborating_follows_the_user_and_answers_it(world: World) -> None:
    answer = follow(world.owner, "mia-member")
    assert tuple(answer.json()) == (*USER, "slug")
    assert answer.json()["id"] == world.users["member"]
    assert slugs(world.owner, FOLLOWS) == ["mia-member"]
    assert slugs(world.member, FOLLOWINGS) == ["ada-admin"]
    assert slugs(world.owner, FOLLOWINGS) == slugs(world.member, FOLLOWS) == []


def test_users_follow_each_other_once_both_collaborate(world: World) -> None:
    follow(world.owner, "mia-member")
    follow(world.member, "ada-admin")
    for client, other in ((world.owner, "mia-member"), (world.member, "ada-admin")):
        assert slugs(client, FOLLOWS) == slugs(client, FOLLOWINGS) == [other]


def test_collaborating_again_changes_nothing(world: World) -> None:
    first = follow(world.owner, "mia-member")
    before = stored_rows("follow")
    for who in ("mia-member", world.users["member"]):
        assert follow(world.owner, who).content == first.content
    assert stored_rows("follow") == before
    key = {"Idempotency-Key": "one"}
    answers = [world.member.put("/api/users/ada-admin/collaborate", headers=key) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert len(stored_rows("follow")) == 4


def test_users_cannot_follow_themselves_or_an_unknown_user(world: World) -> None:
    for who in ("ada-admin", world.users["owner"]):
        assert world.owner.put(f"/api/users/{who}/collaborate").status_code == 409
    for who in ("nobody", "0123456ff", "No Slug", "olga-other"):
        assert world.owner.put(f"/api/users/{who}/collaborate").status_code == 404
    assert stored_rows("follow") == []


def test_the_lists_are_by_name_and_come_in_pages(world: World) -> None:
    for who in ("udo-member", "mia-member", "ivo-member"):
        follow(world.owner, who)
    everybody = ["ivo-member", "mia-member", "udo-member"]
    assert slugs(world.owner, FOLLOWS) == everybody
    assert slugs(world.owner, f"{FOLLOWS}?page=1&per_page=250") == everybody
    assert [slugs(world.owner, f"{FOLLOWS}?page={page}&per_page=2") for page in (1, 2)] == [
        everybody[:2],
        everybody[2:],
    ]


@pytest.mark.parametrize(
    ("kind", "shown"), [("User", 1), ("user", 1), ("users", 1), ("", 1), ("Workspace", 0), ("x", 0)]
)
def test_the_type_filters_the_list(world: World, kind: str, shown: int) -> None:
    follow(world.owner, "mia-member")
    assert len(slugs(world.owner, f"{FOLLOWS}?type={kind}&page=1&per_page=250")) == shown
    assert len(slugs(world.member, f"{FOLLOWINGS}?type={kind}")) == shown
    assert world.owner.get(f"{FOLLOWS}?kind={kind}").status_code == 422


def test_a_removed_user_follows_nobody_and_is_followed_by_nobody(world: World) -> None:
    for client, who in ((world.owner, "mia-member"), (world.member, "ada-admin"), (world.member, "ivo-member")):
        follow(client, who)
    follow(world.owner, "ivo-member")
    assert world.owner.delete("/api/users/mia-member").status_code == 204
    assert slugs(world.owner, FOLLOWS) == ["ivo-member"]
    assert slugs(world.owner, FOLLOWINGS) == []
    assert slugs(world.invited, FOLLOWINGS) == ["ada-admin"]
    assert len(stored_rows("follow")) == 2
    assert world.owner.put("/api/users/mia-member/collaborate").status_code == 404


def test_an_interrupted_removal_ends_all_following_when_it_is_repeated(world: World, on: Hook) -> None:
    outage = Outage(on, lost=False)
    for after in failure_points():
        card = create_user(world.account, f"Lea{after}")
        with sign_in_client(str(world.owner.base_url), card) as lea:
            follow(lea, "mia-member")
        follow(world.member, f"lea{after}-member")
        outage.begins(after)
        answer = world.owner.delete(f"/api/users/{card['user']['id']}")
        outage.ends()
        if not outage.struck:
            assert (answer.status_code, stored_rows("follow")) == (204, [])
            return
        assert world.owner.delete(f"/api/users/{card['user']['id']}").status_code in (204, 404)
        assert stored_rows("follow") == []
    raise AssertionError("it never ends")
