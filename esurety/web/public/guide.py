"""電子保証のご説明, and which authorities accept it."""

from dataclasses import dataclass

from flask import render_template, request

from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.products import WorksKind
from esurety.persistence.reference_data import AuthorityWithPolicy
from esurety.services.read_guide import authorities_for_guide, branches_for_guide
from esurety.web.answers import now, static_exists
from esurety.web.public import blueprint

_PICTURES = ("application", "contracts", "certificate", "history", "key-notice", "dsure-gate", "dsure-certificate")


@dataclass(frozen=True)
class AuthorityLine:
    """One authority in the list of the guide."""

    name: str
    head: str
    is_opted_in: bool
    since_text: str
    counts_by_text: str
    kinds_text: str
    ways: str
    note: str


@blueprint.get("/guide/")
def guide() -> str:
    """How it works, how to apply, how to submit, questions and answers."""
    pictures = {f"{name}.png" for name in _PICTURES if static_exists(f"guide/{name}.png")}
    return render_template("guide/index.html", branches=branches_for_guide(today=japanese_day(now())), pictures=pictures)


@blueprint.get("/guide/authorities/")
def authorities() -> str:
    """電子保証に対応している発注者."""
    word = request.args.get("q", "")[:100]
    found = authorities_for_guide(word=word, today=japanese_day(now()))
    return render_template("guide/authorities.html", authorities=[_line(one) for one in found], query=word)


def _line(one: AuthorityWithPolicy) -> AuthorityLine:
    since = one.policy.electronic_since
    kinds = [kind.label for kind in WorksKind if kind in one.policy.electronic_works_kinds]
    return AuthorityLine(
        name=one.name,
        head=one.policy.head,
        is_opted_in=since is not None,
        since_text=f"{era_date(since, padded=False)}以降" if since else "",
        counts_by_text=f"{one.policy.counts_by.label}で判断",
        kinds_text="、".join(kinds) if since else "",
        ways=one.policy.submission_channels_text,
        note=one.policy.submission_note,
    )
