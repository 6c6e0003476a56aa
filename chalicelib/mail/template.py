"""Templates of mails: a subject, a text part and an HTML part with placeholders."""

from collections.abc import Mapping
from string import Template
from typing import NamedTuple

from chalicelib.control_characters import to_one_line, to_plain_lines
from chalicelib.mail import sending


class MailTemplate(NamedTuple):
    """The subject, text and HTML of one kind of mail."""

    subject: Template
    text: Template
    html: Template

    def send(self, to: str, values: Mapping[str, str], note: str = "", **markup: str) -> bool:
        """Fill in the placeholders and send the mail. Return whether it was accepted for delivery.

        Each value stands on one line, without control characters. `note` is text of several lines for the placeholder
        of that name. In the HTML part values are escaped, and `markup` replaces values of the same name by ready-made
        HTML.
        """
        note = to_plain_lines(note)
        lines = {name: to_one_line(value) for name, value in values.items()}
        html_values = {name: escape_html(line) for name, line in lines.items()} | {"note": _quote_html(note)} | markup
        text = self.text.substitute(lines, note=f"{note}\n\n" if note else "")
        return sending.deliver(to, self.write_subject(lines), text, self.html.substitute(html_values))

    def write_subject(self, values: Mapping[str, str]) -> str:
        """Return the subject, with each value on one line and without control characters."""
        return " ".join(self.subject.substitute({name: to_one_line(value) for name, value in values.items()}).split())


def _quote_html(note: str) -> str:
    return f"<blockquote>{escape_html(note)}</blockquote>\n" if note else ""


def escape_html(text: str) -> str:
    """Escape text for use in HTML."""
    from html import escape  # imported here to keep cold starts short: few requests send mail

    return escape(text)
