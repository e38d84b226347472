"""Papers: asked for by the surety, handed in by the contractor, accepted or asked for again."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from esurety.domain.application_state import ApplicationAct
from esurety.services import hand_in_papers
from tests.documents.test_paper_check import PDF
from tests.example_of_record import REVIEWED_AT
from tests.stage import Stage
from tests.web.page_client import Page, PageClient

NAME = "請負契約書（髙﨑橋）.pdf"


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(REVIEWED_AT)


@pytest.fixture
def asked(clerk: PageClient, stage: Stage) -> int:
    """An application for which the clerk has asked for the contract."""
    application = stage.submit()
    clerk.press(clerk.get(f"/office/applications/{application}"), "書類を依頼する", paper_kind="contract", paper_note="全部のページ")
    return application


def hand_in(
    client: PageClient,
    application: int,
    *,
    content: bytes = PDF,
    name: str = NAME,
    media_type: str = "application/pdf",
    request: str = "1",
    expect: int = 303,
) -> Page:
    """What a browser sends with a file chosen."""
    page = client.get(f"/netdesk/applications/{application}/papers")
    file = FileStorage(io.BytesIO(content), name, content_type=media_type)
    boundary, body = encode_multipart({"csrf_token": client.csrf_token(), "paper_request": request, "paper": file})
    response = client._http.post(page.path, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')
    answer = client._read(response, page.path, [])
    assert answer.status == expect, answer.text[:800]
    if answer.tree is not None:
        client._check("POST", answer, {})
    return answer


def test_a_paper_goes_from_request_to_acceptance(asked: int, clerk: PageClient, contractor: PageClient, stage: Stage) -> None:
    assert contractor.get("/netdesk/").link("書類を提出する") == f"/netdesk/applications/{asked}/papers"
    assert "書類の提出が必要です" in contractor.get(f"/netdesk/applications/{asked}").words
    mail = stage.rows("SELECT subject, body FROM outbox_mails WHERE event LIKE 'papers:%'")
    assert len(mail) == 1
    assert "請負契約書の写し" in mail[0][1]
    assert "全部のページ" in mail[0][1]

    done = contractor.follow(hand_in(contractor, asked))
    assert "確認待ち" in done.words
    assert "書類の提出が必要です" not in contractor.get("/netdesk/").words
    review = clerk.get(f"/office/applications/{asked}")
    taken = clerk.get(review.link("請負契約書（髙﨑橋）.pdf"))
    assert taken.body == PDF
    clerk.press(review, "請負契約書の写しを受領する")

    assert "受領済" in contractor.get(f"/netdesk/applications/{asked}/papers").words
    assert stage.column("SELECT kind FROM events ORDER BY id")[1:] == ["PaperRequested", "PaperHandedIn", "PaperAccepted"]
    assert "保証会社" in contractor.get(f"/netdesk/applications/{asked}").words
    assert "審査 良子" not in contractor.get(f"/netdesk/applications/{asked}").words


def test_a_paper_that_does_not_do_is_asked_for_again(asked: int, clerk: PageClient, contractor: PageClient, stage: Stage) -> None:
    hand_in(contractor, asked)
    review = clerk.get(f"/office/applications/{asked}")

    empty = clerk.press(review, "再提出を依頼する", expect=422)
    assert list(empty.problems.values()) == ["再提出をお願いする理由を入力してください"]
    clerk.press(empty, "再提出を依頼する", reason="3ページ目が欠けています")
    clerk.press(empty, "再提出を依頼する", expect=409, reason="もう一度")

    waiting = contractor.get(f"/netdesk/applications/{asked}/papers")
    assert "3ページ目が欠けています" in waiting.words
    assert "提出待ち" in waiting.words
    assert stage.scalar("SELECT count(*) FROM outbox_mails WHERE event LIKE 'papers:%'") == 2
    hand_in(contractor, asked)
    assert stage.scalar("SELECT count(*) FROM uploaded_papers") == 2


def test_a_file_is_an_attachment_that_nothing_can_run(asked: int, contractor: PageClient) -> None:
    hand_in(contractor, asked)

    answer = contractor.get(f"/netdesk/applications/{asked}/papers/1")

    assert answer.headers["Content-Disposition"].startswith("attachment; filename=\"paper-1.pdf\"; filename*=UTF-8''%E8%AB%8B")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].endswith("; sandbox")
    assert answer.headers["Content-Type"] == "application/pdf"


def test_nobody_else_gets_a_file(asked: int, contractor: PageClient, signed_in: Callable[[str], PageClient], stage: Stage) -> None:
    hand_in(contractor, asked)
    other_application = stage.submit()

    signed_in("contractor2").get(f"/netdesk/applications/{asked}/papers/1", expect=404)
    contractor.get(f"/netdesk/applications/{other_application}/papers/1", expect=404)
    PageClient(stage).get(f"/netdesk/applications/{asked}/papers/1", expect=303)
    contractor.get(f"/office/applications/{asked}/papers/1", expect=404)


def test_files_lie_under_their_hash_for_their_owner_alone(asked: int, contractor: PageClient, stage: Stage) -> None:
    hand_in(contractor, asked)
    hand_in(contractor, asked, name="同じ中身.pdf")

    folder: Path = stage.installation.settings.data_dir / "papers"
    (sha256,) = set(stage.column("SELECT sha256 FROM uploaded_papers"))
    assert (folder / sha256).read_bytes() == PDF
    assert (folder / sha256).stat().st_mode & 0o777 == 0o600
    assert [one.name for one in folder.iterdir() if one.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"name": "契約書.docx"}, "paper", "PDF・JPEG・PNG のいずれかを選んでください"),
        ({"content": b""}, "paper", "中身がありません"),
        ({"content": b"<html>"}, "paper", "合っていません"),
        ({"content": b"%PDF-1.7 half"}, "paper", "壊れている"),
        ({"content": PDF[:9] + b"0" * (10 * 1024 * 1024) + PDF[9:]}, "paper", "10MB以下"),
        ({"name": ""}, "paper", "提出するファイルを選んでください"),
        ({"request": ""}, "paper_request", "どの書類"),
        ({"request": "999"}, "paper_request", "どの書類"),
    ],
)
def test_a_refusal_says_what_to_do_and_keeps_nothing(
    changes: dict[str, object], field: str, says: str, asked: int, contractor: PageClient, stage: Stage
) -> None:
    answer = hand_in(contractor, asked, expect=422, **changes)  # type: ignore[arg-type] # the table names arguments

    assert says in answer.problems[field]
    assert stage.scalar("SELECT count(*) FROM uploaded_papers") == 0


def test_what_is_far_too_large_is_refused_before_it_is_read(asked: int, contractor: PageClient) -> None:
    answer = hand_in(contractor, asked, content=b"0" * (12 * 1024 * 1024), expect=413)

    assert "1個10MB以下" in answer.problems["paper"]
    assert "書類の提出" in answer.words  # the page itself, not a dead end
    contractor.post(f"/netdesk/applications/{asked}/withdraw", {"revision": "0" * 2_000_000}, expect=413)


def test_an_application_has_a_limited_number_of_files(
    asked: int, contractor: PageClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_in_papers, "MOST_PAPERS", 2)
    hand_in(contractor, asked)
    hand_in(contractor, asked)

    assert "20個まで" in hand_in(contractor, asked, expect=422).problems["paper"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("契約\u202efdp.pdf", "契約_fdp.pdf"),
        ("あ" * 300 + ".pdf", "あ" * 110 + "….pdf"),
    ],
)
def test_names_lose_what_could_mislead(name: str, kept: str, asked: int, contractor: PageClient, stage: Stage) -> None:
    hand_in(contractor, asked, name=name)

    assert stage.column("SELECT name FROM uploaded_papers") == [kept]
    contractor.get(f"/netdesk/applications/{asked}/papers/1")


def test_a_photograph_is_taken(asked: int, contractor: PageClient, stage: Stage) -> None:
    kept = io.BytesIO()
    Image.new("RGB", (640, 480), "white").save(kept, "JPEG")

    hand_in(contractor, asked, content=kept.getvalue(), name="IMG_0001.JPG", media_type="image/jpeg")

    assert stage.column("SELECT media_type FROM uploaded_papers") == ["image/jpeg"]


def test_after_the_end_no_paper_is_asked_for_or_taken(asked: int, clerk: PageClient, contractor: PageClient, stage: Stage) -> None:
    page = clerk.get(f"/office/applications/{asked}")
    stage.decide(ApplicationAct.DECLINE, asked, reason="理由")

    hand_in(contractor, asked, expect=409)
    clerk.press(page, "書類を依頼する", expect=409, paper_kind="contract")

    assert stage.scalar("SELECT count(*) FROM uploaded_papers") == 0
    assert "書類の提出が必要です" not in contractor.get("/netdesk/").words


def test_a_request_for_something_else_says_what(clerk: PageClient, stage: Stage) -> None:
    page = clerk.get(f"/office/applications/{stage.submit()}")

    unnamed = clerk.press(page, "書類を依頼する", expect=422, paper_kind="other")
    assert list(unnamed.problems) == ["paper_note"]
    clerk.press(unnamed, "書類を依頼する", paper_note="印鑑証明書")
    clerk.press(page, "書類を依頼する", expect=422, paper_kind="")

    assert stage.column("SELECT note FROM paper_requests") == ["印鑑証明書"]
