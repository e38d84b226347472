"""The shape of the operator's pages: fields, facts, history; and the answers that all of its records share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.typed_fields import TypedForm, named_character
from esurety.persistence.left_behind import LeftBehind
from esurety.persistence.models import Event
from esurety.services.keep_records import ShownIsStale, unprintable
from esurety.web.presentation import application_number, history_lines

_SEEN = "seen:"  # before the names of the hidden fields that hold what the page showed
_LONGEST_FIELD = 1000


@dataclass(frozen=True)
class FormField:
    """One field of a form; `kind` names the macro that draws it."""

    name: str
    label: str
    kind: str = "text"  # text, textarea, email, money, date, select, radios, new_password
    hint: str = ""
    options: Sequence[tuple[str, str]] = ()
    width: str = "full"
    required: bool = True


@dataclass(frozen=True)
class Form:
    """A form as it is shown: what it asks, what stands in it, what is wrong with it."""

    fields: Sequence[FormField]
    action: str
    button: str
    values: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    conflict: Sequence[tuple[str, str, str]] = ()  # label, what is registered now, what was typed
    tone: str = "primary"

    @property
    def seen_fields(self) -> dict[str, str]:
        return {f"{_SEEN}{name}": value for name, value in self.seen.items()}


@dataclass(frozen=True)
class FormPage:
    """A page around one form."""

    title: str
    form: Form
    lead: str = ""
    trail: Sequence[tuple[str, str | None]] = ()


@dataclass(frozen=True)
class RecordPage:
    """One record: its facts, its form while it has not ended, further acts, its end, its history."""

    title: str
    caption: str
    facts: Sequence[tuple[str, str]]
    trail: Sequence[tuple[str, str | None]]
    ended: str
    form: Form | None
    end_href: str
    history: Sequence[Event]
    links: Sequence[tuple[str, str]] = ()
    people: Sequence[tuple[str, str, str]] = ()  # name, address, state of a contractor's people
    people_label: str = ""


@dataclass(frozen=True)
class EndPage:
    """Asked before a record is ended: what it means, what still hangs on it, why."""

    title: str
    trail: Sequence[tuple[str, str | None]]
    explanation: str
    facts: Sequence[tuple[str, str]]
    applications: Sequence[tuple[str, str]]  # the open ones by name and address
    form: Form
    back: str
    obstacle: str = ""  # why it cannot be ended


END_FIELDS = (FormField("reason", "終了の理由", "textarea", hint="経過に残ります。例：組織の見直しのため"),)


def left_behind(left: LeftBehind, *, with_contracts: bool = True) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What still hangs on a record: counted, and the open applications as links."""
    shown = f"（古い順に{len(left.oldest)}件を下に表示しています）" if left.applications > len(left.oldest) else ""
    facts = [("手続き中の申込み", f"{left.applications:,}件{shown}")]
    if with_contracts:
        facts += [("保証期間中の保証契約", f"{left.contracts:,}件"), ("利用者", f"{left.people:,}人")]
    links = [
        (f"申込番号 {application_number(one)}　{works_name}", url_for("office.review", application_id=one))
        for one, works_name in left.oldest
    ]
    return facts, links


def show_end(page: EndPage, status: int = 200) -> Response:
    """The page that asks before a record is ended."""
    return make_response(render_template("office/people/end.html", page=page, problems=list(page.form.problems.items())), status)


def show_form(page: FormPage, status: int = 200) -> Response:
    """A page with one form."""
    return make_response(render_template("office/people/form.html", page=page, problems=list(page.form.problems.items())), status)


def show_record(page: RecordPage, status: int = 200) -> Response:
    """A record's page."""
    problems = list(page.form.problems.items()) if page.form is not None else []
    history = history_lines(list(page.history))
    return make_response(render_template("office/people/record.html", page=page, history=history, problems=problems), status)


def typed_fields(fields: Sequence[FormField]) -> dict[str, str]:
    """What was typed into a form's fields, cut at a length that no field reaches."""
    return {one.name: request.form.get(one.name, "")[:_LONGEST_FIELD] for one in fields}


def seen_fields() -> dict[str, str]:
    """What the page showed when the form was opened."""
    return {name.removeprefix(_SEEN): value for name, value in request.form.items() if name.startswith(_SEEN)}


def kept(typed: Mapping[str, str], fields: Sequence[FormField]) -> dict[str, str]:
    """What goes back into a form: everything typed but passwords."""
    secret = {one.name for one in fields if one.kind == "new_password"}
    return {name: value for name, value in typed.items() if name not in secret}


def conflict_of(stale: ShownIsStale, typed: Mapping[str, str], fields: Sequence[FormField]) -> list[tuple[str, str, str]]:
    """Both values of every field that differs: what is registered now, and what was typed."""
    words: dict[str, Callable[[str], str]] = {one.name: dict(one.options).get for one in fields if one.options}  # type: ignore[misc]
    return [
        (one.label, _in_words(words, one.name, stale.current[one.name]), _in_words(words, one.name, typed.get(one.name, "")))
        for one in fields
        if one.name in stale.current and stale.current[one.name] != typed.get(one.name, "")
    ]


def _in_words(words: Mapping[str, Callable[[str], str]], name: str, value: str) -> str:
    return (words[name](value) if name in words else value) or value or "（なし）"


@dataclass(frozen=True)
class Attempt:
    """A form that came back: what was typed, what is wrong with it, or what changed meanwhile."""

    typed: Mapping[str, str]
    problems: Mapping[str, str] = field(default_factory=dict)
    stale: ShownIsStale | None = None


def form_of(
    fields: Sequence[FormField], action: str, button: str, current: Mapping[str, str], attempt: Attempt | None, **hidden: str
) -> Form:
    """The form with what is registered, or as it came back. After a clash it counts as having shown what is there now."""
    if attempt is None:
        return Form(fields, action, button, values=current, seen=current, hidden=hidden)
    stale = attempt.stale
    return Form(
        fields,
        action,
        button,
        values=kept(attempt.typed, fields),
        seen=stale.current if stale is not None else seen_fields(),
        hidden=hidden,
        problems=attempt.problems,
        conflict=conflict_of(stale, attempt.typed, fields) if stale is not None else (),
    )


def end_form(action: str, attempt: Attempt | None) -> Form:
    """The reason for ending a record."""
    return replace(form_of(END_FIELDS, action, "登録を終了する", {}, attempt), tone="danger")


@dataclass(frozen=True)
class ListLine:
    """One record in a list; the first cell leads to it."""

    href: str
    cells: Sequence[str]
    state: str
    tone: str


@dataclass(frozen=True)
class ListPage:
    """A list of records."""

    title: str
    lead: str
    columns: Sequence[str]
    lines: Sequence[ListLine]
    new_label: str = ""
    new_href: str = ""
    search_href: str = ""
    search_label: str = ""
    word: str = ""
    next_href: str = ""


def in_use(has_ended: bool) -> tuple[str, str]:
    """利用中 or 終了, with its tone."""
    return ("終了", "neutral") if has_ended else ("利用中", "success")


def complain_unprintable(read: TypedForm, fields: Sequence[FormField]) -> None:
    """Names that certificates print must be printable: said here, where they are typed, not when something is to be issued."""
    for one in fields:
        missing = unprintable(read.raw(one.name)) if one.kind == "text" else ()
        if missing:
            named = "、".join(named_character(character) for character in missing)
            read.complain(one.name, f"{one.label}の{named}は証書に印刷できない文字です。別の文字に置き換えて入力してください")
