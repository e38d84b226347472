"""A verdict turned into what its page and its sheet show."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from itsdangerous import BadData, URLSafeTimedSerializer

from esurety.domain.certificate_content import CertificateContent
from esurety.domain.japanese_calendar import era_date, era_time
from esurety.domain.typed_fields import unusable_character
from esurety.domain.verdict import Answer, Headline
from esurety.domain.verdict_slip import SlipAnswer, VerdictSlip
from esurety.services.verify_certificate import CheckedCertificate
from esurety.web.access import installation
from esurety.web.presentation import certificate_rows

SLIP_KEPT_FOR = 8 * 60 * 60  # seconds: a working day, and less than a session lives
_LONGEST_NAME = 80
_NUMBERS_SHOWN = 5  # of those that a bundle names
_ANSWER_SHAPES = {Answer.PASS: "success", Answer.FAIL: "danger", Answer.UNKNOWN: "unknown"}
_NAME_NOT_GIVEN = "（SHA-256 の値だけで確かめました）"
_CHIEF_TERMS = (
    "保証契約番号",
    "証書種別",
    "版",
    "発行日",
    "被保証者",
    "保証契約者",
    "代表者（保証契約者）",
    "工事名",
    "請負金額（総額）",
    "保証金額（総額）",
    "保証期間",
)


class SlipNotUsable(ValueError):
    """The sheet's facts did not come from us, or are too old."""


@dataclass(frozen=True)
class AnswerLine:
    """One of the three questions."""

    question: str
    answer: str
    tone: str
    shape: str
    reason: str


def verdict_facts(checked: CheckedCertificate, *, file_name: str) -> dict[str, Any]:
    """The context of the result page."""
    verdict = checked.verdict
    return {
        "headline": verdict.headline.label,
        "shape": _shape(verdict.headline),
        "tone": verdict.headline.tone,
        "meaning": verdict.headline.meaning,
        "would_be": verdict.would_be.label if verdict.would_be is not None else "",
        "answers": [
            AnswerLine(one.question.label, one.answer.label, one.answer.tone, _ANSWER_SHAPES[one.answer], one.reason)
            for one in verdict.findings
        ],
        "noticed": [(one.title, one.text) for one in verdict.diagnoses],
        "what_to_do": verdict.what_to_do,
        "rows": certificate_rows(checked.content) if checked.content is not None else [],
        "file_rows": _file_rows(checked, file_name),
        "dsure_href": dsure_href() if verdict.headline not in {Headline.VALID, Headline.SPECIMEN} else "",
        "slip_token": _sealer().dumps(_slip(checked, file_name).to_json()),
    }


def slip_from(token: str) -> VerdictSlip:
    """The sheet's facts that `verdict_facts` handed out. Raises SlipNotUsable."""
    try:
        return VerdictSlip.from_json(_sealer().loads(token, max_age=SLIP_KEPT_FOR))
    except (BadData, TypeError, KeyError, ValueError) as no:
        raise SlipNotUsable from no


def dsure_href() -> str:
    """Where D-Sure is, if this process serves it."""
    return url_for("dsure.home") if "dsure" in installation().settings.portals else ""


def plain_file_name(name: str) -> str:
    """A file's name without its folders and without characters that nobody can see."""
    last = re.split(r"[\\/]", name)[-1]
    seen = "".join("_" if unusable_character(character) else character for character in last).strip()
    return seen if len(seen) <= _LONGEST_NAME else f"{seen[: _LONGEST_NAME - 12]}…{seen[-11:]}"


def _shape(headline: Headline) -> str:
    """The mark beside the headline; each tone has a shape of its own, for who does not see colours."""
    return {Headline.SPECIMEN: "specimen", Headline.UNDECIDED: "unknown"}.get(headline, headline.tone)


def _file_rows(checked: CheckedCertificate, file_name: str) -> list[tuple[str, str]]:
    is_shown = checked.content is not None  # number and version stand among the content then
    rows = [
        ("ファイル", f"{file_name}（{_size(checked.size)}）" if file_name else _NAME_NOT_GIVEN),
        ("書かれた保証契約番号", "" if is_shown else _all(checked.numbers)),
        ("書かれた版", "" if is_shown else checked.version_text),
        ("SHA-256", checked.sha256),
        ("確認した日時", era_time(checked.checked_at)),
    ]
    return [(term, value) for term, value in rows if value]


def _slip(checked: CheckedCertificate, file_name: str) -> VerdictSlip:
    verdict, content = checked.verdict, checked.content
    would_be = f"（本物なら「{verdict.would_be.label}」）" if verdict.would_be is not None else ""
    return VerdictSlip(
        checked_at=checked.checked_at,
        headline=f"{verdict.headline.label}{would_be}",
        meaning=verdict.headline.meaning,
        answers=tuple(SlipAnswer(one.question.label, one.answer.label, one.reason) for one in verdict.findings),
        noticed=tuple((one.title, one.text) for one in verdict.diagnoses),
        what_to_do=verdict.what_to_do,
        certificate=_chief_rows(content) if content is not None else (("保証契約番号\n（ファイルの記載）", _all(checked.numbers)),),
        file_name=file_name or _NAME_NOT_GIVEN,
        sha256=checked.sha256,
        verify_address=f"{installation().settings.public_url}{url_for('public.verify')}",
        surety_name="",
        is_specimen=verdict.headline is Headline.SPECIMEN or installation().settings.is_demo,
    )


def _chief_rows(content: CertificateContent) -> tuple[tuple[str, str], ...]:
    rows = dict(certificate_rows(content)) | {"発行日": era_date(content.issued_on)}
    return tuple((term, rows[term]) for term in _CHIEF_TERMS if term in rows)


def _all(numbers: Sequence[str]) -> str:
    more = f"　ほか{len(numbers) - _NUMBERS_SHOWN}件" if len(numbers) > _NUMBERS_SHOWN else ""
    return "、".join(numbers[:_NUMBERS_SHOWN]) + more or "読み取れません"


def _size(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, size // 1024)} KB"


def _sealer() -> URLSafeTimedSerializer:
    secret = current_app.secret_key
    assert secret is not None, "the settings bring one"  # noqa: S101
    return URLSafeTimedSerializer(secret, salt="esurety.verdict-slip", serializer=json)
