"""The data inside a certificate says what its page says: both read back from the signed file by strangers, over many contents."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esurety.domain.certificate_content import CertificateContent
from esurety.domain.certificate_data import NotCertificateData, certificate_data, content_of_data
from esurety.domain.products import CertificateForm, Product
from esurety.domain.yen import Yen
from tests.documents.conftest import CERTIFICATE
from tests.documents.test_sign_certificate import signed
from tests.pdf_text import pdf_text

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/esurety-certificate-1.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())

_NAMES = st.text(
    st.sampled_from("長生村都営住宅耐震改修工事髙﨑𠮷①㈱株式会社その（）ー・アイウａＢ12３&<>\"'%#"), min_size=1, max_size=40
).map(lambda text: text.strip() or "工事")
_DAYS = st.dates(date(2019, 5, 1), date(2045, 12, 31))
_AMOUNTS = st.integers(1, 10**11 - 1).map(Yen)
_SHARES = st.sampled_from(["66.66%", "33.34%", "50%"])
_MEMBERS = st.lists(st.tuples(_NAMES, _NAMES, _SHARES, st.booleans()), max_size=3).map(tuple)
_NOTES = st.lists(st.tuples(st.sampled_from(["請負金額（総額）", "工期の末日"]), _NAMES, _NAMES), max_size=3).map(tuple)


@st.composite
def contents(draw: st.DrawFn) -> CertificateContent:
    """Any certificate that could be issued electronically, and some that could not."""
    product = draw(st.sampled_from(Product))
    version = draw(st.integers(0, 12))
    members = draw(_MEMBERS)
    content = replace(
        CERTIFICATE,
        product=product,
        version=version,
        replaces_version=version - 1 if version else None,
        change_note=draw(_NOTES) if version else (),
        joint_venture_name=draw(_NAMES) if members else "",
        joint_venture_members=members,
        contract_price=draw(_AMOUNTS),
        fiscal_year_amount=draw(st.none() | _AMOUNTS) if product.is_advance else None,
        previous_advance_amount=draw(_AMOUNTS) if product is Product.INTERIM_ADVANCE_PAYMENT else None,
        guaranteed_amount=draw(_AMOUNTS),
        depository=draw(_NAMES) if product.is_advance else "",
        is_specimen=draw(st.booleans()),
    )
    texts = [
        one.name
        for one in fields(content)
        if one.name.startswith(("obligee", "principal", "works", "surety", "branch", "terms", "guarantee_statement"))
    ]
    days = [one.name for one in fields(content) if one.name.endswith("_on")]
    return replace(content, **{name: draw(_NAMES) for name in texts}, **{name: draw(_DAYS) for name in days})


def attached(pdf: bytes, folder: Path) -> bytes:
    """The data as poppler takes it out of the file."""
    (folder / "file.pdf").write_bytes(pdf)
    subprocess.run(["pdfdetach", "-save", "1", "-o", folder / "data.json", folder / "file.pdf"], check=True)
    return (folder / "data.json").read_bytes()


def _era(day: str) -> str:
    year, month, date_ = day.split("-")
    counted = int(year) - 2018
    return f"令和{'元' if counted == 1 else f'{counted:02}'}年{month}月{date_}日"


def _version(number: int) -> str:
    return f"変更第{number}回" if number else "当初"


def expected_on_the_page(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """For each field of the data, what the page must then read; worked out here from the briefing, not by the product."""
    yield from _always(data)
    yield from _days(data)
    yield from _where_there_is_one(data)
    yield from _tables(data)
    yield from _status_and_log(data)


def _always(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    titles = {"advance_payment": "前払金保証", "interim_advance_payment": "中間前払金保証", "contract_performance": "契約保証"}
    yield "product", f"{titles[data['product']]}証書"
    yield "certificate_form", {"electronic": "電子証書", "paper": "証書(紙)"}[data["certificate_form"]]
    yield "version", _version(data["version"])
    yield "obligee_head", f"{data['obligee_head']}様"
    yield "contract_price", f"請負金額（総額）{data['contract_price']:,}円"
    yield "guaranteed_amount", f"保証金額（総額）{data['guaranteed_amount']:,}円"
    for name, label in (("works_number", "工事番号"), ("works_name", "工事名"), ("works_place", "工事場所"), ("terms_name", "約款名")):
        yield name, f"{label}{data[name] or '―'}"
    for name in (
        "guarantee_contract_number", "principal_name", "principal_address", "principal_representative", "joint_venture_name",
        "guarantee_statement", "surety_name", "surety_address", "surety_representative", "branch_name", "branch_phone", "branch_hours",
    ):  # fmt: skip
        yield name, data[name]


def _days(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "issued_on", _era(data["issued_on"])
    yield "contracted_on", f"契約日{_era(data['contracted_on'])}"
    for label, part in (("工期", "construction"), ("保証期間", "guarantee")):
        both = f"{label}{_era(data[f'{part}_starts_on'])}～{_era(data[f'{part}_ends_on'])}"
        yield f"{part}_starts_on", both
        yield f"{part}_ends_on", both


def _where_there_is_one(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if data["product"] != "contract_performance":
        yield "depository", f"預託金融機関{data['depository'] or '―'}"
    if data["fiscal_year_amount"] is not None:
        yield "fiscal_year_amount", f"今年度対象額{data['fiscal_year_amount']:,}円"
    if data["previous_advance_amount"] is not None:
        yield "previous_advance_amount", f"既前払金額{data['previous_advance_amount']:,}円"
    if data["replaces_version"] is not None:
        yield "replaces_version", f"この証書が代わる版{_version(data['replaces_version'])}の証書"


def _tables(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for note in data["change_note"]:
        yield "change_note", f"{note['label']}：{note['before'] or 'なし'}→{note['after'] or 'なし'}"
    for member in data["joint_venture_members"]:
        first = "・代表者" if member["is_representative"] else ""
        yield "joint_venture_members", f"{member['name']}（出資比率{member['share']}{first}）{member['address']}"


def _status_and_log(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    head = f"公開記録{data['log_origin']}第{data['log_head_size']}件時点{data['log_head_root'][:16]}"
    for name in ("log_origin", "log_head_size", "log_head_root"):
        yield name, head
    yield "status_address", f"確認用アドレス{data['status_address']}"
    yield "status_id", f"/c/{data['status_id']}"


NOT_PRINTED = {"schema", "obligee_name"}  # the page addresses the head (○○長 様)
ONLY_WHERE_THERE_IS_ONE = {
    "depository", "fiscal_year_amount", "previous_advance_amount", "replaces_version", "change_note", "joint_venture_members",
}  # fmt: skip


@given(content=contents())
@settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_the_data_and_the_page_agree_in_every_field(content: CertificateContent, tmp_path: Path) -> None:
    pdf = signed(content)
    read = attached(pdf, tmp_path)
    data = json.loads(read)
    # -layout puts what stands side by side into one line; -raw follows the order in which it was written
    raw = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    page = "".join(raw.split())

    VALIDATOR.validate(data)
    assert content_of_data(read) == content
    expected = list(expected_on_the_page(data))
    for name, text in expected:
        assert "".join(text.split()) in page, name
    assert (page.count("見本") >= 5) == data["is_specimen"]
    assert data.keys() - {name for name, _ in expected} - NOT_PRINTED - ONLY_WHERE_THERE_IS_ONE == {"is_specimen"}


def test_the_schema_knows_exactly_the_fields_of_a_certificate() -> None:
    names = {one.name for one in fields(CertificateContent)}

    assert set(SCHEMA["properties"]) - {"schema"} == names
    assert set(SCHEMA["required"]) == set(SCHEMA["properties"])
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_bytes_are_canonical() -> None:
    """RFC 8785: keys in the order of their code units, no blanks, UTF-8, strings escaped as little as possible."""
    data = certificate_data(replace(CERTIFICATE, works_name='"\\/\b\n\u001f\u007f髙𠮷', is_specimen=True))

    assert b'"works_name":"\\"\\\\/\\b\\n\\u001f\x7f\xe9\xab\x99\xf0\xa0\xae\xb7"' in data
    keys = list(json.loads(data))
    assert keys == sorted(keys)
    assert b'": ' not in data
    assert b'"is_specimen":true' in data


@pytest.mark.parametrize(
    "change",
    [
        {"works_name": 5}, {"works_name": None}, {"version": True}, {"version": "0"}, {"is_specimen": 0}, {"contract_price": 1.5},
        {"contract_price": "48600000"}, {"issued_on": "2024-02-30"}, {"product": "other"}, {"schema": "esurety-certificate-2"},
        {"unknown": 1}, {"change_note": [["a", "b", "c"]]}, {"change_note": [{"label": 1, "before": "", "after": ""}]},
        {"joint_venture_members": [{"name": "a", "address": "b", "share": "c", "is_representative": 1}]}, {"log_head_size": "3"},
    ],
    ids=str,
)  # fmt: skip
def test_data_of_another_form_is_refused_by_us_and_by_the_schema(change: dict[str, object]) -> None:
    plain = json.loads(certificate_data(CERTIFICATE)) | change
    data = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    with pytest.raises(NotCertificateData):
        content_of_data(data)
    assert not VALIDATOR.is_valid(plain)


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"null", b"{}", b"[" * 100_000, certificate_data(CERTIFICATE) + b" "])
def test_what_is_no_data_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(NotCertificateData):
        content_of_data(data)


def test_a_certificate_on_paper_prints_the_same_facts() -> None:
    from esurety.documents.certificate import render_certificate

    page = pdf_text(render_certificate(replace(CERTIFICATE, certificate_form=CertificateForm.PAPER)))

    assert f"確認用アドレス{CERTIFICATE.status_address}" in page
    assert "第1234567件時点0123456789abcdef" in page
