"""/verify and /c/<id>: the pages that anybody may use to check a certificate."""

import io
import re
import threading
from typing import Any

import pytest
import time_machine

from esurety.documents import examination_process
from esurety.documents.demo_authority import ensure_demo_identity
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.file_facts import LARGEST_FILE, FileFacts, Reading
from esurety.services import verify_certificate
from tests.example_of_record import ISSUED_AT, OPENED_AT, RARE_COMPANY, RARE_WORKS_NAME
from tests.pdf_text import pdf_text
from tests.stage import Stage
from tests.tampering import GoodFile, annotated
from tests.web.page_client import Page, PageClient

CONTENT_WORDS = ("ネットデスク建設株式会社", "19,440,000", "48,600,000", "都営住宅")


@pytest.fixture(autouse=True)
def day_after(clock: time_machine.Traveller) -> None:
    clock.move_to(OPENED_AT)


def stored_file(stage: Stage) -> bytes:
    return bytes(stage.scalar("SELECT pdf FROM certificate_files"))


def send(client: PageClient, content: bytes | None, *, name: str = "証書.pdf", expect: int = 200, **fields: str) -> Page:
    data: dict[str, Any] = dict(fields)
    if content is not None:
        data["certificate"] = (io.BytesIO(content), name)
    return client.post("/verify", data, expect=expect)


def send_much(client: PageClient, content: bytes) -> tuple[int, str]:
    """A large file, as bytes: the test client would keep a temporary file open for what it encodes itself."""
    token = client.csrf_token()
    part = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    body = part % (b"csrf_token", b"", token.encode()) + part % (b"certificate", b'; filename="a.pdf"', content) + b"--x--\r\n"
    answer = client._http.post("/verify", data=body, content_type="multipart/form-data; boundary=x")
    return answer.status_code, answer.get_data(as_text=True)


def headline(page: Page) -> str:
    return " ".join(page.dom.xpath("//*[@id='headline']")[0].text_content().split())


def answers(page: Page) -> list[str]:
    return [one.text_content().strip() for one in page.dom.xpath("//dd[contains(@class, 'verdict-answers__answer')]")]


def test_the_page_needs_no_account_and_takes_one_file(client: PageClient) -> None:
    page = client.get("/verify")

    (file,) = page.dom.xpath("//input[@type='file']")
    assert file.get("name") == "certificate"
    assert page.form("確かめる").get("enctype") == "multipart/form-data"
    assert "認証キーも要りません" in page.words


def test_a_good_file_reads_valid_with_three_answers_and_its_content(stage: Stage, client: PageClient) -> None:
    number = stage.issued(at=ISSUED_AT).number
    before = stage.census()

    page = send(client, stored_file(stage))

    assert page.title.startswith("有効（現行）")
    assert headline(page) == "有効（現行）"
    assert answers(page) == ["はい", "はい", "はい"]
    assert page.rows()["保証契約番号"] == number
    assert page.rows()["保証金額（総額）"].startswith("19,440,000円")
    assert "次にすること" in page.words
    assert page.dom.xpath("//section[contains(@class, 'verdict--success')]//*[local-name()='svg']"), "a shape, not a colour alone"
    assert stage.census() == before


def test_a_tampered_file_shows_no_name_and_no_amount(stage: Stage, client: PageClient) -> None:
    stage.issued()
    content = CertificateContent.from_json(stage.scalar("SELECT content FROM certificate_versions"))

    page = send(client, annotated(GoodFile(stored_file(stage), content)))

    assert headline(page) == "改変あり"
    assert "書き込みがあります" in page.words
    assert "はい" not in answers(page)
    assert not [word for word in CONTENT_WORDS if word in page.words]
    assert not page.dom.xpath("//*[contains(@class, 'success')]"), "nothing green for what is not ours as it stands"


def test_an_unknown_file_shows_nothing_green(stage: Stage, client: PageClient) -> None:
    page = send(client, b"no certificate at all", name="メモ.txt")

    assert headline(page) == "判定不能"
    assert "PDF ではありません" in page.words
    assert page.rows()["ファイル"].startswith("メモ.txt")
    assert not page.dom.xpath("//*[contains(@class, 'success')]")


def test_another_number_than_expected_is_said(stage: Stage, client: PageClient) -> None:
    stage.issued()

    page = send(client, stored_file(stage), guarantee_contract_number="99999-00005M")

    assert headline(page) == "別の証書"


def test_the_hash_alone_is_checked_too(stage: Stage, client: PageClient) -> None:
    stage.issued()
    sha256 = stage.scalar("SELECT sha256 FROM certificate_files")

    page = send(client, None, sha256=f"  {sha256.upper()} ")

    assert headline(page) == "この値の証書は登録にあります（ファイルは調べていません）"
    assert answers(page) == ["確かめられません"] * 3
    assert not [word for word in CONTENT_WORDS if word in page.words]
    assert not page.dom.xpath("//*[contains(@class, 'success')]")
    assert "SHA-256 の値だけ" in page.rows()["ファイル"]


@pytest.mark.parametrize(
    ("fields", "field", "kept"),
    [
        ({}, "certificate", {}),
        ({"sha256": "abc", "guarantee_contract_number": "99999-00005M"}, "sha256", {"guarantee_contract_number": "99999-00005M"}),
        ({"guarantee_contract_number": "12-3", "sha256": "0" * 64}, "guarantee_contract_number", {"sha256": "0" * 64}),
    ],
    ids=["何もない", "SHA-256 ではない", "番号ではない"],
)
def test_a_form_that_cannot_be_used_says_what_to_do(client: PageClient, fields: dict[str, str], field: str, kept: dict[str, str]) -> None:
    page = send(client, None, expect=422, **fields)

    assert list(page.problems) == [field]
    assert page.messages_at_fields() == page.problems
    assert {name: page.fields("確かめる")[name] for name in kept} == kept


def test_a_file_has_to_be_chosen_again_after_a_slip_elsewhere(client: PageClient) -> None:
    page = send(client, b"%PDF-", expect=422, guarantee_contract_number="12-3")

    assert "ファイルは、もう一度選んでください" in page.words


def test_a_file_that_is_checked_touches_no_disk(client: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise AssertionError("a temporary file")

    for made in ("SpooledTemporaryFile", "TemporaryFile"):
        monkeypatch.setattr(f"werkzeug.formparser.{made}", refuse, raising=False)

    status, text = send_much(client, b"not a PDF" * 200_000)

    assert status == 200
    assert "PDF ではありません" in text


def test_a_body_beyond_the_limit_is_refused_unread(client: PageClient) -> None:
    status, text = send_much(client, bytes(LARGEST_FILE + 2 * 1024 * 1024))

    assert status == 413
    assert "ファイルが大きすぎます。調べられるのは 20 MB までです" in text


def test_elsewhere_the_small_limit_stays(client: PageClient) -> None:
    page = client.post("/dsure/", {"guarantee_contract_number": "9" * 1_100_000}, expect=413)

    assert "送られた内容が大きすぎます" in page.words


def test_a_file_just_beyond_the_limit_is_named_too_large(client: PageClient) -> None:
    status, text = send_much(client, b"%PDF-1.7" + bytes(LARGEST_FILE))

    assert status == 200
    assert "判定不能" in text
    assert "ファイルが大きすぎます" in text


def test_more_than_two_at_once_are_asked_to_wait(stage: Stage, client: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination_process, "_PATIENCE", 0.1)
    slots = stage.installation.settings.data_dir / "locks"
    with examination_process._place(slots), examination_process._place(slots):
        page = send(client, b"%PDF-1.7 something", expect=503, guarantee_contract_number="99999-00005M")

    assert page.headers["Retry-After"] == "10"
    assert "混み合っています" in page.words
    assert page.dom.xpath("//main//a[@href='/dsure/']"), "what needs no waiting"
    assert page.dom.xpath("//main//details[@open]//input[@name='sha256']")
    assert page.fields("確かめる")["guarantee_contract_number"] == "99999-00005M"


def test_a_held_file_never_waits(stage: Stage, client: PageClient) -> None:
    stage.issued()
    slots = stage.installation.settings.data_dir / "locks"

    with examination_process._place(slots), examination_process._place(slots):
        page = send(client, stored_file(stage))

    assert headline(page) == "有効（現行）"


def test_the_verdict_is_put_on_a_sheet(stage: Stage, client: PageClient) -> None:
    number = stage.issued(by="contractor2", works_name=RARE_WORKS_NAME).number

    page = send(client, stored_file(stage), name="C:\\書類\\前払金\u202e保証.pdf")
    sheet = client.press(page, "確認結果票（PDF）を開く", expect=200)

    text = pdf_text(sheet.body)
    for expected in ("確認結果票", "有効（現行）", number, "".join(RARE_WORKS_NAME.split()), RARE_COMPANY, "前払金_保証.pdf"):
        assert expected in text, expected
    assert sheet.headers["Content-Type"] == "application/pdf"
    assert "filename*=UTF-8''%E7%A2%BA%E8%AA%8D%E7%B5%90%E6%9E%9C%E7%A5%A8_" in sheet.headers["Content-Disposition"]


def test_a_sheet_is_made_only_of_what_we_found(stage: Stage, client: PageClient, clock: time_machine.Traveller) -> None:
    page = send(client, b"no certificate")
    token = page.fields("確認結果票（PDF）を開く")["slip"]

    changed = token.replace(token[5], "A" if token[5] != "A" else "B")
    assert "もう一度、ファイルを選んで" in client.post("/verify/slip.pdf", {"slip": changed}, expect=422).words
    assert "もう一度、ファイルを選んで" in client.post("/verify/slip.pdf", {}, expect=422).words
    clock.shift(9 * 60 * 60)
    assert "もう一度、ファイルを選んで" in client.post("/verify/slip.pdf", {"slip": token}, expect=422).words


def test_a_name_of_a_file_is_only_ever_text(client: PageClient) -> None:
    page = send(client, b"no certificate", name="<img src=x onerror=alert(1)>.pdf")

    assert page.rows()["ファイル"].startswith("<img src=x onerror=alert(1)>.pdf")


def test_a_specimen_says_what_it_would_be(make_app: Any, tmp_path: Any) -> None:
    """Issued by a demonstration under its own key, as `make demo` does."""
    stage = Stage(make_app(is_demo=True, signing_folder=tmp_path / "signing"))
    ensure_demo_identity(tmp_path / "signing", 1, "見本建設業保証株式会社")
    stage.issued()

    page = send(PageClient(stage), stored_file(stage))

    assert headline(page) == "見本"
    assert "「有効（現行）」と表示される状態" in page.words
    assert answers(page) == ["はい", "いいえ", "いいえ"]


def test_every_sheet_of_a_demonstration_is_marked(make_app: Any) -> None:
    client = PageClient(Stage(make_app(is_demo=True)))

    sheet = client.press(send(client, b"no certificate"), "確認結果票（PDF）を開く", expect=200)

    assert "見本" in pdf_text(sheet.body)


def test_two_people_at_once_get_their_own_answers(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a check is kept between requests."""
    seen: list[str] = []

    def examined(content: bytes, **_more: object) -> FileFacts:
        seen.append(content.decode())
        return FileFacts("0" * 64, len(content), Reading.NOT_A_PDF)

    monkeypatch.setattr(verify_certificate, "examine_apart", examined)
    clients = [PageClient(stage) for _ in range(2)]
    for one in clients:
        one.csrf_token()
    pages: dict[int, Page] = {}

    def ask(at: int) -> None:
        pages[at] = send(clients[at], f"file {at}".encode(), name=f"{at}.txt")

    threads = [threading.Thread(target=ask, args=(at,)) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(seen) == ["file 0", "file 1"]
    assert all(pages[at].rows()["ファイル"].startswith(f"{at}.txt") for at in range(2))


@pytest.mark.parametrize("path", ["/", "/guide/", "/dsure/"])
def test_people_find_the_way_to_the_check(client: PageClient, path: str) -> None:
    page = client.get(path)

    assert page.dom.xpath("//main//a[@href='/verify']")
    assert page.dom.xpath("//footer//a[@href='/verify']")


def test_the_check_is_there_without_any_portal(make_app: Any) -> None:
    app = make_app(portals=frozenset({"dsure"}))

    text = app.test_client().get("/verify").get_data(as_text=True)

    assert re.search(r'<input[^>]*type="file"', text)
