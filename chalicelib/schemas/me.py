"""Me: the caller's own user, as a client may change it. The fields may also stand in an object `user`."""

from chalicelib.schemas.users import PERSON, USER_WITH_ROLE
from chalicelib.validation.containers import All, Ignored, json_object, object_fields
from chalicelib.validation.schema import Schema

# Users cannot change their own role.
READ_ONLY_FIELDS = USER_WITH_ROLE.read_only | {"role": USER_WITH_ROLE.fields["role"]}
WRAPPED_USER = All(
    json_object, object_fields(PERSON | {name: Ignored(kind) for name, kind in READ_ONLY_FIELDS.items()})
)
ME = Schema("Me", PERSON | {"user": WRAPPED_USER}, read_only=READ_ONLY_FIELDS)
