"""Words people read, in their language. Message ids are English; the others lie in web/words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.messages.pofile import read_po
from flask import Flask, Response, current_app, g, has_request_context, request

from server import clock
from server.permissions import permit
from server.settings import LANGUAGES, ROOT

FOLDER = ROOT / "web" / "words"
COOKIE = "lane_language"
LOCALES = {"zh-Hans": "zh_Hans_CN", "en": "en"}
_SAID = re.compile(r'\bt\(\s*("(?:[^"\\]|\\.)*")')
Catalogue = Mapping[tuple[str | None, str], str]


def files(language: str) -> list[Path]:
    """Chinese lies in <domain>.po; English, needed for labels only, in <domain>.en.po."""
    paths = sorted(FOLDER.glob("*.po"))
    return [path for path in paths if path.name.endswith(".en.po") is (language == "en")]


@cache
def catalogue(language: str, only: str = "") -> Catalogue:
    """All translations of a language, or those of one domain's file."""
    found: dict[tuple[str | None, str], str] = {}
    for path in files(language):
        if not only or path.name.split(".")[0] == only:
            found |= entries(path)
    return found


def entries(path: Path) -> dict[tuple[str | None, str], str]:
    """The translated messages of one file, by context and id."""
    with path.open("rb") as file:
        messages = read_po(file)
    pairs: dict[tuple[str | None, str], str] = {}
    for message in messages:
        ids, texts = _listed(message.id), _listed(message.string)
        if ids[0] and texts[0]:
            pairs |= {(message.context, ids[i]): texts[min(i, len(texts) - 1)] for i in (0, -1)}
    return pairs


def _listed(text: str | Iterable[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or [""])


def language() -> str:
    """The language of the person who asks."""
    if not has_request_context():
        return current_app.config["SETTINGS"].language if current_app else LANGUAGES[0]
    chosen: str | None = g.get("language")
    if not chosen and "HTTP_COOKIE" in request.environ:
        chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return str(current_app.config["SETTINGS"].language)


def gettext(text: str, /, **values: Any) -> str:
    """The sentence in the reader's language, its `{gaps}` filled."""
    found = catalogue(language()).get((None, text), text)
    return found.format(**values) if values else found


def ngettext(one: str, many: str, n: int, /, **values: Any) -> str:
    """The sentence for `n` things."""
    return gettext(one if n == 1 else many, n=n, **values)


def label(kind: str, code: str) -> str:
    """What people call one value of an enum: `label("role", "steward")`."""
    return catalogue(language()).get((kind, str(code))) or str(code).replace("_", " ")


def local(at: int) -> datetime:
    """A time on the clock of the community the reader looks at."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone()))


def zone() -> str:
    """The zone times are shown in; `g.zone` where a page knows the community."""
    return str(g.get("zone", "Asia/Shanghai")) if has_request_context() else "Asia/Shanghai"


def clock_time(at: int) -> str:
    """14:02"""
    return local(at).strftime("%H:%M")


def day(at: int) -> str:
    """11月24日 or 24 Nov"""
    pattern = "M月d日" if language() == "zh-Hans" else "d MMM"
    return format_datetime(local(at), pattern, locale=LOCALES[language()])


def day_time(at: int) -> str:
    """11月24日 14:02"""
    return f"{day(at)} {clock_time(at)}"


def when(at: int) -> str:
    """A moment as people say it: no date today, a word for its neighbours, a year if not this."""
    then, today = local(at), local(clock.now())
    days = (then.date() - today.date()).days
    if days == 0:
        return clock_time(at)
    if days == -1:
        return gettext("yesterday {time}", time=clock_time(at))
    if days == 1:
        return gettext("tomorrow {time}", time=clock_time(at))
    if then.year == today.year:
        return day_time(at)
    pattern = "y年M月d日" if language() == "zh-Hans" else "d MMM y"
    return f"{format_datetime(then, pattern, locale=LOCALES[language()])} {clock_time(at)}"


def lasting(ms: int) -> str:
    """A length of time as people say it: minutes, then hours up to two days, then days."""
    minutes = max(ms, 0) // 60_000
    if not minutes:
        return gettext("less than a minute")
    if minutes < 60:
        return gettext("{n} min", n=minutes)
    if minutes < 48 * 60:
        return gettext("{n} h", n=minutes // 60)
    days = minutes // (24 * 60)
    return gettext("{n} days", n=days) if days < 730 else gettext("{n} years", n=days // 365)


def iso_time(at: int) -> str:
    """What a <time datetime> holds."""
    return local(at).isoformat(timespec="seconds")


def _from_trans(text: str) -> str:
    """A {% trans %} block writes %(name)s where our messages say {name}."""
    return text.replace("%(", "{").replace(")s", "}").replace("%%", "%")


def _to_trans(text: str) -> str:
    return text.replace("%", "%%").replace("{", "%(").replace("}", ")s")


def words_module(spoken: str, *, labels_only: bool = True) -> str:
    """The module our scripts take `t` and `label` from: phone.po in one language. Scripts whose
    sentences `in_words` has put in need only the labels."""
    found = {
        f"{context}\4{text}" if context else text: translation
        for (context, text), translation in sorted(
            catalogue(spoken, "phone").items(), key=lambda pair: (pair[0][0] or "", pair[0][1])
        )
        if context or not labels_only
    }
    return (
        'import {translator} from "/static/js/lib/translator.js"\n'
        f"const language={json.dumps(spoken)}\n"
        f"const {{t,label}}=translator({json.dumps(found, ensure_ascii=False)})\n"
        "export {language,t,label}\n"
    )


def in_words(script: str, spoken: str) -> str:
    """The script with the sentences it says in that language in place of their English ids."""

    def said(found: re.Match[str]) -> str:
        text = json.loads(found[1])
        translation = catalogue(spoken, "phone").get((None, text), text)
        return f"t({json.dumps(translation, ensure_ascii=False)}"

    return _SAID.sub(said, script)


@permit("site.read")
def words_js() -> Response:
    """Every sentence and label of phone.po, for scripts that are served as they are."""
    answer = Response(words_module(language(), labels_only=False), mimetype="text/javascript")
    answer.cache_control.no_cache = True
    answer.add_etag()
    return answer.make_conditional(request)  # type: ignore[return-value]


def install(app: Flask) -> None:
    """Give templates their words and scripts their module."""
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _to_trans(gettext(_from_trans(text))),
        lambda one, many, n: _to_trans(gettext(_from_trans(one if n == 1 else many))),
        newstyle=False,
    )
    env.globals.update(_=gettext, ngettext=ngettext, label=label, language=language)
    env.filters.update(
        clock_time=clock_time,
        day=day,
        day_time=day_time,
        iso_time=iso_time,
        lasting=lasting,
        when=when,
    )
    app.add_url_rule("/words.js", "words_js", words_js)
