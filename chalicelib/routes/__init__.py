"""One module for each noun of the URL, with one short view for each call."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.http.routing import Routes

BLUEPRINTS = (  # the modules of this package, each with its `routes`
    "actions",
    "ogsm_objects",
    "measurements_by_date",
    "ogsm_series",
    "ogsm_plans",
    "workspaces",
    "members",
    "stacks",
    "items",
    "outboxes",
    "activities",
    "delegations",
    "alarms",
    "flat_stacks",
    "comments",
    "invitations",
    "credentials",
    "users",
    "me",
    "follows",
    "audit",
    "changes",
    "webhooks",
    "undo",
    "oauth",
    "mcp",
    "session",
    "agent_docs",
    "pages",
    "ogsm_pages",
    "settings",
    "webhook_settings",
    "invitation_links",
    "address_changes",
    "assets",
    "contract",
    "health",
    "change_stream",
    "webhook_delivery",
)


def load_blueprints() -> list["Routes"]:
    """Import all nouns and return their blueprints. The alarms' Lambda does not call this: it imports alarms only."""
    return [import_module(f"{__name__}.{name}").routes for name in BLUEPRINTS]
