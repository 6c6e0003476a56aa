"""Pages for people without credentials: plain HTML that loads nothing, runs nothing and is kept nowhere."""

import base64
import hashlib
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from chalicelib.http.call import Reply

FOLDER = Path(__file__).parent.parent / "pages"
HTML = "text/html"


def page(name: str, title: str, words: dict[str, str], status: int = 200, *, raw: str = "") -> Reply:
    """A page of that name with these words in it, made harmless; only `raw`, for $wrong, is HTML already."""
    safe = {key: escape(word) for key, word in words.items()}
    content = Template(_read(f"{name}.html")).substitute(safe, wrong=raw)
    text = Template(_read("frame.html")).substitute(title=escape(title), style=_read("style.css"), content=content)
    return Reply(text, status, _headers())


@cache
def _headers() -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(_read("style.css").encode()).digest()).decode()
    policy = ["default-src 'none'", f"style-src 'sha256-{digest}'", "form-action 'self'", "base-uri 'none'"]
    return {
        "Content-Type": f"{HTML}; charset=utf-8",
        "Content-Security-Policy": "; ".join([*policy, "frame-ancestors 'none'"]),
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",  # the address holds the token; no-referrer would make the form's Origin null
    }


@cache
def _read(name: str) -> str:
    return (FOLDER / name).read_text()
