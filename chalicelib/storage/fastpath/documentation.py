"""Import botocore without the part that writes documentation.

botocore gives each method of a client a docstring that is generated when somebody reads it. For that it always imports
the generator, a parser of HTML among others. No public setting leaves it out. We put placeholders in the place of its
modules while botocore is imported. The docstrings of clients are then empty.

Gain: 6 ms and 0.9 MB of a cold start.
"""

import sys
from types import ModuleType

MODULES = ("botocore.docs", "botocore.docs.docstring", "botocore.docs.utils")  # what other modules of botocore import


def import_botocore() -> None:
    """Import botocore, unless that has been done already."""
    if "botocore" in sys.modules:
        return
    sys.modules.update({name: _PlaceholderModule(name) for name in MODULES})
    try:
        import botocore.session  # noqa: F401 - this imports all that imports botocore.docs
    finally:
        for name in MODULES:
            del sys.modules[name]


class _Placeholder(str):
    """An empty text, which stands for a description. Its methods do nothing."""

    __slots__ = ()

    def __new__(cls, *_: object, **__: object) -> "_Placeholder":
        return super().__new__(cls)

    def __getattr__(self, _: str) -> "type[_Placeholder]":
        return _Placeholder


class _PlaceholderModule(ModuleType):
    """A module in which every public name is the placeholder."""

    def __getattr__(self, name: str) -> type[_Placeholder]:
        if name.startswith("_"):
            raise AttributeError(name)
        return _Placeholder
