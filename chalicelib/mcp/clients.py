"""What a client can do, by the version that it speaks and the capabilities that it declares."""

from dataclasses import dataclass

from chalicelib.json_text import JsonObject
from chalicelib.mcp import versions

ELICIT = "elicitation/create"
NEEDED_CAPABILITIES = {ELICIT: "elicitation", "sampling/createMessage": "sampling", "roots/list": "roots"}


@dataclass(frozen=True)
class Client:
    """The client that sent a message. Legacy clients cannot be asked anything without a session."""

    version: str
    capabilities: JsonObject

    @property
    def has_resource_links(self) -> bool:
        """Whether the client knows links to resources in results."""
        return self.version in versions.WITH_RESOURCE_LINKS

    def supports(self, method: str) -> bool:
        """Return whether the client carries out requests with this method. Questions are put to its user as forms."""
        capability = self.capabilities.get(NEEDED_CAPABILITIES[method])
        if method == ELICIT and isinstance(capability, dict):
            return not capability or "form" in capability  # a client that names no mode has forms
        return isinstance(capability, dict)
