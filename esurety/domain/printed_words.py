"""Whether a page that presents itself as a certificate says what the record of that certificate says."""

import re
import unicodedata
from collections.abc import Sequence

from esurety.domain.certificate_content import CertificateContent
from esurety.domain.japanese_calendar import era_date

_SHOWS_A_CERTIFICATE = ("証書", "保証金額", "工事名")
_GUARANTEED = re.compile(r"保証金額\(総額\)([0-9,]+円)")  # as printed; 変更点 says 保証金額 without 総額
_PERIOD = re.compile(r"保証期間(\D\D\d+年\d+月\d+日~\D\D\d+年\d+月\d+日)")
_PRICE = re.compile(r"請負金額\(総額\)([0-9,]+円)")


def says_otherwise(text: str, content: CertificateContent, *, among: Sequence[CertificateContent] | None) -> bool:
    """Whether the text of the pages, without white space, shows a certificate, and not this one.

    What decides a payment must stand there as recorded: parties, works, amounts, end of the guarantee. False where nothing presents
    itself as a certificate. `among`: all certificates that the text shows, if they are known; then no other amount may stand where
    they have theirs. True proves no intent: a program that prints may lose characters; False proves nothing at all.
    """
    said = _plain(text)
    if not all(word in said for word in _SHOWS_A_CERTIFICATE):
        return False
    wanted = (content.works_name, content.principal_name, content.obligee_head, content.guaranteed_amount.text, content.contract_price.text)
    if not all(_plain(one) in said for one in (*wanted, _period(content))):
        return True
    if among is None:
        return False
    guaranteed, prices = {one.guaranteed_amount.text for one in among}, {one.contract_price.text for one in among}
    # 工期 is often the same as 保証期間, so that the right days alone may be those of the works.
    periods = {_plain(_period(one)) for one in among}
    return not all(set(place.findall(said)) <= ours for place, ours in ((_GUARANTEED, guaranteed), (_PRICE, prices), (_PERIOD, periods)))


def _period(content: CertificateContent) -> str:
    return f"{era_date(content.guarantee_starts_on)}～{era_date(content.guarantee_ends_on)}"


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
