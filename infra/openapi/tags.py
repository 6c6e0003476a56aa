"""The tags of the document: one for each noun, with a sentence about it."""

from chalicelib.domain.ogsm.noun import words
from chalicelib.domain.ogsm.nouns import NOUNS
from infra.openapi.json_schema import JsonSchema

ALIASES_TAG = "Other spellings"
DESCRIPTIONS = {
    "actions": "Strategic actions of the account, from the OGSM document.",
    "ogsm_plans": "Everything on an OGSM canvas in one answer, and reviews of how it is going.",
    "workspaces": "Workspaces, which hold an inbox, stacks and their items. Every user has a personal one.",
    "members": "The people in a shared workspace.",
    "stacks": "Inboxes and stacks, which hold the items of a workspace.",
    "items": "Items, each of which is an activity in an inbox, on a stack or in an archive.",
    "outboxes": "What you have delegated, for each person.",
    "activities": "Activities by their id: their fields, their blocks and their life from draft to approved.",
    "delegations": "Handing an activity to another person, and what that person makes of it.",
    "flat_stacks": "Stacks by their id alone, for clients that do not know the workspace.",
    "comments": "Comments on activities.",
    "invitations": "Invitations to workspaces.",
    "credentials": "Keys and secrets, with which people and programs sign in.",
    "users": "The people of the account. Admins create, change and remove them.",
    "me": "The user who makes the request.",
    "follows": "Users who follow each other.",
    "changes": "Every change of the account's objects, in order.",
    "audit": "Who changed which user, credential or webhook, for admins.",
    "webhooks": "Addresses to which every change is sent, signed and in order, for admins.",
    "webhook_settings": "The pages on which admins manage webhooks.",
    "oauth": "Access tokens for clients that use OAuth 2.",
    "mcp": "The Model Context Protocol, through which models use the API.",
    "session": "Who makes the request, and how many requests are allowed.",
    "pages": "Pages about the service.",
    "ogsm_pages": "The pages that show the OGSM canvases.",
    "settings": "The page on which people manage their credentials.",
    "invitation_links": "The pages behind the links in mails about invitations and delegations.",
    "address_changes": "The pages behind the links in mails that confirm an e-mail address.",
    "agent_docs": "The documentation as Markdown, in pages of its own for each noun, for agents.",
    "assets": "The files of the pages, and the picture of users without one.",
    "contract": "The OpenAPI document of this API.",
    "health": "Whether the service is up.",
    **{noun.name: noun.meaning for noun in NOUNS},
}


def tag_name(noun: str) -> str:
    """Return the name of the tag of a noun."""
    text = {"oauth": "OAuth", "mcp": "MCP"}.get(noun, words(noun))
    return text[0].upper() + text[1:]


def describe_tags(nouns: list[str]) -> list[JsonSchema]:
    """Return the tags of these nouns. Raises LookupError for a noun without a sentence."""
    missing = [noun for noun in nouns if noun not in DESCRIPTIONS]
    if missing:
        raise LookupError(f"Nothing says what {missing[0]} are. Add a sentence to infra/openapi/tags.py.")
    return [{"name": tag_name(noun), "description": DESCRIPTIONS[noun]} for noun in nouns]
