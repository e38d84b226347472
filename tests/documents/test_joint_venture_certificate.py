"""共同企業体 on the certificate: the venture, its representative, every member with its share, still on one sheet."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from esurety.documents.certificate import render_certificate
from esurety.domain.certificate_content import CertificateContent

SHARES = ("33.34%", "33.33%", "11.11%", "11.11%", "11.11%", *["0.01%"] * 5)


def led(certificate: CertificateContent, name: str, address: str, members: int = 5) -> CertificateContent:
    return replace(
        certificate,
        joint_venture_name=f"{name}特定建設工事共同企業体",
        principal_name=f"{name}1",
        joint_venture_members=tuple((f"{name}{at}", f"{address}{at}番", SHARES[at - 1], at == 1) for at in range(1, members + 1)),
    )


@pytest.mark.parametrize(
    "printed",
    [
        "髙﨑建設特定建設工事共同企業体代表者東京都中央区八丁堀2丁目27番10号髙﨑建設1",
        "髙﨑建設1（出資比率33.34%・代表者）千葉県長生村1番",
        "髙﨑建設5（出資比率11.11%）千葉県長生村5番",
    ],
)
def test_the_venture_and_all_members_are_printed(certificate: CertificateContent, poppler, printed: str) -> None:
    content = led(certificate, "髙﨑建設", "千葉県長生村")

    assert printed in poppler.text(render_certificate(content))


def test_five_members_with_long_names_stay_on_one_good_sheet(
    certificate: CertificateContent, assert_good_sheet: Callable[[bytes], None]
) -> None:
    assert_good_sheet(render_certificate(led(certificate, "株式会社長生地域総合建設" * 3, "千葉県長生郡長生村本郷大字" * 3)))


def test_ten_members_the_most_there_can_be_stay_on_one_good_sheet(
    certificate: CertificateContent, assert_good_sheet: Callable[[bytes], None]
) -> None:
    assert_good_sheet(render_certificate(led(certificate, "株式会社長生地域総合建設", "千葉県長生郡長生村本郷大字本郷", members=10)))


def test_a_single_company_has_no_row_of_members(certificate: CertificateContent, poppler) -> None:
    assert "構成員" not in poppler.text(render_certificate(certificate))
