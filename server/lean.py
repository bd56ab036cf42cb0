"""Scripts as phones get them: without what only people read."""

from __future__ import annotations

import re

# A block comment that begins its line, a line that is all comment, and the types beside values.
_BLOCK = re.compile(r"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\n", re.S | re.M)
_LINE = re.compile(r"^[ \t]*//[^\n]*\n", re.M)
_TYPE = re.compile(r"/\*\* @[^*]*\*/ ?")


def lean(source: str) -> str:
    """The same script without comments and indentation: half the bytes on a bad line."""
    for what in (_BLOCK, _LINE, _TYPE):
        source = what.sub("", source)
    return "".join(f"{line.strip()}\n" for line in source.splitlines() if line.strip())
