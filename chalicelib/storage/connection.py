"""The connection to the table. All reads and writes of the service go through it.

Rows have no connection of their own. PynamoDB would open one for each class of rows, and each client takes 75 ms of a
cold start.
"""

from typing import Any

from pynamodb.connection import TableConnection
from pynamodb.connection.base import MetaTable

from chalicelib import config
from chalicelib.storage import metering

ALARM_INDEX = "alarms"

# The parameters of CreateTable for a local store. infra/template.yaml declares the same table for AWS.
TABLE: dict[str, Any] = {
    "TableName": config.TABLE_NAME,
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
        {"AttributeName": "alarm_shard", "AttributeType": "N"},
        {"AttributeName": "alarm_at", "AttributeType": "S"},
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": ALARM_INDEX,
            "KeySchema": [
                {"AttributeName": "alarm_shard", "KeyType": "HASH"},
                {"AttributeName": "alarm_at", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
}

# The stream of the table, for UpdateTable. The store of most tests has none, because it would make their writes slow.
STREAM: dict[str, Any] = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}

table_connection = TableConnection(
    config.TABLE_NAME,
    meta_table=MetaTable(TABLE),
    connect_timeout_seconds=2,
    read_timeout_seconds=5,
    max_retry_attempts=3,
    max_pool_connections=50,
)


def _create_client() -> Any:
    if config.FASTPATH:
        from chalicelib.storage.fastpath.client import create_client

        return create_client(table_connection.connection)
    return table_connection.connection.client


# Create the client while the module loads, because Lambda gives a full processor to that phase.
client = _create_client()
metering.watch(client)
