"""The mails that the service sends, each as text and as HTML."""

from string import Template
from typing import NamedTuple

from chalicelib.mail import sending
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
ADDRESS = MailTemplate(
    Template("Confirm your e-mail address"),
    Template("""\
$user asked to be reached at this e-mail address from now on.

$instructions

If you are not $user, ignore this mail. Then nothing changes.
"""),
    Template("""\
<!doctype html><html lang="en"><body>
<p>$user asked to be reached at this e-mail address from now on.</p>
<p>$instructions</p>
<p>If you are not $user, ignore this mail. Then nothing changes.</p>
</body></html>
"""),
)
DISABLED_WEBHOOK = MailTemplate(
    Template("The webhook $webhook was disabled"),
    Template("""\
The webhook "$webhook" to $url was disabled. $reason

Nothing is lost: when an admin enables it again, it gets all changes since then, as far as they are still kept.

You receive this mail because you are an admin of the account.
"""),
    Template("""\
<!doctype html><html lang="en"><body>
<p>The webhook <strong>$webhook</strong> to $url was disabled. $reason</p>
<p>Nothing is lost: when an admin enables it again, it gets all changes since then, as far as they are still kept.</p>
<p>You receive this mail because you are an admin of the account.</p>
</body></html>
"""),
)
COPY_NOTE = Template(
    "This is a copy of the invitation that was sent to $email. Only the original contains the personal link."
)


class InvitationMail(NamedTuple):
    """The mail to an invited person. `link_path` must not reach anybody else: it accepts the invitation.

    `copy_to` is an address that gets a copy without the link.
    """

    email: str
    inviter: str
    workspace: str
    link_path: str
    copy_to: str | None = None

    def send(self) -> bool:
        """Send the mail, and then the copy. Return whether the mail itself was accepted for delivery."""
        link = sending.find_public_url(self.link_path)
        if link is None:
            return False
        values = {"inviter": self.inviter, "workspace": self.workspace}
        text, html = _link_instructions("Accept within 14 days:", link, "accept")
        is_sent = INVITATION.send(self.email, values | {"instructions": text}, instructions=html)
        if is_sent and self.copy_to:
            INVITATION.send(self.copy_to, values | {"instructions": COPY_NOTE.substitute(email=self.email)})
        return is_sent


class DelegationMail(NamedTuple):
    """The mail to a delegee. `link_path` must not reach anybody else: it accepts the delegation."""

    email: str
    delegator: str
    activity: str
    note: str
    link_path: str

    def send(self) -> bool:
        """Send the mail. Return whether it was accepted for delivery."""
        link = sending.find_public_url(self.link_path)
        if link is None:
            return False
        text, html = _link_instructions("Accept within 14 days:", link, "accept")
        values = {"delegator": self.delegator, "activity": self.activity, "instructions": text}
        return DELEGATION.send(self.email, values, self.note, instructions=html)


class AddressMail(NamedTuple):
    """The mail to a new address of a user. `link_path` must not reach anybody else: it confirms the address."""

    email: str
    user: str
    link_path: str

    def send(self) -> bool:
        """Send the mail. Return whether it was accepted for delivery."""
        link = sending.find_public_url(self.link_path)
        if link is None:
            return False
        text, html = _link_instructions("Confirm within 7 days:", link, "confirm")
        return ADDRESS.send(self.email, {"user": self.user, "instructions": text}, instructions=html)


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


class DisabledWebhookMail(NamedTuple):
    """The mail to an admin about a webhook that the service has disabled. `reason` is a sentence."""

    email: str
    webhook: str
    url: str
    reason: str

    def send(self) -> bool:
        """Send the mail. Return whether it was accepted for delivery."""
        return DISABLED_WEBHOOK.send(self.email, {"webhook": self.webhook, "url": self.url, "reason": self.reason})


def _link_instructions(sentence: str, link: str, label: str) -> tuple[str, str]:
    """Return the sentence that says what the link is for, followed by the link, as text and as HTML."""
    return f"{sentence} {link}", f'{sentence} <a href="{escape_html(link)}">{label}</a>'
