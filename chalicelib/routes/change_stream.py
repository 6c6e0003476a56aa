"""The change stream: a function that no request calls. The table's stream calls it with the rows that were written."""

from chalice.app import DynamoDBEvent

from chalicelib.http.routing import Routes

routes = Routes(__name__)

# The template replaces the ARN by that of the table's stream.
STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/table/stream/2026-01-01T00:00:00.000"


@routes.on_dynamodb_record(stream_arn=STREAM, batch_size=100, starting_position="TRIM_HORIZON")
def record_changes(event: DynamoDBEvent) -> None:
    """Record the changes that a batch of the stream contains. If this fails, the batch is delivered again."""
    from chalicelib.domain.changes import recording  # no request needs it, and it would make cold starts slower

    recording.record_batch(event.to_dict()["Records"])
