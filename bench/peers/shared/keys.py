"""Where each item lies in the peers' table: the layout of the project's own, since none better is known."""

Key = dict[str, str]


def action_key(account: int, action: int) -> Key:
    """Of an action."""
    return {"pk": f"ACCOUNT#{account:09}#ACTIONS", "sk": f"ACTION#{action:016}"}


def counter_key(account: int, name: str) -> Key:
    """Of a counter."""
    return {"pk": f"ACCOUNT#{account:09}", "sk": f"COUNTER#{name}"}


def user_key(account: int, user: str) -> Key:
    """Of a user."""
    return {"pk": f"ACCOUNT#{account:09}", "sk": f"USER#{user}"}


def workspace_key(account: int, workspace: int) -> Key:
    """Of a workspace."""
    return {"pk": f"ACCOUNT#{account:09}#WORKSPACE#{workspace:016}", "sk": "META"}


def member_key(account: int, workspace: int, user: str) -> Key:
    """Of somebody's place in a workspace."""
    return workspace_key(account, workspace) | {"sk": f"MEMBER#{user}"}


def activity_prefix(stack: int) -> str:
    """Where the activities of a stack begin."""
    return f"ITEM#{stack:016}#"
