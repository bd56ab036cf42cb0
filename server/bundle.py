"""One script out of many: on a bad line sixty small answers cost more than one large one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from posixpath import dirname, join, normpath

Read = Callable[[str], str]

_IMPORT = re.compile(r'^import ?(?:\{([^}]*)\} ?from)? ?"([^"]+)"$', re.M)
_LATER = re.compile(r'\bimport\("([^"]+)"\)')
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.M)
_DEFAULT = re.compile(r"^export default (?=(?:async )?function (\w+))", re.M)
_LIST = re.compile(r"(?:^|(?<=;))export ?\{([^}]*)\};?$", re.M)


class NotBundled(ValueError):
    """A script is written in a way this file does not know."""


def module(root: str, read: Read, elsewhere: Mapping[str, str]) -> str:
    """The module at `root` with all it may load. `read` gives a script by its address; `elsewhere`
    names what stands for modules that are here already.

    Raises NotBundled."""
    sources = _reached([root], read, set(elsewhere))
    return "\n".join([*_parts(_in_order(sources, root), sources, dict(elsewhere)), ""])


def script(name: str, paths: Iterable[str], read: Read) -> str:
    """The modules at `paths` and what they load as one plain script, which workers can take too:
    it makes the global `name`, where each stands under its file's name.

    Raises NotBundled."""
    roots = list(paths)
    sources = _reached(roots, read, set())
    names: dict[str, str] = {}
    parts = _parts(_in_order(sources), sources, names)
    given = ",".join(f"{PurePosixPath(path).stem}:{names[path]}" for path in roots)
    head = f'globalThis.{name}=(()=>{{"use strict"'
    return "\n".join([head, *parts, f"return{{{given}}}", "})()", ""])


def _named(path: str, source: str, pattern: re.Pattern[str]) -> Iterator[str]:
    for found in pattern.finditer(source):
        yield normpath(join(dirname(path), found[found.re.groups]))


def _reached(roots: list[str], read: Read, outside: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    waiting = list(roots)
    while waiting:
        path = waiting.pop()
        if path in found or path in outside:
            continue
        found[path] = read(path)
        for pattern in (_IMPORT, _LATER):
            waiting.extend(_named(path, found[path], pattern))
    return found


def _in_order(sources: dict[str, str], last: str = "") -> list[str]:
    """Each after what it needs at once."""
    order: list[str] = []

    def place(path: str) -> None:
        if path in order or path not in sources:
            return
        for needed in _named(path, sources[path], _IMPORT):
            place(needed)
        order.append(path)

    for path in sorted(sources, key=lambda path: (path == last, path)):
        place(path)
    return order


def _parts(order: list[str], sources: dict[str, str], names: dict[str, str]) -> list[str]:
    names |= {path: f"m{n}" for n, path in enumerate(order)}
    return [f"const {names[path]}={_part(path, sources[path], names)}" for path in order]


def _part(path: str, source: str, names: Mapping[str, str]) -> str:
    def taken(found: re.Match[str]) -> str:
        name = normpath(join(dirname(path), found[2]))
        if name not in names:
            raise NotBundled(f"{path} imports {name}")
        return f"const{{{(found[1] or '').replace(' as ', ':')}}}={names[name]}"

    def later(found: re.Match[str]) -> str:
        name = normpath(join(dirname(path), found[1]))
        return f"Promise.resolve({names[name]})"

    listed = [one.strip() for names in _LIST.findall(source) for one in names.split(",")]
    given = [*_EXPORT.findall(source), *(f"default:{name}" for name in _DEFAULT.findall(source))]
    body = _LATER.sub(later, _IMPORT.sub(taken, source))
    for pattern in (_EXPORT, _DEFAULT, _LIST):
        body = pattern.sub("", body)
    if re.search(r"^(?:export|import)\b(?!\()", body, re.M):
        raise NotBundled(path)
    return f"(()=>{{{body}\nreturn{{{','.join([*given, *listed])}}}}})()"
