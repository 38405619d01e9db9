"""The one user of Jinja: letters and pages from templates, strict and escaped."""

import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from templates import catalogue, dates, prose

FOLDER = Path(__file__).parent
Twin = Literal["txt", "html"]


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose language and zone is spoken, and when."""

    language: str = "en"
    zone: str = "UTC"
    now: datetime | None = None
    """Without it dates always bear their year."""


def letter(name: str, twin: Twin, reader: Reader, values: Mapping[str, Any]) -> str:
    """Render a file of `templates/mail`, say "message/body.j2"; a strange name fails.

    A body is written once and rendered as both twins, so that they say the same words
    in the same order; only `layout.txt` and `layout.html` differ.
    """
    return _render(f"mail/{name}", twin, reader, values)


def page(
    name: str,
    /,
    *,
    language: str = "en",
    zone: str = "UTC",
    now: datetime | None = None,
    **values: Any,
) -> str:
    """Render `templates/web/NAME.html`; a name that no value was given for fails."""
    return _render(f"web/{name}.html", "html", Reader(language, zone, now), values)


def _render(path: str, twin: Twin, reader: Reader, values: Mapping[str, Any]) -> str:
    spoken = catalogue.choose(reader.language)
    template = _environment(spoken, twin).get_template(path)
    return template.render({**_sayings(reader), **values})


def prepare(language: str, *names: str) -> None:
    """Compile files of `templates/mail` in both twins, or those of whole folders.

    The first letter would do it: half a second, in which it may keep others waiting.
    """
    spoken = catalogue.choose(language)
    for name in names:
        path = FOLDER / "mail" / name
        for each in sorted(path.iterdir()) if path.is_dir() else (path,):
            found = each.relative_to(FOLDER).as_posix()
            _environment(spoken, "txt").get_template(found)
            if each.suffix != ".txt":
                _environment(spoken, "html").get_template(found)


class _Environment(Environment):
    """An environment whose templates share its globals.

    Jinja puts a chain of two mappings around them for each template, and walks it for
    each import and each render: half of what a short letter costs.
    """

    def make_globals(
        self, d: MutableMapping[str, Any] | None
    ) -> MutableMapping[str, Any]:
        """Give the globals of a template; a chain only where it has more."""
        return super().make_globals(d) if d else self.globals


@lru_cache
def _environment(spoken: str, twin: Twin) -> Environment:
    """Build the environment of a language and twin, once; HTML is always escaped."""
    made = _Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=twin == "html",  # plain text has nothing to escape
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.policies["ext.i18n.trimmed"] = True
    install: Any = made.install_gettext_translations  # type: ignore[attr-defined]
    install(catalogue.words(spoken), newstyle=True)
    made.globals |= {
        "layout": f"mail/layout.{twin}",
        "twin": twin,
        "language": spoken,
        "direction": catalogue.locale(spoken).text_direction,
    }
    made.filters |= {
        "prose": prose.html,
        "folded": prose.folded,
        "isolate": prose.isolate,
        "marked": prose.marked,
    }
    return made


def _sayings(reader: Reader) -> dict[str, Callable[..., str]]:
    """Give what templates call to say times and lists of names as the reader does."""
    locale = catalogue.locale(reader.language)
    zone, now = reader.zone, reader.now
    return {
        "day": lambda at, place="": dates.day(at, now, place or zone, locale),
        "on_day": lambda when: dates.on_day(when, now, zone, locale),
        "iso_day": lambda when: dates.on_day(
            date.fromisoformat(when), now, zone, locale
        ),
        "language_called": lambda tag: catalogue.called(tag, reader.language),
        "languages_spoken": lambda: _listed(
            sorted(
                catalogue.called(tag, reader.language) for tag in catalogue.spoken()
            ),
            "standard",
            locale,
        ),
        "moment": lambda at: dates.moment(at, now, zone, locale),
        "since": lambda at: dates.since(at, now, zone, locale),
        "short_day": lambda at: dates.short_day(at, zone, locale),
        "weekday": lambda number: dates.weekday(number, locale),
        "clock": lambda at, place="": dates.clock(at, place or zone, locale),
        "size": lambda octets: dates.size(octets, locale),
        "date": lambda at: dates.plain_day(at, zone, locale),
        "month": lambda year, number: dates.month(year, number, locale),
        "span": lambda length: dates.span(length, locale),
        "number": lambda count: format_decimal(count, locale=locale),
        "signed": lambda per_cent: (
            ("+" if per_cent > 0 else "")
            + format_percent(per_cent / 100, locale=locale)
        ),
        "percent": lambda part: format_percent(part, locale=locale),
        "series": lambda names, mark=",": _in_series(names, mark, locale),
        "any_of": lambda names: _listed(names, "or", locale),
        "all_of": lambda names: _listed(names, "standard", locale),
    }


_BETWEEN = {
    "fr": {";": "\u202f; "},
    "ja": {",": "\u3001", ";": "\u3001"},
}


def _in_series(names: Sequence[str], mark: str, locale: Locale) -> str:
    """Join by a mark alone; markup among them stays, all else is escaped."""
    between = _BETWEEN.get(locale.language, {}).get(mark, f"{mark} ")
    if any(isinstance(name, Markup) for name in names):
        return Markup(between).join(names)  # noqa: S704
    return between.join(names)


def _listed(
    names: Sequence[str], style: Literal["or", "standard"], locale: Locale
) -> str:
    """Join names as the language does; markup among them stays, all else is escaped."""
    if any(isinstance(name, Markup) for name in names):
        safe = [str(escape(name)) for name in names]
        return Markup(_joined(safe, style, locale))  # noqa: S704
    return _joined(list(names), style, locale)


# Spanish says "e" before the sound of i and "u" before that of o, which the lists of
# CLDR do not know.
_SAME_SOUND = {
    "standard": (" y ", " e ", re.compile(r"h?[ií](?!e)", re.IGNORECASE)),
    "or": (" o ", " u ", re.compile(r"h?[oó]", re.IGNORECASE)),
}


def _joined(names: list[str], style: Literal["or", "standard"], locale: Locale) -> str:
    said = format_list(names, style, locale)
    if locale.language != "es" or len(names) < 2:
        return said
    usual, other, sound = _SAME_SOUND[style]
    before = said.removesuffix(f"{usual}{names[-1]}")
    spoken = Markup(names[-1]).striptags()  # noqa: S704 - only looked at
    if before == said or not sound.match(spoken):
        return said
    return f"{before}{other}{names[-1]}"
