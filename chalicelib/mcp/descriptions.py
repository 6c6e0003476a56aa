"""Tools and their results as the protocol describes them."""

from chalicelib.json_text import JsonObject
from chalicelib.mcp.clients import Client
from chalicelib.mcp.tools import Annotations, ResourceLink, Tool, ToolResult


def describe_tool(tool: Tool) -> JsonObject:
    """Return a tool as tools/list answers it."""
    described: JsonObject = {
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "inputSchema": tool.input_schema,
        "annotations": _describe_annotations(tool.annotations),
    }
    return described if tool.output_schema is None else described | {"outputSchema": tool.output_schema}


def describe_tool_result(result: ToolResult, client: Client) -> JsonObject:
    """Return a result as tools/call answers it to a client. Older clients get no links, which they could not read."""
    content: list[JsonObject] = [{"type": "text", "text": result.text}] if result.text else []
    content += result.blocks
    if client.has_resource_links:
        content += map(_describe_link, result.links)
    described: JsonObject = {"content": content}
    if result.structured is not None:
        described["structuredContent"] = result.structured
    return described | {"isError": True} if result.is_error else described


def _describe_annotations(annotations: Annotations) -> JsonObject:
    """Return what the tool is declared to do. Two of the hints mean nothing for a tool that only reads."""
    if annotations.is_read_only:
        return {"readOnlyHint": True, "openWorldHint": annotations.is_open_world}
    return {
        "readOnlyHint": False,
        "destructiveHint": annotations.is_destructive,
        "idempotentHint": annotations.is_idempotent,
        "openWorldHint": annotations.is_open_world,
    }


def _describe_link(link: ResourceLink) -> JsonObject:
    return {"type": "resource_link", "uri": link.uri, "name": link.name, "mimeType": link.media_type}
