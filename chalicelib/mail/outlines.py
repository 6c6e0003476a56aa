"""Outlines of mails: to whom a mail would go and what its subject would be, without its text and the link in it."""

from typing import NamedTuple

from chalicelib.mail import messages
from chalicelib.mail.messages import AddressMail, DelegationMail, InvitationMail

Mail = InvitationMail | DelegationMail | AddressMail  # the mails of requests


class MailOutline(NamedTuple):
    """The kind of a mail, the address that it goes to, and its subject."""

    kind: str
    to: str
    subject: str


def outline_mail(mail: Mail) -> list[MailOutline]:
    """Return the outline of a mail, and of the copy that is sent with it if there is one."""
    match mail:
        case InvitationMail():
            values = {"inviter": mail.inviter, "workspace": mail.workspace}
            subject = messages.INVITATION.write_subject(values)
            addresses = [mail.email, mail.copy_to] if mail.copy_to else [mail.email]
            return [MailOutline("invitation", address, subject) for address in addresses]
        case DelegationMail():
            kind, template = "delegation", messages.DELEGATION
            values = {"delegator": mail.delegator, "activity": mail.activity}
        case AddressMail():
            kind, template, values = "address", messages.ADDRESS, {"user": mail.user}
    return [MailOutline(kind, mail.email, template.write_subject(values))]
