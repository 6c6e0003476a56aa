"""The simple types of value in bodies and query strings. Each is a voluptuous validator that returns the clean value.

They accept a little more than the documents show: integers also as digits in a string, booleans also as "true" and
"false", and in forms and queries also as other words such as "on". Text is stored as it was sent, except that
surrounding whitespace is removed where blank text is not allowed.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from voluptuous import Invalid, Schema

from chalicelib import json_text
from chalicelib.control_characters import escape_control_characters
from chalicelib.validation.bounds import (
    MAX_CURSOR_LENGTH,
    MAX_DEPTH,
    MAX_OPTION_LENGTH,
    MAX_TEXT_LENGTH,
    MAX_WORD_LENGTH,
)

MAX_INTEGER = 2**53 - 1  # up to here every JSON parser reads integers exactly (RFC 8259 section 6)


def is_unicode(text: str) -> bool:
    """Return whether a text can be encoded as UTF-8. A lone surrogate, which JSON can escape, cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class TextTooLarge(Invalid):
    """The error for a text that is so long that no row of the table can hold it."""

    def __init__(self, length: int) -> None:
        super().__init__(f"a text of {length} characters, and at most {MAX_TEXT_LENGTH} can be stored")


@dataclass(frozen=True)
class Text:
    """Text of `min_length` to `max_length` characters. With a minimum, blank text is refused and the rest trimmed.

    `max_bytes` is for text in a key of the table. It bounds the length in UTF-8, where a character has up to 4 bytes.
    """

    min_length: int = 0
    max_length: int = MAX_TEXT_LENGTH
    max_bytes: int | None = None

    def __call__(self, value: object) -> str:
        if not isinstance(value, str):
            raise Invalid("must be text")
        if "\0" in value:
            raise Invalid("must not contain the NUL character")
        if not is_unicode(value):
            raise Invalid("must be Unicode text without lone surrogates")
        text = value.strip() if self.min_length else value
        if self.min_length and not text:
            raise Invalid("must not be blank")
        if len(text) > self.max_length == MAX_TEXT_LENGTH:
            raise TextTooLarge(len(text))
        require_length(text, self.max_length)
        if self.max_bytes is not None and len(text.encode()) > self.max_bytes:
            raise Invalid(f"must be at most {self.max_bytes} bytes in UTF-8, not {len(text.encode())}")
        return text


def require_length(text: str, most: int) -> None:
    """Raise voluptuous.Invalid if a text has more than so many characters."""
    if len(text) > most:
        raise Invalid(f"must be at most {most} characters, not {len(text)}")


@dataclass(frozen=True)
class Pattern:
    """Text that matches a regular expression from start to end. Other text is refused with the `rule`."""

    regex: str
    rule: str

    def __call__(self, value: object) -> str:
        if not isinstance(value, str) or not self.matches(value):
            raise Invalid(self.rule)
        return value

    def matches(self, text: str) -> bool:
        """Return whether the text matches the expression from start to end."""
        return re.fullmatch(self.regex, text) is not None


@dataclass(frozen=True)
class Integer:
    """A whole number from `minimum` to `maximum`, also as digits in a string or as a float without a fraction.

    If `is_capped`, a larger number up to MAX_INTEGER stands for the maximum.
    """

    minimum: int = -MAX_INTEGER
    maximum: int = MAX_INTEGER
    is_capped: bool = False

    def __call__(self, value: object) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,16}", value):
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Invalid("must be a whole number")
        if self.is_capped and value <= MAX_INTEGER:
            value = min(value, self.maximum)
        if not self.minimum <= value <= self.maximum:
            raise Invalid(f"must be a whole number from {self.minimum} to {self.maximum}")
        return value


MAX_DIGITS = 15  # up to here a decimal number stays the same when it is read as a float and written again
MAX_AMOUNT = 10**MAX_DIGITS - 1


@dataclass(frozen=True)
class Number:
    """A number of at most 15 significant digits, also as text. It is returned as it was sent: 5 or 5.0."""

    TEXT: ClassVar = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?([eE][+-]?[0-9]{1,3})?")

    def __call__(self, value: object) -> int | float:
        if isinstance(value, str) and self.TEXT.fullmatch(value):
            value = int(value) if value.removeprefix("-").isdigit() else float(value)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Invalid("must be a number")
        if not abs(value) <= MAX_AMOUNT:  # also infinity, to which JSON parsers turn a number that is too large
            raise Invalid(f"must be a number from {-MAX_AMOUNT} to {MAX_AMOUNT}")
        digits = repr(value).partition("e")[0].replace(".", "").strip("-0")
        if len(digits) > MAX_DIGITS:
            raise Invalid(f"must have at most {MAX_DIGITS} significant digits, not {len(digits)}")
        return value


class TextSchema(Schema):
    """A schema for what can only be sent as text: a form or a query string."""


class Boolean:
    """True or false, also as a string in any case. In forms and queries other words mean them too."""

    WORDS: ClassVar = {"true": True, "false": False}
    TEXT_WORDS: ClassVar = WORDS | {"1": True, "0": False, "on": True, "off": False, "yes": True, "no": False, "": True}

    def __voluptuous_compile__(self, schema: Schema) -> Callable[[list[object], object], bool]:
        words = self.TEXT_WORDS if isinstance(schema, TextSchema) else self.WORDS

        def validate(path: list[object], value: object) -> bool:
            meaning = words.get(value.lower()) if isinstance(value, str) else value
            if not isinstance(meaning, bool):
                raise Invalid("must be true or false", path)
            return meaning

        return validate


class Date:
    """A date of the calendar, `YYYY-MM-DD`."""

    def __call__(self, value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise Invalid("must be a date, YYYY-MM-DD")
        try:
            date.fromisoformat(value)
        except ValueError as error:
            raise Invalid(f"must be a real date: {error}") from None
        return value


@dataclass(frozen=True)
class Timestamp:
    """A time as in RFC 3339, or a date, which stands for its first second. Returned in UTC.

    `precision` is that of the returned text: "seconds" or "milliseconds". More digits are cut off.
    """

    precision: str = "seconds"

    def __call__(self, value: object) -> str:
        if isinstance(value, str):
            require_length(value, MAX_OPTION_LENGTH)
        try:
            time = datetime.fromisoformat(str(value))
            utc = time.astimezone(UTC) if time.tzinfo else time
        except (ValueError, OverflowError):
            raise Invalid("must be a time such as 2027-01-31T12:00:00Z, or a date") from None
        return f"{utc.replace(tzinfo=None).isoformat(timespec=self.precision)}Z"


class Email:
    """An e-mail address: any text, an @ and a domain; at most 254 bytes (RFC 5321, RFC 6531)."""

    def __call__(self, value: object) -> str:
        text = Text(1, 254, max_bytes=254)(value)
        is_clean = escape_control_characters(text) == text  # the address stands in the header of mails
        if not is_clean or not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*", text):
            raise Invalid("must be an e-mail address")
        return text


@dataclass(frozen=True)
class Enum:
    """One of a few options. Only letters are compared, in any case. `aliases` maps other spellings to options.

    `name` is its public name in the OpenAPI document, where all fields with these options refer to it.
    """

    options: tuple[str, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)
    name: str = ""

    def __call__(self, value: object) -> str:
        if isinstance(value, str):
            require_length(value, MAX_OPTION_LENGTH)
        letters = _letters_of(value) if isinstance(value, str) else ""
        for option in self.options:
            if letters == _letters_of(option):
                return option
        if letters not in self.aliases:
            raise Invalid(f"must be one of {', '.join(self.options)}")
        return self.aliases[letters]


def _letters_of(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


class Cursor:
    """Opaque text that says where a list goes on: a JSON array in URL-safe base64. See http/cursors.py."""

    @staticmethod
    def write(parts: list[Any]) -> str:
        return base64.urlsafe_b64encode(json_text.dump(parts).encode()).rstrip(b"=").decode()

    def __call__(self, value: object) -> list[Any]:
        encoded = str(value)
        require_length(encoded, MAX_CURSOR_LENGTH)
        try:
            text = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True).decode()
            parts = None if json_text.exceeds_depth(text, MAX_DEPTH) else json_text.load(text)
        except ValueError:  # also of base64 and of JSON
            parts = None
        if not isinstance(parts, list):
            raise Invalid("must be a cursor from a Link header of this API")
        return parts


@dataclass(frozen=True)
class CommaSeparated:
    """Several of the options, separated by commas. If `signed`, each may start with a minus sign, as in `sort`.

    Repeated options are dropped.
    """

    options: tuple[str, ...]
    signed: bool = False

    def __call__(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, str):
            raise Invalid("must be one text, with commas between the words")
        require_length(value, MAX_WORD_LENGTH)
        words = tuple(dict.fromkeys(word.strip() for word in value.split(",")))
        for word in words:
            option = word.removeprefix("-") if self.signed else word
            if option not in self.options:
                raise Invalid(f"contains {word!r}, which is not one of {', '.join(self.options)}")
        return words
