"""What signing adds to a certificate, in CPU time, with the key cached: the issue asks for 25 ms at most."""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from esurety.documents.certificate import render_certificate
from esurety.documents.demo_authority import ensure_demo_identity
from esurety.documents.sign_certificate import sign
from esurety.documents.signing_identity import identity_in
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.certificate_data import certificate_data
from esurety.domain.products import CertificateForm, Product
from esurety.domain.yen import Yen

WANTED_MILLISECONDS = 25
_TIMES = 60
_DAY = date(2024, 4, 1)
_CONTENT = CertificateContent(
    product=Product.ADVANCE_PAYMENT,
    certificate_form=CertificateForm.ELECTRONIC,
    guarantee_contract_number="10124-00005P",
    version=0,
    issued_on=_DAY,
    obligee_name="長生村",
    obligee_head="長生村長",
    principal_name="ネットデスク建設株式会社",
    principal_address="東京都中央区八丁堀2丁目27番10号",
    principal_representative="代表取締役　保証　太郎",
    works_number="",
    works_name="都営住宅××××× 耐震改修工事",
    works_place="東京都中央区",
    contract_price=Yen(48_600_000),
    contracted_on=_DAY,
    construction_starts_on=_DAY,
    construction_ends_on=date(2024, 9, 30),
    fiscal_year_amount=None,
    previous_advance_amount=None,
    guaranteed_amount=Yen(19_440_000),
    guarantee_starts_on=_DAY,
    guarantee_ends_on=date(2024, 9, 30),
    depository="〇〇銀行　△△支店",
    terms_name="前払金保証約款",
    guarantee_statement="当社は、上記の契約について、約款に従い、保証金額を限度として被保証者に対し保証します。",
    surety_name="電子保証株式会社",
    surety_address="千葉県千葉市中央区市場町1番1号",
    surety_representative="代表取締役社長　山田　花子",
    branch_name="千葉支店",
    branch_phone="043-241-6101",
    branch_hours="平日 9:00～17:00",
    is_specimen=True,
    status_id="7K3M9QWX0C4T8VZA",
    status_address="https://hosho.vill.chosei.example.jp/c/7K3M9QWX0C4T8VZA",
    log_origin="hosho.vill.chosei.example.jp/log",
    log_head_size=1_234_567,
    log_head_root="0123456789abcdef" * 4,
)


def milliseconds_of_making() -> dict[str, float]:
    """The median CPU milliseconds of typesetting a certificate, with and without what issue 4 prints on it, and of signing it."""
    plain = replace(_CONTENT, status_id="", status_address="", log_origin="", log_head_size=None, log_head_root="")
    pdf, data, at = render_certificate(_CONTENT), certificate_data(_CONTENT), datetime(2024, 4, 1, 3, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        ensure_demo_identity(Path(folder), 1, _CONTENT.surety_name)
        pair = Path(folder) / "1"
        return {
            "組版（QRコードなし）": _median(lambda: render_certificate(plain)),
            "組版": _median(lambda: render_certificate(_CONTENT)),
            f"データの添付と署名（目標 {WANTED_MILLISECONDS} 以下）": _median(
                lambda: sign(pdf, identity=identity_in(pair), data_json=data, signed_at=at)
            ),
        }


def _median(do: Callable[[], object]) -> float:
    do()  # warm
    spent = []
    for _ in range(_TIMES):
        begun = time.process_time()
        do()
        spent.append((time.process_time() - begun) * 1000)
    return statistics.median(spent)
