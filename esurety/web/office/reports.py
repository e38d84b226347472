"""集計・出力: the reports of the surety as pages and as files."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import abort, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import japanese_day
from esurety.services.read_reports import ReportName, read_report
from esurety.web.access import person
from esurety.web.answers import now, see_other
from esurety.web.downloads import FileName, answer_with_file, download_links
from esurety.web.office import blueprint
from esurety.web.office.report_forms import report_form
from esurety.web.table_page import shown_table


@dataclass(frozen=True)
class ReportLink:
    """A report on the page that leads to all."""

    label: str
    href: str
    what: str


_WHAT = {
    ReportName.CONTRACTS: "年度内に発行した保証契約の一覧と、件数・保証金額の合計です。金額は、変更後の総額です。",
    ReportName.PREMIUMS: "保証料の請求・入金・返還を、月ごとに集計します。",
    ReportName.CHANGES: "期間内に発行した変更と、変更前との差を一覧にします。金額の差は、保証金額の総額の差です。",
    ReportName.EXPIRING: "有効な保証契約のうち、保証期限が近いものを、期限の早い順に並べます。",
    ReportName.FORMS: "年度内に発行した保証の件数を、電子保証と証書(紙)に分けて集計します。変更は数えません。",
}
_NOTES = {
    ReportName.PREMIUMS: (
        "当初の保証料は発行した月、変更による追加と返還の決定は変更の発行・解約の月、入金は入金日の月、返還済は精算を記録した日の月に数えます。"
        "過払い・謝絶等の返還は、引き受けなかった申込みや納めすぎの保証料を返した日の月に数えます（入金にも数えているものです）。"
        "そのため、請求と入金は同じ月でも一致しません。取り消した記録は数えません。"
    ),
    ReportName.CHANGES: "受注者、発注者、版、変更前と変更後の保証金額は、Excel・CSVに載せています。",
    ReportName.CONTRACTS: "営業部・支店、版、解約日は、Excel・CSVに載せています。",
}


@blueprint.get("/reports/")
def reports() -> str:
    """What can be had."""
    links = [ReportLink(name.label, url_for("office.report", name=name.value), what) for name, what in _WHAT.items()]
    return render_template("office/reports/home.html", links=links)


@blueprint.get("/reports/<name>/")
def report(name: str) -> Response:
    """One report: its form, a page of its table, its total, the ways to take it away."""
    asked_for, today = _known(name), japanese_day(now())
    form = report_form(asked_for, request.args, today)
    page = read_report(asked_for, person(), form.question, today=today).page(request.args.get("after", "")) if form.question else None
    here = url_for("office.report", name=name)
    body = render_template(
        "office/reports/report.html",
        title=asked_for.label,
        what=_WHAT[asked_for],
        note=_NOTES.get(asked_for, ""),
        form=form,
        problems=form.problems,
        table=shown_table(page.table, lambda number: url_for("office.contract", number=number)) if page else None,
        downloads=download_links(url_for("office.report_file", name=name), form.query),
        here=here,
        next_address=f"{here}?{urlencode(form.query | {'after': page.next_key})}" if page and page.next_key else "",
        first_address=f"{here}?{urlencode(form.query)}" if request.args.get("after") else "",
    )
    return Response(body, status=422 if form.problems else 200, mimetype="text/html")


@blueprint.get("/reports/<name>/download")
def report_file(name: str) -> Response:
    """One report as a file; what has to be corrected is said on its page."""
    asked_for, today, account = _known(name), japanese_day(now()), person()
    form = report_form(asked_for, request.args, today)
    question = form.question
    if question is None:
        return see_other(f"{url_for('office.report', name=name)}?{urlencode(form.query)}")
    return answer_with_file(
        lambda: read_report(asked_for, account, question, today=today).everything(),
        named=FileName.of(f"{asked_for.label}_{form.covers}", f"report_{asked_for.value}", today),
        back=url_for("office.report", name=name),
    )


def _known(name: str) -> ReportName:
    if name not in set(ReportName):
        abort(404)
    return ReportName(name)
