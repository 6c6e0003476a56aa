"""Talk to an MCP server with the client of fastmcp.

Each line of standard input is a task: {url, authorization, calls}. Its results are printed on one line. `calls` are
names of tools with arguments.
"""

import asyncio
import json
import sys
from typing import Any

from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport

Json = dict[str, Any]
PATIENCE = 60  # seconds for a task


async def talk(task: Json) -> Json:
    """Carry out a task and return the tools and the results."""
    transport = StreamableHttpTransport(task["url"], headers={"Authorization": task["authorization"]})
    async with Client(transport) as client:
        tools = [tool.model_dump(mode="json") for tool in await client.list_tools()]
        results = [await call(client, *one) for one in task["calls"]]
    return {"tools": tools, "results": results}


async def call(client: Any, name: str, arguments: Json) -> Json:
    """Call a tool and return its result."""
    result = await client.call_tool(name, arguments, raise_on_error=False)
    text = "".join(getattr(part, "text", "") for part in result.content)
    return {"is_error": result.is_error, "structured": result.structured_content, "text": text}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(asyncio.run(asyncio.wait_for(talk(json.loads(line)), PATIENCE))), flush=True)
