"""What our mails say, each in text and in HTML."""

from dataclasses import dataclass
from string import Template

from chalicelib.mail.template import MailTemplate, escape_html

INVITATION = MailTemplate(
    Template("$inviter invites you to $workspace"),
    Template("""\
$inviter invites you to the workspace "$workspace".

$way

If you do not know what this is about, you need not do anything.
"""),
    Template("""\
<!doctype html><html lang="en"><body>
<p>$inviter invites you to the workspace <strong>$workspace</strong>.</p>
<p>$way</p>
<p>If you do not know what this is about, you need not do anything.</p>
</body></html>
"""),
)
DELEGATION = MailTemplate(
    Template("$delegator hands you $activity"),
    Template("""\
$delegator hands you the activity "$activity".

$note$way

If you do not know what this is about, you need not do anything.
"""),
    Template("""\
<!doctype html><html lang="en"><body>
<p>$delegator hands you the activity <strong>$activity</strong>.</p>
$note<p>$way</p>
<p>If you do not know what this is about, you need not do anything.</p>
</body></html>
"""),
)
ALARM = MailTemplate(
    Template("Alarm: $activity"),
    Template("""\
The alarm of "$activity" in the workspace "$workspace" was set to $time.

You get this mail because the activity is assigned to you.
"""),
    Template("""\
<!doctype html><html lang="en"><body>
<p>The alarm of <strong>$activity</strong> in the workspace <strong>$workspace</strong> was set to $time.</p>
<p>You get this mail because the activity is assigned to you.</p>
</body></html>
"""),
)
COPY_NOTE = "This is a copy of the invitation that $email was sent. The personal link is only in the original."


@dataclass(frozen=True)
class InvitationMail:
    """What an invitation says; `link` is for the invited person's eyes only."""

    email: str
    inviter: str
    workspace: str
    link: str

    def send(self, copy_to: str | None) -> bool:
        """Sends the mail, and a copy without the link. Answers whether the mail itself was accepted for delivery."""
        words = {"inviter": self.inviter, "workspace": self.workspace}
        way, link = _accept_instructions(self.link)
        sent = INVITATION.send(self.email, words | {"way": way}, way=link)
        if sent and copy_to:
            INVITATION.send(copy_to, words | {"way": Template(COPY_NOTE).substitute(email=self.email)})
        return sent


@dataclass(frozen=True)
class DelegationMail:
    """What a delegation says; `link` is for the delegee's eyes only."""

    email: str
    delegator: str
    activity: str
    note: str
    link: str

    def send(self) -> bool:
        """Sends the mail. Answers whether it was accepted for delivery."""
        way, link = _accept_instructions(self.link)
        note = f"{self.note}\n\n" if self.note else ""
        words = {"delegator": self.delegator, "activity": self.activity, "note": note, "way": way}
        quoted = f"<blockquote>{escape_html(self.note)}</blockquote>\n" if self.note else ""
        return DELEGATION.send(self.email, words, way=link, note=quoted)


@dataclass(frozen=True)
class AlarmMail:
    """What an alarm says to the assignee of an activity; `time` is in UTC, as everywhere."""

    email: str
    activity: str
    workspace: str
    time: str

    def send(self) -> bool:
        """Sends the mail. Answers whether it was accepted for delivery."""
        time = self.time.replace("T", " ").replace("Z", " UTC")
        return ALARM.send(self.email, {"activity": self.activity, "workspace": self.workspace, "time": time})


def _accept_instructions(link: str) -> tuple[str, str]:
    """How to accept, in text and in HTML."""
    days = "Accept within 14 days:"
    return f"{days} {link}", f'{days} <a href="{escape_html(link)}">accept</a>'
