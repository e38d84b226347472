"""The verdict on files of ours, on hashes, on numbers; who is shown what; the public status page."""

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from esurety.domain.certificate_status import PublicState
from esurety.domain.diagnosis import Diagnosis
from esurety.domain.guarantee_contract_number import NotAContractNumber
from esurety.domain.verdict import Answer, Headline, Question
from esurety.persistence.database import end_reading
from esurety.services import verify_certificate as service
from esurety.services.hand_out_documents import key_notice
from esurety.services.installation import Installation
from esurety.services.read_certificate_status import certificate_status
from esurety.services.read_contracts import find_contract
from esurety.services.verify_certificate import CheckedCertificate, NotASha256, NothingToVerify, read_sha256, verify_certificate
from tests.example_of_record import ISSUED_AT, on_paper
from tests.stage import Stage

pytestmark = pytest.mark.usefixtures("in_context")
AT = ISSUED_AT + timedelta(days=1)
Verify = Callable[..., CheckedCertificate]


def file_of(stage: Stage, number: str, version: int = 0) -> bytes:
    return bytes(
        stage.scalar(
            "SELECT f.pdf FROM certificate_files f JOIN certificate_versions v ON v.file_sha256 = f.sha256"
            " JOIN guarantee_contracts g ON g.id = v.contract_id WHERE g.number = :number AND v.version = :version",
            number=number,
            version=version,
        )
    )


def column_of(stage: Stage, column: str, number: str, version: int = 0) -> str:
    return str(
        stage.scalar(
            f"SELECT v.{column} FROM certificate_versions v JOIN guarantee_contracts g ON g.id = v.contract_id"
            " WHERE g.number = :number AND v.version = :version",
            number=number,
            version=version,
        )
    )


@pytest.fixture
def verify(installation: Installation) -> Verify:
    def check(file: bytes | None = None, **more: object) -> CheckedCertificate:
        return verify_certificate(**({"at": AT, "installation": installation, "file": file} | more))  # type: ignore[arg-type]

    return check


def test_an_issued_certificate_is_valid_and_shown(stage: Stage, verify: Verify) -> None:
    number = stage.issued().number
    before = stage.census()

    checked = verify(file_of(stage, number))

    assert checked.verdict.headline is Headline.VALID
    assert [one.answer for one in checked.verdict.findings] == [Answer.PASS] * 3
    assert checked.numbers == (number,)
    assert checked.content is not None
    assert checked.content.guaranteed_amount.text == "19,440,000円"
    assert stage.census() == before, "nothing is stored"


def test_of_the_hash_alone_no_more_is_said_than_that_it_is_on_record(stage: Stage, verify: Verify) -> None:
    number = stage.issued().number
    sha256 = column_of(stage, "file_sha256", number)

    typed = verify(sha256=f"SHA256: {sha256.upper()}")
    assert (typed.verdict.headline, typed.content) == (Headline.ON_RECORD, None)
    assert {one.answer for one in typed.verdict.findings} == {Answer.UNKNOWN}
    unknown = verify(sha256="0" * 64)
    assert (unknown.verdict.headline, unknown.verdict.diagnoses) == (Headline.UNREGISTERED, (Diagnosis.ONLY_THE_HASH,))


@pytest.mark.parametrize("typed", ["abc", "g" * 64, "0" * 63, "0" * 65])
def test_what_is_no_sha256_is_refused(typed: str) -> None:
    with pytest.raises(NotASha256):
        read_sha256(typed)


def test_a_sha256_is_read_as_people_paste_it() -> None:
    assert read_sha256("ＡＢ CD:ef-01 " + "0" * 56) == "abcdef01" + "0" * 56


def test_nothing_to_verify_and_a_wrong_number_are_refused(stage: Stage, verify: Verify) -> None:
    with pytest.raises(NothingToVerify):
        verify()
    with pytest.raises(NotAContractNumber):
        verify(file_of(stage, stage.issued().number), asked_number="12345-67890Z")


def test_a_cancelled_and_an_expired_contract_are_told(stage: Stage, verify: Verify) -> None:
    number = stage.issued().number
    pdf = file_of(stage, number)

    assert verify(pdf, at=ISSUED_AT + timedelta(days=400)).verdict.headline is Headline.EXPIRED
    stage.cancel(number, on=date(2024, 4, 2), at=AT)
    cancelled = verify(pdf)

    assert cancelled.verdict.headline is Headline.CANCELLED
    assert "令和06年04月02日に解約されました" in cancelled.verdict.findings[1].reason


def test_an_older_version_is_told(stage: Stage, verify: Verify) -> None:
    number = stage.issued().number
    pdf = file_of(stage, number)

    stage.change("UPDATE guarantee_contracts SET current_version = 1 WHERE number = :number", number=number)
    older = verify(pdf)

    assert (older.verdict.headline, older.verdict.diagnoses) == (Headline.OLDER_VERSION, (Diagnosis.OLDER_VERSION,))
    assert "最新の版は「変更第1回」" in older.verdict.findings[1].reason


def test_a_right_that_the_issuer_did_not_have_is_noticed(stage: Stage, verify: Verify) -> None:
    number = stage.issued().number
    stage.change("UPDATE issuing_authorities SET up_to = 1000")

    checked = verify(file_of(stage, number))

    assert (checked.verdict.headline, checked.verdict.diagnoses) == (Headline.UNDECIDED, (Diagnosis.NO_RIGHT,))
    assert checked.verdict.answer(Question.AUTHORISED) is Answer.UNKNOWN


def test_a_forgery_that_somebody_put_into_the_register_is_not_valid(stage: Stage, verify: Verify) -> None:
    """With all rights in the database, but neither the surety's key nor the log's."""
    number = stage.issued().number
    forgery = b"%PDF-1.7 twice the amount"
    sha256 = hashlib.sha256(forgery).hexdigest()
    stage.change("INSERT INTO certificate_files (sha256, pdf) VALUES (:sha256, :pdf)", sha256=sha256, pdf=forgery)
    stage.change("UPDATE certificate_versions SET file_sha256 = :sha256, signed_at = NULL", sha256=sha256)

    for checked in (verify(forgery), verify(sha256=sha256)):
        assert (checked.verdict.headline, checked.verdict.diagnoses) == (Headline.UNDECIDED, (Diagnosis.RECORDS_DISAGREE,))
        assert checked.content is None
    assert number in checked.numbers


@pytest.mark.parametrize(
    "altered",
    [
        "UPDATE certificate_versions SET content = replace(content, '19440000', '38880000')",
        "UPDATE guarantee_contracts SET guarantee_ends_on = '2034-09-30'",
    ],
    ids=["台帳の金額", "台帳の保証期間"],
)
def test_records_that_are_not_what_was_signed_are_not_believed(
    stage: Stage, verify: Verify, altered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = stage.issued().number
    pdf = file_of(stage, number)
    stage.change(altered)
    alarms: list[str] = []
    monkeypatch.setattr(service, "_log", SimpleNamespace(error=lambda what, **_more: alarms.append(what)))

    checked = verify(pdf)

    assert (checked.verdict.headline, checked.content) == (Headline.UNDECIDED, None)
    assert alarms == ["records_disagree"]


def test_a_cancellation_that_the_log_knows_cannot_be_taken_back_in_the_records(stage: Stage, verify: Verify) -> None:
    number = stage.issued().number
    stage.cancel(number, on=date(2024, 4, 2), at=AT)
    stage.change("UPDATE guarantee_contracts SET cancelled_on = NULL")

    assert verify(file_of(stage, number)).verdict.diagnoses == (Diagnosis.RECORDS_DISAGREE,)


def test_a_head_under_another_key_proves_nothing(stage: Stage, verify: Verify, tamper: Callable[..., None]) -> None:
    number = stage.issued().number
    tamper("UPDATE log_checkpoints SET note = replace(note, '— ', '— x')")

    assert verify(file_of(stage, number)).verdict.diagnoses == (Diagnosis.RECORDS_DISAGREE,)


def test_the_file_of_a_paper_certificate_is_a_copy(stage: Stage, verify: Verify) -> None:
    number = stage.issued(**on_paper()).number

    checked = verify(file_of(stage, number))

    assert (checked.verdict.headline, checked.verdict.diagnoses) == (Headline.COPY, (Diagnosis.PAPER_ORIGINAL,))


def test_a_key_notice_is_named_and_its_key_goes_no_further(stage: Stage, installation: Installation, verify: Verify) -> None:
    number = stage.issued().number
    contractor = stage.person("netdesk")
    notice = key_notice(account=contractor, contract=find_contract(contractor, number), at=AT, installation=installation)

    checked = verify(notice)

    assert (checked.verdict.headline, checked.verdict.diagnoses) == (Headline.UNDECIDED, (Diagnosis.KEY_NOTICE,))
    assert checked.numbers == (number,)
    assert stage.key_of(number) not in repr(checked)


def test_another_number_than_the_files_is_another_certificate(stage: Stage, verify: Verify) -> None:
    one, other = stage.issued().number, stage.issued(works_name="別の工事").number

    assert verify(file_of(stage, one), asked_number=other).verdict.headline is Headline.OTHER
    assert verify(file_of(stage, one), asked_number=one.replace("-", "－").lower()).verdict.headline is Headline.VALID


def test_a_prepared_certificate_is_not_known_to_anybody(stage: Stage, verify: Verify) -> None:
    number = stage.issued().number
    sha256, status_id = column_of(stage, "file_sha256", number), column_of(stage, "status_id", number)
    stage.change("UPDATE guarantee_contracts SET issued_at = NULL")

    assert verify(sha256=sha256).verdict.headline is Headline.UNREGISTERED
    assert certificate_status(status_id, today=date(2024, 4, 2)).state is PublicState.UNKNOWN


def test_the_status_page_knows_each_state(stage: Stage) -> None:
    number = stage.issued().number
    status_id = column_of(stage, "status_id", number)
    today = date(2024, 4, 2)

    def state(day: date = today) -> PublicState:
        end_reading()  # as another request would
        return certificate_status(status_id, today=day).state

    good = certificate_status(status_id.lower(), today=today)
    assert (good.state, good.issued_on, good.surety_name) == (PublicState.IN_FORCE, date(2024, 4, 1), "見本建設業保証株式会社")
    assert state(date(2024, 10, 1)) is PublicState.EXPIRED
    stage.change("UPDATE guarantee_contracts SET current_version = 1")
    assert state() is PublicState.CHANGED
    stage.change("UPDATE guarantee_contracts SET cancelled_on = '2024-04-02'")
    assert state() is PublicState.CANCELLED


@pytest.mark.parametrize("typed", ["", "0" * 16, "0" * 15, "../../etc/passwd", "％" * 16])
def test_any_other_id_is_of_nothing(typed: str, stage: Stage) -> None:
    assert certificate_status(typed, today=date(2024, 4, 2)).state is PublicState.UNKNOWN
