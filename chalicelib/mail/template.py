"""Templates of mails: a subject, a text part and an HTML part with placeholders."""

from collections.abc import Mapping
from string import Template
from typing import NamedTuple

from chalicelib.mail import sending


class MailTemplate(NamedTuple):
    """The subject, text and HTML of one kind of mail."""

    subject: Template
    text: Template
    html: Template

    def send(self, to: str, values: Mapping[str, str], **markup: str) -> bool:
        """Fill in the placeholders and send the mail. Return whether it was accepted for delivery.

        In the HTML part values are escaped, and `markup` replaces values of the same name by ready-made HTML.
        """
        html_values = {name: escape_html(value) for name, value in values.items()} | markup
        subject = " ".join(self.subject.substitute(values).split())  # a subject must be a single line
        return sending.deliver(to, subject, self.text.substitute(values), self.html.substitute(html_values))


def escape_html(text: str) -> str:
    """Escape text for use in HTML."""
    from html import escape  # imported here to keep cold starts short: few requests send mail

    return escape(text)
