"""Me: the caller's own user, as a client may change it. The fields may also stand in an object `user`."""

from chalicelib.schemas.users import PERSON, USER
from chalicelib.validation.containers import Ignored, nested_object
from chalicelib.validation.schema import Schema

# Users cannot change their own role.
READ_ONLY_FIELDS = USER.read_only | {"role": USER.fields["role"]}
WRAPPED_USER = nested_object(
    "WrappedUser",
    PERSON | {name: Ignored(kind) for name, kind in READ_ONLY_FIELDS.items()},
    descriptions=USER.descriptions,
)
ME = Schema(
    "Me",
    PERSON | {"user": WRAPPED_USER},
    read_only=READ_ONLY_FIELDS,
    descriptions={**USER.descriptions, "user": "The same fields, for clients that wrap them in an object."},
)
