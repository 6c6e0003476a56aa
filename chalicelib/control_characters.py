"""Control characters in text that users have chosen, such as names and titles.

A mail, a log or a terminal must not get them as they are. There they could add lines, move the cursor, change colours,
or show text in another order than it has.
"""

import re

# The controls of C0 and C1 with DEL, the marks and overrides that change the direction of text, and the separators of
# lines and paragraphs (Unicode 16, chapter 23.1 and UAX 9).
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def escape_control_characters(text: str, keep: str = "") -> str:
    """Return text with each control character written as in JSON, such as `\\u001b`. Those in `keep` stay."""
    if text.isascii() and text.isprintable():  # most texts
        return text
    return _CONTROL.sub(lambda found: found[0] if found[0] in keep else f"\\u{ord(found[0]):04x}", text)


def to_one_line(text: str) -> str:
    """Return text on one line. Line breaks become blanks, and control characters other than tabs are escaped."""
    return escape_control_characters(" ".join(text.splitlines()), keep="\t")


def to_plain_lines(text: str) -> str:
    """Return text whose only control characters are line feeds between its lines, and tabs. Others are escaped."""
    return escape_control_characters("\n".join(text.splitlines()), keep="\n\t")
