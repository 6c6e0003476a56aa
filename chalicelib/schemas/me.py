"""TODO."""

from chalicelib.schemas.users import PERSON, USER_WITH_ROLE
from chalicelib.validation.containers import All, Ignored, json_object, object_fields
from chalicelib.validation.schema import Schema

READ_ONLY_FIELDS = USER_WITH_ROLE.read_only | {"role": USER_WITH_ROLE.fields["role"]}  # nobody gives a role to oneself
WRAPPED_USER = All(
    json_object, object_fields(PERSON | {name: Ignored(kind) for name, kind in READ_ONLY_FIELDS.items()})
)
ME = Schema("Me", PERSON | {"user": WRAPPED_USER}, read_only=READ_ONLY_FIELDS)
