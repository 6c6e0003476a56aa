"""Outboxes: what the caller has delegated of a workspace. Their contents are tested with delegations."""

from infra.testing.world import World


def test_there_is_no_outbox_before_something_is_delegated(world: World) -> None:
    assert world.member.get(f"{world.workspace_url}/outboxes").json() == []
