"""The example of record (the briefing's, see `domain.md`) as documents, and poppler to read them with."""

import io
import re
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from esurety.domain.authentication_key import AuthenticationKey
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.domain.other_documents import KeyNotice, PremiumLine, PremiumStatement
from esurety.domain.products import CertificateForm, PremiumPaymentMethod, Product
from esurety.domain.yen import Yen

NUMBER = GuaranteeContractNumber.of(101, 2024, 5)
SURETY = {
    "surety_name": "電子保証株式会社",
    "branch_name": "千葉支店",
    "branch_phone": "043-241-6101",
    "branch_hours": "土日祝日・年末年始を除く9:00～17:00",
}

CERTIFICATE = CertificateContent(
    product=Product.ADVANCE_PAYMENT,
    certificate_form=CertificateForm.ELECTRONIC,
    guarantee_contract_number=NUMBER.text,
    version=0,
    issued_on=date(2024, 4, 1),
    obligee_name="長生村",
    obligee_head="長生村長",
    principal_name="ネットデスク建設株式会社",
    principal_address="東京都中央区八丁堀2丁目27番10号",
    principal_representative="代表取締役　保証　太郎",
    works_number="",
    works_name="都営住宅××××× 耐震改修工事",
    works_place="東京都中央区",
    contract_price=Yen(48_600_000),
    contracted_on=date(2024, 4, 1),
    construction_starts_on=date(2024, 4, 1),
    construction_ends_on=date(2024, 9, 30),
    fiscal_year_amount=None,
    previous_advance_amount=None,
    guaranteed_amount=Yen(19_440_000),
    guarantee_starts_on=date(2024, 4, 1),
    guarantee_ends_on=date(2024, 9, 30),
    depository="〇〇銀行　△△支店",
    terms_name="前払金保証約款",
    guarantee_statement="当会社は、上記の工事について保証契約者が前払金を受領したことにより発注者に対して負う債務を、"
    "前払金保証約款及びこの証書に記載するところに従い保証します。",
    surety_address="千葉県千葉市中央区市場町1番1号",
    surety_representative="代表取締役社長　山田　花子",
    is_specimen=False,
    status_id="7K3M9QWX0C4T8VZA",
    status_address="https://hosho.vill.chosei.example.jp/c/7K3M9QWX0C4T8VZA",
    log_origin="hosho.vill.chosei.example.jp/log",
    log_head_size=1_234_567,
    log_head_root="0123456789abcdef" * 4,
    **SURETY,
)

KEY_NOTICE = KeyNotice(
    works_name=CERTIFICATE.works_name,
    contractor_name=CERTIFICATE.principal_name,
    product=Product.ADVANCE_PAYMENT,
    guarantee_contract_number=NUMBER,
    authentication_key=AuthenticationKey("ABCDEF01"),
    dsure_address="https://hosho.vill.chosei.example.jp/dsure/",
    issued_on=date(2024, 4, 1),
    obligee_head="長生村長",
    is_specimen=False,
    **SURETY,
)

PREMIUM_STATEMENT = PremiumStatement(
    works_name=CERTIFICATE.works_name,
    contractor_name=CERTIFICATE.principal_name,
    billing_name=CERTIFICATE.principal_name,
    product=Product.INTERIM_ADVANCE_PAYMENT,
    guarantee_contract_number=NUMBER,
    guaranteed_amount=Yen(10_000_000),
    lines=(PremiumLine("保証金額の全額", Yen(10_000_000), "0.065%", "6,500円"),),
    rounding_text="1円未満は切り捨てます",
    premium=Yen(6_500),
    payment_method=PremiumPaymentMethod.LUMP_MONTHLY,
    tariff_label="例示料率（実際の保証料率ではありません）",
    issued_on=date(2024, 4, 1),
    is_specimen=False,
    **SURETY,
)


@pytest.fixture(name="certificate")
def certificate_of_record() -> CertificateContent:
    return CERTIFICATE


@pytest.fixture(name="key_notice")
def key_notice_of_record() -> KeyNotice:
    return KEY_NOTICE


@pytest.fixture(name="premium_statement")
def premium_statement_of_record() -> PremiumStatement:
    return PREMIUM_STATEMENT


class Poppler:
    """What poppler, which shares no code with our libraries, finds in a PDF."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "read.pdf"

    def _run(self, pdf: bytes, *command: str) -> bytes:
        self._file.write_bytes(pdf)
        return subprocess.run([*command], check=True, capture_output=True).stdout

    def text(self, pdf: bytes) -> str:
        """The text in reading order, without any white space: a name broken into lines is whole again."""
        raw = self._run(pdf, "pdftotext", "-raw", str(self._file), "-").decode()
        return re.sub(r"\s", "", raw)

    def words(self, pdf: bytes) -> list[tuple[float, float, float, float]]:
        """The boxes of the words, in points from the upper left corner: left, top, right, bottom."""
        found = re.findall(
            r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)"',
            self._run(pdf, "pdftotext", "-bbox", str(self._file), "-").decode(),
        )
        return [(float(left), float(top), float(right), float(bottom)) for left, top, right, bottom in found]

    def lines(self, pdf: bytes) -> list[str]:
        return self._run(pdf, "pdftotext", "-raw", str(self._file), "-").decode().split("\n")

    def info(self, pdf: bytes) -> dict[str, str]:
        listed = self._run(pdf, "pdfinfo", "-isodates", str(self._file)).decode().splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in listed)}

    def embedded(self, pdf: bytes) -> dict[str, bool]:
        """Each font's name and whether it is embedded."""
        rows = self._run(pdf, "pdffonts", str(self._file)).decode().splitlines()[2:]
        return {row.split()[0]: row.split()[-5] == "yes" for row in rows}

    def greys(self, pdf: bytes) -> bytes:
        """The pixels of the first page at 50 dpi, one byte each."""
        return self._run(pdf, "pdftoppm", "-r", "50", "-gray", "-singlefile", str(self._file)).split(b"\n", 3)[3]

    def picture(self, pdf: bytes, dots_per_inch: int) -> Image.Image:
        """The first page as a grey scan."""
        return Image.open(io.BytesIO(self._run(pdf, "pdftoppm", "-r", str(dots_per_inch), "-gray", "-singlefile", str(self._file))))


@pytest.fixture
def poppler(tmp_path: Path) -> Poppler:
    return Poppler(tmp_path)


@pytest.fixture
def assert_good_sheet(poppler: Poppler) -> Callable[[bytes], None]:
    """A check that a PDF is one whole A4 sheet: fonts embedded, no ■, every word inside the frame and none over another."""

    def check(pdf: bytes) -> None:
        info = poppler.info(pdf)
        assert info["Pages"] == "1"
        assert "(A4)" in info["Page size"]
        fonts = poppler.embedded(pdf)
        assert fonts
        assert all(fonts.values()), fonts
        assert not {"■", "□", "\ufffd"} & set(poppler.text(pdf))
        words = poppler.words(pdf)
        assert all(left > 28 and right < 567 and top > 24 and bottom < 820 for left, top, right, bottom in words)
        for index, one in enumerate(words):
            for other in words[index + 1 :]:
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] + 1 or other[3] <= one[1] + 1
                assert apart, (one, other)

    return check
