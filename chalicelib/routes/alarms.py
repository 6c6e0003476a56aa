"""Alarms: a scheduled function, which no request calls. Once a minute it sends the alarms that are due."""

from typing import Any

from chalicelib.http.routing import Routes

routes = Routes(__name__)


@routes.schedule("rate(1 minute)")
def ring_alarms(event: Any) -> None:
    """Send the alarms that are due, each as a mail to the activity's assignee."""
    from chalicelib.domain.activities import alarms  # no request needs it
    from chalicelib.http import schedule

    schedule.process_all(alarms.list_due_alarms(), alarms.send_alarm, event.context)
