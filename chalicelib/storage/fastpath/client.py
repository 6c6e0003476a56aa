"""Create the DynamoDB client with all shortcuts of this package."""

from typing import Any

from pynamodb.connection import Connection

from chalicelib.storage.fastpath import (
    credentials,
    endpoint_rules,
    event_handlers,
    response_parser,
    transport,
    user_agent,
)


def create_client(connection: Connection) -> Any:
    """Create and return the botocore client of a PynamoDB connection that has not been used yet."""
    with event_handlers.only_for_dynamodb():
        session = connection.session
    user_agent.install(session)
    response_parser.install(session)
    credentials.install(session)
    client: Any = connection.client
    endpoint_rules.remove(client)
    transport.install(client, session)
    return client
