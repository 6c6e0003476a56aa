"""TODO."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Template

from chalicelib.mail import sending


@dataclass(frozen=True)
class MailTemplate:
    """A kind of mail: subject, text and HTML with blanks."""

    subject: Template
    text: Template
    html: Template

    def send(self, to: str, words: Mapping[str, str], **markup: str) -> bool:
        """Fills the blanks in and sends it; the HTML may have markup of its own where the text has words.

        Answers whether it was accepted for delivery.
        """
        safe = {name: escape_html(word) for name, word in words.items()} | markup
        subject = " ".join(self.subject.substitute(words).split())
        return sending.deliver(to, subject, self.text.substitute(words), self.html.substitute(safe))


def escape_html(text: str) -> str:
    """Text as HTML shows it."""
    from html import escape  # few requests need it, and every cold start would pay

    return escape(text)
