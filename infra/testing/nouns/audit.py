"""The audit log."""

from chalicelib.domain import access
from chalicelib.domain.accounts import audit
from chalicelib.storage.models.audit import AuditEvent
from infra.testing.noun import Noun
from infra.testing.request_cases import GET_ITEM, QUERY, RequestCase
from infra.testing.sample_rows import FIRST_ID, SampleRow, sample_user


def sample_rows(account: int) -> list[SampleRow]:
    """Return an event of the audit log."""
    names = {"email": "some.body@acme.example", "first_name": "Some", "last_name": "Body", "role": "member"}
    event = audit.build_event(access.operator(account), "create", audit.USER, sample_user(0), names)
    return [SampleRow(event, lambda n: AuditEvent.ref(account, f"{FIRST_ID + n:016}-00000000"))]


NOUN = Noun(request_cases=[RequestCase("GET", "/api/audit", [GET_ITEM, QUERY])], sample_rows=sample_rows)
