"""One script out of many: on a bad line sixty small answers cost more than one large one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from posixpath import dirname, join, normpath

OURS = "/static/js/"
Read = Callable[[str], str]

_IMPORT = re.compile(r'^import(?: \{([^}]*)\} from)? "([^"]+)"\n', re.M)
_LATER = re.compile(r'\bimport\("([^"]+)"\)')
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.M)
_DEFAULT = re.compile(r"^export default (?=(?:async )?function (\w+))", re.M)


class NotBundled(ValueError):
    """A script is written in a way this file does not know."""


def bundle(root: str, read: Read, leave_out: tuple[str, ...]) -> str:
    """The script at `root` with everything of ours it may load, as one module. `read` gives a
    script by its address; scripts of `leave_out` stay apart and are loaded when asked for."""
    sources = {path: read(path) for path in _reached(root, read, leave_out)}
    others: dict[str, str] = {}
    parts = [_part(path, sources, others) for path in _in_order(root, sources)]
    heads = [f'import * as {name} from "{path}"' for path, name in others.items()]
    return "\n".join([*heads, "const modules = {}", *parts, ""])


def _named(path: str, source: str, pattern: re.Pattern[str]) -> Iterator[str]:
    for found in pattern.finditer(source):
        yield normpath(join(dirname(path), found[found.re.groups]))


def _reached(root: str, read: Read, leave_out: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    waiting = {root}
    while waiting:
        path = waiting.pop()
        found.add(path)
        named = {name for what in (_IMPORT, _LATER) for name in _named(path, read(path), what)}
        ours = {name for name in named if name.startswith(OURS) and name not in leave_out}
        waiting |= ours - found
    return found


def _in_order(root: str, sources: dict[str, str]) -> list[str]:
    """Each after what it needs at once; the root last."""
    order: list[str] = []

    def place(path: str) -> None:
        if path in order or path not in sources:
            return
        for needed in _named(path, sources[path], _IMPORT):
            place(needed)
        order.append(path)

    for path in sorted(sources):
        if path != root:
            place(path)
    place(root)
    return order


def _part(path: str, sources: dict[str, str], others: dict[str, str]) -> str:
    def taken(found: re.Match[str]) -> str:
        name = normpath(join(dirname(path), found[2]))
        holder = f'modules["{name}"]'
        if name not in sources:
            holder = others.setdefault(name, f"other{len(others)}")
        names = (found[1] or "").replace(" as ", ": ")
        return f"const {{{names}}} = {holder}\n"

    def later(found: re.Match[str]) -> str:
        name = normpath(join(dirname(path), found[1]))
        return f'Promise.resolve(modules["{name}"])' if name in sources else f'import("{name}")'

    source = sources[path]
    given = [*_EXPORT.findall(source), *(f"default: {name}" for name in _DEFAULT.findall(source))]
    body = _LATER.sub(later, _IMPORT.sub(taken, source))
    body = _DEFAULT.sub("", _EXPORT.sub("", body))
    if re.search(r"^(?:export|import)\b(?!\()", body, re.M):
        raise NotBundled(path)
    return f'modules["{path}"] = (() => {{\n{body}return {{ {", ".join(given)} }}\n}})()'
