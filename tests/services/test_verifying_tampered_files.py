"""The tamper corpus: twenty certificates, each changed in every way of `tests/tampering.py`; none is accepted, each kind is named."""

import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import pem
from lxml import html

from esurety.documents.demo_authority import ensure_demo_identity
from esurety.documents.examine_file import examine
from esurety.documents.html_to_pdf import pdf_of
from esurety.documents.signing_identity import SigningIdentity, identity_in
from esurety.documents.verdict_slip import render_verdict_slip
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.diagnosis import ASK_SURETY, DO_NOT_USE, Diagnosis
from esurety.domain.file_facts import FileFacts, SignerTrust
from esurety.domain.judge_certificate import judge
from esurety.domain.verdict import Answer, Headline, Question
from esurety.domain.yen import Yen
from esurety.services import verify_certificate
from esurety.services.verify_certificate import CheckedCertificate
from esurety.web import create_app
from esurety.web.verdict_page import _slip
from tests import tampering
from tests.conftest import let_go, settings_for
from tests.example_of_record import ISSUED_AT, RARE_WORKS_NAME, with_performance
from tests.signing import signing_folder, the_root
from tests.stage import Stage
from tests.tampering import GoodFile, Tampering

CERTIFICATES = 20
AT = ISSUED_AT + timedelta(days=1)
FLIPS = 300


@dataclass(frozen=True)
class Town:
    """An installation with twenty issued certificates."""

    stage: Stage
    good: list[GoodFile]

    def verdict(self, file: bytes, *, asked: str = "", at: datetime = AT) -> CheckedCertificate:
        with self.stage.context(), pytest.MonkeyPatch.context() as patched:
            patched.setattr(verify_certificate, "examine_apart", _examine_here)
            return verify_certificate.verify_certificate(at=at, installation=self.stage.installation, file=file, asked_number=asked)


def _examine_here(content: bytes, *, signing_dir: Path, public_urls: tuple[str, ...], **_more: object) -> FileFacts:
    """In this process, which is faster; tests/documents/test_examination_process.py looks at the other one."""
    return examine(content, signing_dir, public_urls)


@pytest.fixture(scope="module")
def town(settled_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    shutil.copy(settled_sqlite, folder / "town.sqlite3")
    app = create_app(settings_for(f"sqlite:///{folder / 'town.sqlite3'}", folder / "data"))
    stage = Stage(app)
    for at in range(CERTIFICATES // 2):
        name = RARE_WORKS_NAME if at == 0 else f"村道{at}号線 道路改良工事"
        stage.issued(**with_performance(), works_name=name)
    rows = stage.rows("SELECT v.content, f.pdf FROM certificate_versions v JOIN certificate_files f ON f.sha256 = v.file_sha256")
    yield Town(stage, [GoodFile(bytes(pdf), CertificateContent.from_json(content)) for content, pdf in rows])
    let_go(app)


KINDS: list[tuple[Tampering, Headline, Diagnosis]] = [
    (tampering.re_saved, Headline.COPY, Diagnosis.RE_SAVED),
    (tampering.cleaned, Headline.COPY, Diagnosis.RE_SAVED),
    (tampering.printed_to_pdf, Headline.COPY, Diagnosis.PRINTED_TO_PDF),
    (tampering.scanned, Headline.COPY, Diagnosis.PRINTED_AND_SCANNED),
    (tampering.merged, Headline.COPY, Diagnosis.MERGED),
    (tampering.merged_behind, Headline.COPY, Diagnosis.MERGED),
    (tampering.screen_shot, Headline.COPY, Diagnosis.IMAGE),
    (tampering.annotated, Headline.ALTERED, Diagnosis.ANNOTATED),
    (tampering.appended, Headline.ALTERED, Diagnosis.APPENDED_BYTES),
    (tampering.overlaid, Headline.ALTERED, Diagnosis.CHANGED_AFTER_SIGNING),
    (tampering.edited_data, Headline.ALTERED, Diagnosis.EDITED),
    (tampering.stripped, Headline.ALTERED, Diagnosis.SIGNATURE_STRIPPED),
    (tampering.stripped_with_fields, Headline.ALTERED, Diagnosis.SIGNATURE_STRIPPED),
    (tampering.range_shortened, Headline.ALTERED, Diagnosis.EDITED),
    (tampering.range_with_another_gap, Headline.ALTERED, Diagnosis.EDITED),
    (tampering.range_outside, Headline.ALTERED, Diagnosis.EDITED),
    (tampering.printed_with_another_amount, Headline.ALTERED, Diagnosis.WORDS_DIFFER),
    (tampering.printed_with_another_end, Headline.ALTERED, Diagnosis.WORDS_DIFFER),
    (tampering.leading_elsewhere, Headline.ALTERED, Diagnosis.FOREIGN_ADDRESS),
    (tampering.with_key_notice, Headline.COPY, Diagnosis.MERGED),
    (tampering.twice, Headline.COPY, Diagnosis.MERGED),
    (tampering.with_application, Headline.COPY, Diagnosis.MERGED),
    (tampering.with_script, Headline.ALTERED, Diagnosis.SCRIPTS),
    (tampering.forged_with_real_number, Headline.UNREGISTERED, Diagnosis.FORGED),
    (tampering.forged_with_invented_number, Headline.UNREGISTERED, Diagnosis.UNKNOWN_SIGNER),
    (tampering.unsigned_invention, Headline.UNREGISTERED, Diagnosis.UNKNOWN_NUMBER),
    (tampering.truncated, Headline.UNDECIDED, Diagnosis.BROKEN),
    (tampering.encrypted, Headline.UNDECIDED, Diagnosis.ENCRYPTED),
]


def test_the_corpus_is_as_large_as_was_promised(town: Town) -> None:
    assert len({one.content.guarantee_contract_number for one in town.good}) == CERTIFICATES
    assert len({diagnosis for _, _, diagnosis in KINDS}) >= 14
    assert all(town.verdict(one.pdf).verdict.headline is Headline.VALID for one in town.good)


@pytest.mark.parametrize(("tamper", "headline", "diagnosis"), KINDS, ids=[kind.__name__ for kind, _, _ in KINDS])
def test_no_tampered_file_is_accepted_and_each_kind_is_named(
    town: Town, tamper: Tampering, headline: Headline, diagnosis: Diagnosis
) -> None:
    outcomes = [town.verdict(tamper(one)) for one in town.good]

    assert {(one.verdict.headline, one.verdict.diagnoses[0]) for one in outcomes} == {(headline, diagnosis)}
    assert all(one.content is None for one in outcomes), "names and amounts are for who holds the file unaltered"
    assert not [one for one in outcomes if one.verdict.answer(Question.IN_FORCE) is Answer.PASS]
    assert not [one for one in outcomes if one.verdict.answer(Question.AUTHORISED) is Answer.PASS]


@pytest.mark.parametrize("tamper", [kind for kind, headline, _ in KINDS if headline is Headline.COPY], ids=lambda kind: kind.__name__)
def test_from_a_copy_the_number_is_recovered(town: Town, tamper: Tampering) -> None:
    for one in town.good[:4]:
        assert one.content.guarantee_contract_number in town.verdict(tamper(one)).numbers


def test_a_key_in_a_bundle_is_warned_of_and_goes_no_further(town: Town) -> None:
    outcome = town.verdict(tampering.with_key_notice(town.good[0]))

    assert outcome.verdict.diagnoses == (Diagnosis.MERGED, Diagnosis.KEY_INSIDE)
    assert "ABCD1234" not in repr(outcome)


def test_two_certificates_in_one_file_are_a_bundle(town: Town) -> None:
    outcome = town.verdict(tampering._one_file(town.good[0].pdf, town.good[1].pdf))

    assert (outcome.verdict.headline, outcome.verdict.diagnoses) == (Headline.COPY, (Diagnosis.MERGED,))


def test_a_forged_page_is_not_told_that_the_guarantee_is_good(town: Town) -> None:
    for tamper in (tampering.printed_with_another_amount, tampering.leading_elsewhere):
        verdict = town.verdict(tamper(town.good[0])).verdict

        assert verdict.answer(Question.INTACT) is Answer.FAIL or verdict.headline is Headline.UNREGISTERED
        assert not [one for one in verdict.findings if "解約されていません" in one.reason]
        assert DO_NOT_USE in verdict.what_to_do
        assert ASK_SURETY in verdict.what_to_do


def test_our_own_slip_and_status_page_are_no_certificates(town: Town) -> None:
    one, client = town.good[0], town.stage.app.test_client()
    page = client.get(f"/c/{one.content.status_id}").get_data(as_text=True)
    words = " ".join(html.fromstring(page.encode("utf-8")).xpath("//main")[0].text_content().split())
    printed = pdf_of(f"<html><body><p>{words}</p><p>{one.content.status_address}</p></body></html>", made_on=date(2024, 4, 2))
    with town.stage.app.test_request_context():
        slip = render_verdict_slip(_slip(town.verdict(one.pdf), ""))

    for file, diagnosis in ((printed, Diagnosis.STATUS_PRINT), (slip, Diagnosis.VERDICT_SLIP)):
        outcome = town.verdict(file).verdict
        assert (outcome.headline, outcome.diagnoses) == (Headline.UNDECIDED, (diagnosis,))


def test_what_a_virtual_printer_makes_is_a_copy(town: Town, tmp_path: Path) -> None:
    (tmp_path / "good.pdf").write_bytes(town.good[0].pdf)
    subprocess.run(["pdftocairo", "-pdf", str(tmp_path / "good.pdf"), str(tmp_path / "printed.pdf")], check=True)

    printed = town.verdict((tmp_path / "printed.pdf").read_bytes())

    assert (printed.verdict.headline, printed.verdict.diagnoses) == (Headline.COPY, (Diagnosis.PRINTED_TO_PDF,))
    assert printed.numbers == (town.good[0].content.guarantee_contract_number,)


def test_no_file_with_one_bit_flipped_is_accepted(town: Town) -> None:
    chance = random.Random(20261123)  # noqa: S311 - the same flips in every run
    outcomes = []
    for at in range(FLIPS):
        pdf = bytearray(town.good[at % CERTIFICATES].pdf)
        pdf[chance.randrange(len(pdf))] ^= 1 << chance.randrange(8)
        outcomes.append(town.verdict(bytes(pdf)).verdict)

    assert {one.headline for one in outcomes} <= {Headline.ALTERED, Headline.COPY, Headline.UNREGISTERED, Headline.UNDECIDED}
    assert all(one.answer(Question.INTACT) is not Answer.PASS for one in outcomes)


def _key(folder: Path, name: str) -> SigningIdentity:
    ensure_demo_identity(folder, 1, name)
    return identity_in(folder / "1")


def test_a_file_signed_by_our_demonstration_is_a_specimen(town: Town, tmp_path: Path) -> None:
    one = town.good[0]
    key = _key(tmp_path, one.content.surety_name)

    facts = examine(tampering.signed(one.content, key), tmp_path, (town.stage.installation.settings.public_url,))

    assert facts.signer is SignerTrust.DEMO
    verdict = judge(facts, None, today=date(2024, 4, 2))
    assert (verdict.headline, verdict.diagnoses) == (Headline.SPECIMEN, (Diagnosis.DEMO_KEY,))
    assert Answer.PASS not in {finding.answer for finding in verdict.findings}


def test_a_name_that_says_specimen_is_an_unknown_signer_like_any_other(town: Town, tmp_path: Path) -> None:
    for one in town.good[:3]:
        outcome = town.verdict(tampering.signed(one.content, _key(tmp_path, one.content.surety_name))).verdict

        assert (outcome.headline, outcome.diagnoses[0]) == (Headline.UNREGISTERED, Diagnosis.FORGED)
        assert Answer.PASS not in {finding.answer for finding in outcome.findings}


def test_another_customer_of_the_same_public_authority_is_no_surety(town: Town) -> None:
    one = town.good[0]
    neighbour = tampering.identity_of(the_root(), one.content.surety_name)

    outcome = town.verdict(tampering.signed(one.content, neighbour)).verdict

    assert (outcome.headline, outcome.diagnoses[0]) == (Headline.UNREGISTERED, Diagnosis.FORGED)


def test_another_file_under_the_suretys_own_key_is_not_the_one_that_was_issued(town: Town) -> None:
    one = town.good[0]
    twice = replace(one.content, guaranteed_amount=Yen(one.content.guaranteed_amount * 2))

    outcome = town.verdict(tampering.signed(twice, identity_in(signing_folder() / "1"))).verdict

    assert (outcome.headline, outcome.diagnoses) == (Headline.ALTERED, (Diagnosis.NOT_THE_STORED_FILE,))


def test_a_key_used_outside_its_period_proves_nothing(town: Town) -> None:
    """One that the surety has laid aside, so that its certificate is known."""
    expired = tampering.identity_of(
        the_root(), "電子保証株式会社", valid_from=datetime(2021, 1, 1, tzinfo=UTC), valid_until=datetime(2023, 1, 1, tzinfo=UTC)
    )
    pdf = tampering.signed_although_expired(town.good[0].content, expired, tampering.SIGNED_AT)
    laid_aside = signing_folder() / "former" / "1-expired"
    laid_aside.mkdir(parents=True)
    (laid_aside / "certificate.pem").write_bytes(pem.armor("CERTIFICATE", expired.certificate.dump()))
    try:
        outcome = town.verdict(pdf).verdict
    finally:
        shutil.rmtree(laid_aside)

    assert (outcome.headline, outcome.diagnoses) == (Headline.UNDECIDED, (Diagnosis.KEY_NOT_VALID_THEN,))
    assert town.verdict(pdf).verdict.diagnoses[0] is Diagnosis.FORGED


def test_a_file_of_another_certificate_is_not_the_one_asked_for(town: Town) -> None:
    numbers = [one.content.guarantee_contract_number for one in town.good]
    for one, other in zip(town.good, numbers[1:] + numbers[:1], strict=True):
        outcome = town.verdict(one.pdf, asked=other).verdict

        assert (outcome.headline, outcome.diagnoses[0]) == (Headline.OTHER, Diagnosis.OTHER_CERTIFICATE)


def test_the_reference_print_of_dsure_is_a_screen_print(town: Town) -> None:
    for one in town.good[:3]:
        number = one.content.guarantee_contract_number
        page = f"<html><body><h1>参考印刷　電子証書の確認</h1><p>保証契約番号　{number}</p></body></html>"
        outcome = town.verdict(pdf_of(page, made_on=date(2024, 4, 2))).verdict

        assert (outcome.headline, outcome.diagnoses) == (Headline.COPY, (Diagnosis.SCREEN_PRINT,))


def test_a_number_alone_tells_nothing_of_the_guarantee(town: Town) -> None:
    number = town.good[0].content.guarantee_contract_number
    page = f"<html><body><p>保証契約番号　{number}</p></body></html>"

    outcome = town.verdict(pdf_of(page, made_on=date(2024, 4, 2)))

    assert outcome.verdict.headline is Headline.COPY
    assert "番号だけでは" in outcome.verdict.findings[1].reason
    assert outcome.version_text == ""


def test_a_copy_with_another_amount_is_not_told_that_the_guarantee_is_good(town: Town) -> None:
    one = town.good[0]
    higher = replace(one.content, guaranteed_amount=Yen(one.content.guaranteed_amount * 2), status_address="", status_id="")

    outcome = town.verdict(tampering.render_certificate(higher)).verdict

    assert outcome.headline is Headline.UNREGISTERED
    assert outcome == town.verdict(tampering.unsigned_invention(one)).verdict, "whether there is such a number is nobody's to guess"


def test_number_and_words_without_the_address_do_not_tell_how_the_guarantee_stands(town: Town) -> None:
    page = tampering.render_certificate(replace(town.good[1].content, status_address="", status_id=""))

    outcome = town.verdict(page).verdict

    assert outcome.headline is Headline.COPY
    assert "番号と内容だけでは、いまの状態をお答えできません" in outcome.findings[1].reason


def test_a_bare_number_is_answered_alike_whether_it_exists_or_not(town: Town) -> None:
    real, invented = town.good[0].content.guarantee_contract_number, "99999-00005M"
    pages = [pdf_of(f"<html><body><p>保証契約番号　{number}</p></body></html>", made_on=date(2024, 4, 2)) for number in (real, invented)]

    assert town.verdict(pages[0]).verdict == town.verdict(pages[1]).verdict
