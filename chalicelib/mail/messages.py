"""The mails that the service sends, each as text and as HTML."""

from string import Template
from typing import NamedTuple

from chalicelib.mail.template import MailTemplate, escape_html

INVITATION = MailTemplate(
    Template("$inviter invites you to $workspace"),
    Template("""\
$inviter invites you to the workspace "$workspace".

$instructions

If you were not expecting this mail, you can ignore it.
"""),
    Template("""\
<!doctype html><html lang="en"><body>
<p>$inviter invites you to the workspace <strong>$workspace</strong>.</p>
<p>$instructions</p>
<p>If you were not expecting this mail, you can ignore it.</p>
</body></html>
"""),
)
DELEGATION = MailTemplate(
    Template("$delegator delegates $activity to you"),
    Template("""\
$delegator delegates the activity "$activity" to you.

$note$instructions

If you were not expecting this mail, you can ignore it.
"""),
    Template("""\
<!doctype html><html lang="en"><body>
<p>$delegator delegates the activity <strong>$activity</strong> to you.</p>
$note<p>$instructions</p>
<p>If you were not expecting this mail, you can ignore it.</p>
</body></html>
"""),
)
ALARM = MailTemplate(
    Template("Alarm: $activity"),
    Template("""\
The alarm of "$activity" in the workspace "$workspace" was set to $time.

You receive this mail because the activity is assigned to you.
"""),
    Template("""\
<!doctype html><html lang="en"><body>
<p>The alarm of <strong>$activity</strong> in the workspace <strong>$workspace</strong> was set to $time.</p>
<p>You receive this mail because the activity is assigned to you.</p>
</body></html>
"""),
)
COPY_NOTE = Template(
    "This is a copy of the invitation that was sent to $email. Only the original contains the personal link."
)


class InvitationMail(NamedTuple):
    """The mail to an invited person. `link` must not reach anybody else: it accepts the invitation.

    `copy_to` is an address that gets a copy without the link.
    """

    email: str
    inviter: str
    workspace: str
    link: str
    copy_to: str | None = None

    def send(self) -> bool:
        """Send the mail, and then the copy. Return whether the mail itself was accepted for delivery."""
        values = {"inviter": self.inviter, "workspace": self.workspace}
        text, html = _accept_instructions(self.link)
        is_sent = INVITATION.send(self.email, values | {"instructions": text}, instructions=html)
        if is_sent and self.copy_to:
            INVITATION.send(self.copy_to, values | {"instructions": COPY_NOTE.substitute(email=self.email)})
        return is_sent


class DelegationMail(NamedTuple):
    """The mail to a delegee. `link` must not reach anybody else: it accepts the delegation."""

    email: str
    delegator: str
    activity: str
    note: str
    link: str

    def send(self) -> bool:
        """Send the mail. Return whether it was accepted for delivery."""
        text, html = _accept_instructions(self.link)
        values = {"delegator": self.delegator, "activity": self.activity, "instructions": text}
        if not self.note:
            return DELEGATION.send(self.email, values | {"note": ""}, instructions=html)
        quote = f"<blockquote>{escape_html(self.note)}</blockquote>\n"
        return DELEGATION.send(self.email, values | {"note": f"{self.note}\n\n"}, instructions=html, note=quote)


class AlarmMail(NamedTuple):
    """The mail to the assignee of an activity when its alarm is due. `time` is a timestamp in UTC."""

    email: str
    activity: str
    workspace: str
    time: str

    def send(self) -> bool:
        """Send the mail. Return whether it was accepted for delivery."""
        time = self.time.replace("T", " ").replace("Z", " UTC")
        return ALARM.send(self.email, {"activity": self.activity, "workspace": self.workspace, "time": time})


def _accept_instructions(link: str) -> tuple[str, str]:
    """Return the sentence that says how to accept, as text and as HTML."""
    sentence = "Accept within 14 days:"
    return f"{sentence} {link}", f'{sentence} <a href="{escape_html(link)}">accept</a>'
