"""What a coordinator fills in about a report, with a suggestion for everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from server.cases.models import ReplyTemplate
from server.cases.rules import due_after
from server.exchange.schemas import LEVELS
from server.reports.models import Category, Report
from server.words import day_time, label, language
from server.words import gettext as _

ACCEPTED_TEMPLATE = "accepted_with_due"


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What a form can know by itself about one report."""

    categories: Mapping[str, Category]
    templates: Sequence[ReplyTemplate]
    owners: Sequence[str]  # of any category, the latest first
    owners_of: Mapping[str, str]  # category → who had it last
    zone: str
    now: int

    def owner(self, category: Category) -> str:
        """Whoever was given this kind of thing last; else the kind of unit that does it."""
        return self.owners_of.get(category.key) or label("unit_kind", category.unit_kind)

    def due_at(self, category: Category) -> int:
        """When the category's limit runs out if it is taken now, in milliseconds."""
        return due_after(self.now, category.limit_amount, category.limit_unit, self.zone)

    def answer(self, number: str, owner: str, due_at: int | None) -> str:
        """The public answer to begin with."""
        template = next((t for t in self.templates if t.key == ACCEPTED_TEMPLATE), None)
        if template is None or due_at is None:
            return ""
        gaps = {"number": number, "handler": owner, "date": day_time(due_at)}
        return words_of(template).format_map(_Gaps(gaps))


class _Gaps(dict[str, str]):
    """A gap nobody can fill yet stays as it is, for a person to fill."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def words_of(template: ReplyTemplate) -> str:
    return template.zh if language() == "zh-Hans" else template.en


@dataclass(slots=True)
class AcceptanceForm:
    """Taking a report as a case. `errors` name a field and what to do about it."""

    category: str
    level: str
    owner: str
    due: str  # as a datetime field holds it, on the community's clock
    answer: str
    suggested: str = ""
    due_at: int | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def suggest(cls, report: Report, known: Suggestions) -> AcceptanceForm:
        """Everything filled in, to be looked at and accepted."""
        category = known.categories[report.category]
        owner, due_at = known.owner(category), known.due_at(category)
        answer = known.answer(report.number, owner, due_at)
        return cls(
            category=report.category,
            level=report.level,
            owner=owner,
            due=as_field(due_at, known.zone),
            answer=answer,
            suggested=answer,
            due_at=due_at,
        )

    @classmethod
    def read(cls, said: Mapping[str, str], report: Report, known: Suggestions) -> AcceptanceForm:
        """What was typed; what the form did not ask is suggested."""
        plain = cls.suggest(report, known)
        form = cls(
            category=said.get("category", plain.category),
            level=said.get("level", plain.level),
            owner=said.get("owner", plain.owner).strip(),
            due=said.get("due", plain.due),
            answer=said.get("answer", plain.answer).strip(),
            suggested=said.get("suggested", ""),
        )
        form.check(known)
        return form

    def check(self, known: Suggestions) -> None:
        if self.category not in known.categories:
            self.errors["category"] = _("Choose a category.")
        if self.level not in LEVELS:
            self.errors["level"] = _("Choose how it will be handled.")
        self.due_at = from_field(self.due, known.zone)
        if self.due_at is None:
            self.errors["due"] = _("Give a day and a time, such as 2026-03-20 18:00.")
        elif self.due_at <= known.now and self.level != "on_the_spot":
            self.errors["due"] = _("This is past already. Choose a later day.")
        check_length(self.errors, "owner", self.owner, 80)
        check_length(self.errors, "answer", self.answer, 1000)

    def follow(self, report: Report, known: Suggestions, moved: str) -> None:
        """Suggest anew what hangs on the field that was just changed; what a person wrote stays."""
        if moved == "category" and self.category in known.categories:
            category = known.categories[self.category]
            self.owner, self.due_at = known.owner(category), known.due_at(category)
            self.due = as_field(self.due_at, known.zone)
        fresh = known.answer(report.number, self.owner, self.due_at)
        if self.answer == self.suggested.strip():
            self.answer = fresh
            self.suggested = fresh
        self.errors.clear()


def check_length(errors: dict[str, str], name: str, text: str, most: int) -> None:
    if len(text) > most:
        errors[name] = _(
            "Too long: {n} characters, at most {most}. Shorten it a little.",
            n=len(text),
            most=most,
        )


def as_field(at: int, zone: str) -> str:
    """A moment as a datetime field holds it."""
    return datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def from_field(text: str, zone: str) -> int | None:
    """The moment a person typed, or None where it is none."""
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "T"))
    except ValueError:
        return None
    if not 2000 <= moment.year <= 2999:
        return None
    return int(moment.replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@dataclass(slots=True)
class CorrectionForm:
    """The fields of a report as they shall be."""

    said: dict[str, str | bool]
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(
        cls, said: Mapping[str, str], places: Mapping[str, object], known: Mapping[str, object]
    ) -> CorrectionForm:
        form = cls({name: said[name].strip() for name in TEXTS if name in said})
        if "emergency" in said:
            form.said["emergency"] = said["emergency"] == "yes"
        if form.said.get("place", "") not in ("", *places):
            form.errors["place"] = _("Choose a place from the list.")
        if form.said.get("category", "") not in ("", *known):
            form.errors["category"] = _("Choose a category.")
        if form.said.get("level", "") not in ("", *LEVELS):
            form.errors["level"] = _("Choose how it will be handled.")
        for name, most in (("words", 4000), ("spot", 200)):
            check_length(form.errors, name, str(form.said.get(name, "")), most)
        return form


TEXTS = ("place", "category", "level", "words", "spot")
