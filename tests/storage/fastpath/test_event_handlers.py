"""The handlers for other services are left out, and only while the session is created."""

from botocore import handlers

from chalicelib.storage.fastpath.event_handlers import only_for_dynamodb


def test_only_handlers_for_dynamodb_or_every_service_stay() -> None:
    with only_for_dynamodb():
        events = [handler[0] for handler in handlers.BUILTIN_HANDLERS]
    assert events
    assert not [event for event in events if "s3" in event or event.startswith("docs.")]
    general = {handler[0] for handler in handlers.BUILTIN_HANDLERS if handler[0].count(".") == 0}
    assert general <= set(events)


def test_the_list_of_handlers_is_restored_even_after_an_error() -> None:
    before = handlers.BUILTIN_HANDLERS
    try:
        with only_for_dynamodb():
            raise ValueError
    except ValueError:
        pass
    assert handlers.BUILTIN_HANDLERS is before
