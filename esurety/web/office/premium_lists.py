"""発送するもの: what has to be posted on paper; and what was posted of late."""

import re
from dataclasses import dataclass

from flask import flash, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.posted_paper import PaperKind
from esurety.persistence.posted_papers import PaperToPost
from esurety.services.post_papers import (
    POSTED_SHOWN_DAYS,
    PaperRef,
    mark_posted,
    papers_posted,
    papers_to_post,
    settlement_paper,
    take_back_posting,
)
from esurety.web.access import person
from esurety.web.answers import now, see_other
from esurety.web.office import blueprint
from esurety.web.office.permissions import acting_person, may_act
from esurety.web.presentation import application_number, version_text

_TICKED = re.compile(r"(?P<kind>certificate|statement|settlement|receipt|month)-(?P<id>\d{1,9})(?:-(?P<version>\d{1,5}))?")


@dataclass(frozen=True)
class PostLine:
    """One paper; `number` of its contract and `file`, where it can be printed here."""

    field: str
    what: str
    number: str
    file: str
    application_id: int
    application: str
    company: str
    address: str
    works_name: str
    since: str
    amount: str
    making: tuple[str, ...]  # of a 領収証 with refunds set off: what came in, what was set off, the difference
    posted_on: str


@blueprint.get("/premiums/to-post/")
def to_post() -> str:
    """発送するもの: 証書(紙) by post, 保証料計算書(紙) and 返還計算書 where wished, 領収証 of every receipt."""
    papers = papers_to_post(person())
    return render_template(
        "office/to_post.html",
        groups=[
            ("証書(紙)", "発行日", [_post_line(one) for one in papers.certificates]),
            ("計算書(紙)", "発行日", [_post_line(one) for one in (*papers.statements, *papers.settlements)]),
            ("領収証", "入金日", [_post_line(one) for one in papers.receipts]),
        ],
        is_empty=not papers.everything,
        may_mark=may_act(person()),
    )


@blueprint.post("/premiums/to-post/")
def mark_as_posted() -> Response:
    """発送済にする, for those that are ticked."""
    account, at = acting_person(), now()
    ticked = [paper for name in request.form if (paper := _paper(name)) is not None]
    marked = mark_posted(account=account, papers=ticked, posted_on=japanese_day(at), at=at)
    if marked:
        flash(f"{marked}通を発送済にしました。", "success")
    elif ticked:
        flash("選ばれたものは、すでに発送済になっています。", "info")
    else:
        flash("発送したものにチェックを入れてから、「発送済にする」を押してください。", "warning")
    return see_other(url_for("office.to_post"))


@blueprint.get("/premiums/posted/")
def posted() -> str:
    """発送済: what was posted within the last days, to look it up or to take a mistaken mark back."""
    return render_template(
        "office/posted.html",
        lines=[_post_line(one) for one in papers_posted(person(), today=japanese_day(now()))],
        days=POSTED_SHOWN_DAYS,
        may_mark=may_act(person()),
    )


@blueprint.post("/premiums/posted/")
def unmark_as_posted() -> Response:
    """発送済を取り消す: the paper is listed again as one to be posted."""
    account, paper = acting_person(), _paper(request.form.get("paper", ""))
    if paper is not None and take_back_posting(account=account, paper=paper, at=now()):
        flash("発送済の記録を取り消しました。「発送するもの」に戻りました。", "success")
    else:
        flash("この発送の記録は、すでに取り消されています。", "info")
    return see_other(url_for("office.posted"))


def _paper(field: str) -> PaperRef | None:
    match = _TICKED.fullmatch(field)
    return PaperRef(PaperKind(match["kind"]), int(match["id"]), int(match["version"] or 0)) if match else None


def _post_line(one: PaperToPost) -> PostLine:
    is_certificate = one.kind is PaperKind.CERTIFICATE
    return PostLine(
        field=f"{one.kind}-{one.id}" + (f"-{one.version}" if is_certificate else ""),
        what=_what(one),
        number=one.number,
        file=_file(one),
        application_id=one.application_id if one.kind is not PaperKind.MONTH else 0,
        application=application_number(one.application_id),
        company=one.company,
        address=one.address,
        works_name=one.works_name if one.kind is not PaperKind.MONTH else f"一括納付 {one.count}件",
        since=era_date(one.since),
        amount=_amount(one),
        making=_making(one),
        posted_on=era_date(one.posted_on) if one.posted_on is not None else "",
    )


def _amount(one: PaperToPost) -> str:
    """What the paper is made out for; of a 領収証 what really came in."""
    if one.amount is None:
        return ""
    return one.net.text if one.set_off else one.amount.text


def _making(one: PaperToPost) -> tuple[str, ...]:
    if not one.set_off or one.amount is None:
        return ()
    parts = (f"受領額（相殺の前） {one.amount.text}", f"相殺した返還 {one.set_off.text}")
    return (*parts, f"当社からの支払い {one.paid_out.text}") if one.paid_out else parts


def _what(one: PaperToPost) -> str:
    if one.kind is PaperKind.CERTIFICATE:
        return f"証書（{version_text(one.version)}）"
    if one.kind is PaperKind.STATEMENT:
        return "保証料計算書"
    if one.kind is PaperKind.SETTLEMENT:
        return settlement_paper(one.settlement_kind, one.version, one.current_version)
    what = "相殺のお知らせ" if one.is_set_off_whole else "領収証"
    return what if one.for_month is None else f"{what}（{era_date(one.for_month, padded=False).removesuffix('1日')}分）"


def _file(one: PaperToPost) -> str:
    """Where the paper is to be had for printing; the 領収証 is written by hand."""
    if one.kind is PaperKind.CERTIFICATE:
        return url_for("office.certificate_pdf", number=one.number, version=one.version)
    if one.kind is PaperKind.STATEMENT:
        return url_for("office.premium_statement_pdf", number=one.number, version=0)
    if one.kind is PaperKind.SETTLEMENT:
        endpoint = "office.refund_statement_pdf" if one.settlement_kind == "refund" else "office.premium_statement_pdf"
        return url_for(endpoint, number=one.number, version=one.version)
    return ""
