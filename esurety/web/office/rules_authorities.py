"""発注者の取扱い: the register of authorities, one authority with its policies past and to come."""

from dataclasses import dataclass
from datetime import date

from flask import abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.documents.printable_characters import missing_characters
from esurety.domain.japanese_calendar import era_date, era_time, japanese_day
from esurety.domain.policy_form import PolicyChange, compare_policies, policy_example, policy_rows
from esurety.domain.typed_fields import TypedForm, named_character
from esurety.persistence.models import AuthorityPolicyVersion
from esurety.services.keep_authorities import NameTaken, create_authority
from esurety.services.read_rules import AuthorityWithVersions, ListedAuthority, find_authority, happened_to_authority, list_authorities
from esurety.web.answers import now, see_other
from esurety.web.office import blueprint
from esurety.web.office.address import typed_whole
from esurety.web.office.rules_home import may_change_rules, operator
from esurety.web.presentation import Tag, history_lines

_LONGEST = 200


@dataclass(frozen=True)
class AuthorityLine:
    """One authority of the list."""

    id: int
    name: str
    head: str
    tag: Tag
    since: str
    next_from: str


@dataclass(frozen=True)
class VersionLine:
    """One version of a policy."""

    id: int
    effective_from: str
    tag: Tag
    laid_down: str


@blueprint.get("/rules/authorities/")
def rules_authorities() -> str:
    """The authorities by name."""
    word, today = request.args.get("q", "")[:100].strip(), japanese_day(now())
    found, after = list_authorities(word=word, after=typed_whole("after"), today=today)
    return render_template(
        "office/rules/authorities.html",
        lines=[_line(one, today) for one in found],
        word=word,
        is_continued=typed_whole("after") is not None,
        next_address=url_for("office.rules_authorities", q=word or None, after=after) if after is not None else "",
        may_change=may_change_rules(),
    )


@blueprint.get("/rules/authorities/<int:authority_id>")
def rules_authority(authority_id: int) -> str:
    """One authority: the policy in force, those to come and gone, what was done."""
    return _page(find_authority(authority_id))


@blueprint.get("/rules/authorities/<int:authority_id>/policies/<int:version_id>")
def rules_policy(authority_id: int, version_id: int) -> str:
    """One version, with what it changed."""
    found, today = find_authority(authority_id), japanese_day(now())
    version = found.version(version_id)
    if version is None:
        abort(404)
    policy = found.policy_of(version)
    return render_template(
        "office/rules/policy.html",
        authority=found.authority,
        version=_version_line(found, version, today),
        changes=changes_first(compare_policies(found.policy_before(version), policy)),
        example=policy_example(policy),
        withdrawn=era_time(version.withdrawn_at) if version.withdrawn_at is not None else "",
        may_withdraw=may_change_rules() and version.withdrawn_at is None and version.effective_from > today,
    )


@blueprint.get("/rules/authorities/new")
def new_authority() -> str:
    """The form of a new authority."""
    operator()
    return render_template("office/rules/authority_new.html", typed={}, errors={}, problems=[])


@blueprint.post("/rules/authorities/new")
def add_authority() -> Response:
    """Take an authority in, then on to its policy."""
    account = operator()
    form = TypedForm({name: request.form.get(name, "") for name in ("name", "head")})
    name, head = _printable(form, "name", "発注者名"), _printable(form, "head", "宛名")
    if not form.problems:
        try:
            authority_id = create_authority(account=account, name=name, head=head, at=now())
        except NameTaken as no:
            free = f"{era_date(no.ended_on, padded=False)}に終了したあとで登録してください" if no.ended_on else ""
            form.complain("name", f"「{no.name}」はすでに登録されています。{free or '一覧から選んで取扱いを変更してください'}")
        else:
            flash(
                f"{name}を登録しました。取扱いを登録するまでは、全国の標準の限度額で、電子保証には対応していない発注者として扱います。",
                "success",
            )
            return see_other(url_for("office.rules_authority", authority_id=authority_id))
    page = render_template("office/rules/authority_new.html", typed=form.typed, errors=form.problems, problems=list(form.problems.items()))
    return Response(page, status=422, mimetype="text/html")


def changes_first(changes: list[PolicyChange]) -> list[PolicyChange]:
    """What differs before what stays."""
    return sorted(changes, key=lambda one: not one.differs)


def _page(found: AuthorityWithVersions) -> str:
    today, authority = japanese_day(now()), found.authority
    return render_template(
        "office/rules/authority.html",
        authority=authority,
        tag=_state_tag(authority.ended_on, today),
        ended_on=era_date(authority.ended_on, padded=False) if authority.ended_on is not None else "",
        head=found.policy_on(today).head,
        rows=policy_rows(found.policy_on(today)),
        is_default=found.in_force(today) is None,
        versions=[_version_line(found, one, today) for one in found.versions],
        example=policy_example(found.policy_on(today)),
        history=history_lines(happened_to_authority(authority.id)),
        may_change=may_change_rules() and authority.ended_on is None,
    )


def _printable(form: TypedForm, name: str, label: str) -> str:
    """A name that a certificate can print."""
    typed = form.text(name, label, longest=_LONGEST)
    missing = missing_characters(typed)
    if missing:
        names = "、".join(named_character(one) for one in missing)
        form.complain(name, f"{label}の{names}は証書に印刷できない文字です。別の文字に置き換えて入力してください")
    return typed


def _line(one: ListedAuthority, today: date) -> AuthorityLine:
    since = one.policy.electronic_since
    return AuthorityLine(
        id=one.authority.id,
        name=one.authority.name,
        head=one.policy.head,
        tag=_state_tag(one.authority.ended_on, today),
        since=f"{one.policy.counts_by.label}が{era_date(since, padded=False)}以降" if since is not None else "対応していません",
        next_from=era_date(one.next_from, padded=False) if one.next_from is not None else "",
    )


def _state_tag(ended_on: date | None, today: date) -> Tag:
    if ended_on is None:
        return Tag("取扱中", "success")
    return Tag("終了", "neutral") if ended_on <= today else Tag("終了予定", "warning")


def _version_line(found: AuthorityWithVersions, version: AuthorityPolicyVersion, today: date) -> VersionLine:
    if version.withdrawn_at is not None:
        tag = Tag("取消済", "neutral")
    elif version.effective_from > today:
        tag = Tag("これから", "info")
    else:
        tag = Tag("適用中", "success") if version is found.in_force(today) else Tag("過去", "neutral")
    laid_down = era_time(version.created_at) if version.created_at is not None else ""
    return VersionLine(version.id, era_date(version.effective_from, padded=False), tag, laid_down)
