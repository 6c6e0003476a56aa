"""A scheduled function, which no request calls. Once a minute it sends the alarms and does the purges that are due."""

from functools import partial
from typing import Any

from chalicelib.http.routing import Routes

routes = Routes(__name__)


@routes.schedule("rate(1 minute)")
def ring_alarms(event: Any) -> None:
    """Send the alarms that are due, each as a mail to the activity's assignee, and purge what was deleted long ago."""
    from chalicelib.domain.activities import alarms, purges  # no request needs them
    from chalicelib.http import schedule

    parts = [schedule.Part(shard, alarms.send_alarm) for shard in alarms.list_due_alarms()]
    purge = partial(purges.purge, has_time=partial(schedule.has_time, event.context))
    schedule.process_all([*parts, schedule.Part(purges.list_due_purges(), purge)], event.context)
