"""The simple kinds of value in bodies and parameters: voluptuous validators that say their rule when it is broken.

Beyond what the documents show, ids also come as digit strings and booleans as "true" and "false"; text is kept as sent,
and trimmed only where blank is forbidden.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from voluptuous import Invalid

from chalicelib import json_text

MAX_INTEGER = 2**53 - 1  # what every JSON reader holds exactly (RFC 8259 section 6)


@dataclass(frozen=True)
class Text:
    """Text of `least` to `most` characters."""

    least: int = 0
    most: int | None = None

    def __call__(self, value: object) -> str:
        if not isinstance(value, str):
            raise Invalid("must be text")
        if "\0" in value:
            raise Invalid("must not contain the NUL character")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise Invalid("must be Unicode text, but half of a surrogate pair stands alone in it")
        text = value.strip() if self.least else value
        if self.least and not text:
            raise Invalid("must not be blank")
        if self.most is not None and len(text) > self.most:
            raise Invalid(f"must be at most {self.most} characters, not {len(text)}")
        return text


@dataclass(frozen=True)
class Integer:
    """A whole number, also as digits in a string."""

    least: int = -MAX_INTEGER
    most: int = MAX_INTEGER

    def __call__(self, value: object) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,16}", value):
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Invalid("must be a whole number")
        if not self.least <= value <= self.most:
            raise Invalid(f"must be a whole number from {self.least} to {self.most}")
        return value


class Boolean:
    """True or false, also as a string."""

    def __call__(self, value: object) -> bool:
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise Invalid("must be true or false")
        return value


class Date:
    """A real date, `YYYY-MM-DD`."""

    def __call__(self, value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise Invalid("must be a date, YYYY-MM-DD")
        try:
            date.fromisoformat(value)
        except ValueError as error:
            raise Invalid(f"must be a real date: {error}") from None
        return value


class Timestamp:
    """A time of RFC 3339, or a day for its first second; kept in UTC to the second."""

    def __call__(self, value: object) -> str:
        try:
            moment = datetime.fromisoformat(str(value))
            zoned = moment.astimezone(UTC) if moment.tzinfo else moment
        except (ValueError, OverflowError):
            raise Invalid("must be a time such as 2027-01-31T12:00:00Z, or a date") from None
        return f"{zoned.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


class Email:
    """An e-mail address: something, an @, a domain; at most 254 characters (RFC 5321)."""

    def __call__(self, value: object) -> str:
        text = Text(1, 254)(value)
        if not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*", text):
            raise Invalid("must be an e-mail address")
        return text


class UserId:
    """The id of a user: nine hex digits."""

    PATTERN = re.compile(r"[0-9a-f]{9}")

    def __call__(self, value: object) -> str:
        if not isinstance(value, str) or not self.PATTERN.fullmatch(value):
            raise Invalid("must be the id of a user")
        return value


@dataclass(frozen=True)
class Enum:
    """One of a few words; case, blanks and punctuation do not matter, and some words have other spellings."""

    options: tuple[str, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, value: object) -> str:
        word = re.sub(r"[^a-z]", "", value.lower()) if isinstance(value, str) else ""
        for option in self.options:
            if word == option.lower().replace(" ", ""):
                return option
        if word not in self.aliases:
            raise Invalid(f"must be one of {', '.join(self.options)}")
        return self.aliases[word]


class Cursor:
    """The place in a list where a page ended, as an opaque word that `Link` hands out."""

    @staticmethod
    def write(place: object) -> str:
        return base64.urlsafe_b64encode(json_text.dump(place).encode()).rstrip(b"=").decode()

    def __call__(self, value: object) -> dict[str, Any]:
        try:
            place = json_text.load(base64.urlsafe_b64decode(f"{value}==".encode("ascii")))
        except (ValueError, binascii.Error, RecursionError):
            place = None
        if not isinstance(place, dict):
            raise Invalid("must be a cursor that this API gave out")
        return place


@dataclass(frozen=True)
class CommaSeparated:
    """Words out of a list, separated by commas; in `sort` each may begin with a minus."""

    options: tuple[str, ...]
    signed: bool = False

    def __call__(self, value: object) -> tuple[str, ...]:
        words = tuple(word.strip() for word in str(value).split(","))
        for word in words:
            if (word.removeprefix("-") if self.signed else word) not in self.options:
                raise Invalid(f"has {word!r}, which is none of {', '.join(self.options)}")
        return words


def is_user_id(slug: str) -> bool:
    """Whether this is the id of a user; wherever a slug is asked for, both will do."""
    return UserId.PATTERN.fullmatch(slug) is not None
