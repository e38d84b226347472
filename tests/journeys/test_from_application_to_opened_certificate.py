"""The main job: a contractor applies, the surety issues, the authority opens the certificate with number and key."""

import re
import subprocess
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.approving import approve
from tests.journeys.conftest import People
from tests.journeys.pictures import GUIDE, README, WANTED, picture

WORKS_NAME = "都営住宅××××× 耐震改修工事"
NUMBER = re.compile(r"\d{5}-\d{5}[A-Z]")
KEY = re.compile(r"[0-9A-HJKMNP-TV-Z]{8}")


def test_a_guarantee_goes_from_the_application_to_the_opened_certificate(people: People, tmp_path: Path) -> None:
    netdesk = people.walker().sign_in("netdesk@demo.example")
    scripted = bool(people.way["javascript"])

    application_number = apply(netdesk, scripted=scripted)
    issue(people, application_number)
    number = certificate_is_checked(people, netdesk, application_number)
    key = key_notice_is_downloaded(netdesk, number, tmp_path, people)
    mail_tells_without_the_key(people, application_number, number, key)
    authority_opens(people, number, key, tmp_path)
    contractor_sees_the_opening(netdesk, number)


def apply(page: Page, *, scripted: bool) -> str:
    """申込の作成（新規） with the example of record; returns the application's number."""
    page.get_by_role("link", name="申込の作成（新規）").first.click()
    page.locator("#contracting_authority_id").select_option(label="〇〇区（電子保証に対応）")
    page.get_by_label("工事名").fill(WORKS_NAME)
    page.get_by_label("工事場所").fill("東京都中央区八丁堀地内")
    page.get_by_label("請負金額").fill("４８，６００，０００円")
    page.get_by_label("契約日").fill("Ｒ６．４．１")
    page.get_by_label("工期の初日").fill("令和6年4月1日")
    page.get_by_label("工期の末日").fill("2024/9/30")
    page.get_by_label("前払金保証を申し込む", exact=True).check()
    refresh(page, scripted)
    page.locator("#advance_payment-certificate_form-electronic").check()
    refresh(page, scripted)
    expect(page.locator("#advance_payment-acceptance")).to_contain_text("〇〇区はこの契約で電子保証に対応しています")
    page.get_by_label("前払金保証金額").fill("19,440,000")
    page.get_by_label("メールアドレス").fill("abcde@ejcs.co.jp")
    refresh(page, scripted)
    expect(page.locator("#advance_payment-guaranteed_amount-echo")).to_contain_text(
        "40.0%（請負金額もしくは今年度対象額に対する前払金保証金額の割合）"
    )
    expect(page.locator("#contract_price-echo")).to_have_text("48,600,000円（4,860万円）")
    picture(page, "application", scroll_to="#advance_payment-block")
    page.get_by_role("button", name="確認画面へ進む").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("申込内容の確認")
    expect(page.locator("main")).to_contain_text("19,440,000円（40.0%）")
    page.get_by_role("button", name="この内容で申し込む").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("申込みを受け付けました")
    return page.locator(".key-figure__value").inner_text().strip()


def refresh(page: Page, scripted: bool) -> None:
    """Without JavaScript the button renews the form; with it, the form does so itself."""
    if not scripted:
        page.get_by_role("button", name="表示を更新").click()


def issue(people: People, application_number: str) -> None:
    """The clerk approves, the approver issues."""
    clerk = people.walker().sign_in("clerk@demo.example")
    picture(clerk, "office-queue", folder=README)
    clerk.goto(people.demo.base + f"/office/applications/{int(application_number)}")
    picture(clerk, "office", folder=README)
    expect(clerk.locator("main")).to_contain_text("19,440,000円")
    approve(clerk)
    expect(clerk.locator("main")).to_contain_text("承認済")
    approver = people.walker().sign_in("approver@demo.example")
    approver.goto(people.demo.base + f"/office/applications/{int(application_number)}")
    approver.get_by_role("link", name="発行する").click()
    approver.get_by_label("パスワード").fill("esurety-demo")
    approver.get_by_role("button", name="発行する", exact=True).click()
    expect(approver.locator("main")).to_contain_text("発行済")


def certificate_is_checked(people: People, page: Page, application_number: str) -> str:
    """保証契約一覧 → 電子保証(認証キー) → 詳細 → 選択; returns the contract's number."""
    page.goto(people.demo.base + f"/netdesk/applications/{int(application_number)}")
    number = NUMBER.search(page.locator("main").inner_text())
    assert number is not None
    page.get_by_role("link", name="保証契約一覧").first.click()
    row = page.locator("tbody", has_text=number[0])
    row.get_by_role("link", name="電子保証(認証キー)").click()
    expect(row.locator(".panel")).to_contain_text("当初")
    picture(page, "contracts")
    picture(page, "netdesk", folder=README)
    row.get_by_role("link", name="詳細").click()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="選択").click()
    window = opened.value
    window.wait_for_load_state()
    expect(window.get_by_role("heading", level=1)).to_have_text("保証契約内容の確認")
    expect(window.locator("main")).to_contain_text("申込内容との違いはありません")
    expect(window.locator("main")).to_contain_text("令和06年04月01日 ～ 令和06年09月30日")
    picture(window, "certificate")
    window.close()
    return number[0]


def key_notice_is_downloaded(page: Page, number: str, tmp_path: Path, people: People) -> str:
    """電子保証履歴一覧 → 印刷; returns the key as the paper shows it."""
    page.get_by_role("link", name="電子保証履歴一覧").first.click()
    picture(page, "history")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="印刷", exact=True).click()
    notice = tmp_path / f"notice-{number}.pdf"
    downloading.value.save_as(notice)
    text = pdf_text(notice)
    assert "電子保証にかかる「認証キー」のお知らせ" in text
    assert number in text
    if WANTED:
        render_page(notice, GUIDE / "key-notice")
    found = [word for line in text.splitlines() for word in KEY.findall(line) if not word.isdigit() or "認" in line]
    keys = [word for word in found if word not in number.replace("-", "")]
    assert len(set(keys)) == 1, text
    return keys[0]


def mail_tells_without_the_key(people: People, application_number: str, number: str, key: str) -> None:
    """The completion mail says what happened and where to sign in, never the key."""
    reader = people.walker().new_page("/demo/mail")
    mail = reader.locator("article", has_text="電子保証発行完了のお知らせ").filter(has_text=application_number)
    for _ in range(30):
        if mail.count():
            break
        reader.wait_for_timeout(500)
        reader.reload()
    expect(mail.first).to_contain_text("abcde@ejcs.co.jp")
    expect(mail.first).to_contain_text(number)
    assert key not in reader.content()


def authority_opens(people: People, number: str, key: str, tmp_path: Path) -> None:
    """D-Sure: small letters and spaces are welcome; the certificate on screen and as PDF."""
    page = people.walker().new_page("/dsure/")
    picture(page, "dsure-gate")
    page.get_by_role("textbox", name="保証契約番号").fill(f" {number.lower()} ")
    page.get_by_role("textbox", name="認証キー").fill(f"認証キー：{key[:4].lower()} {key[4:].lower()}")
    page.get_by_role("button", name=re.compile("証書")).first.click()
    expect(page).to_have_url(re.compile("/dsure/certificate$"))
    expect(page.locator("main")).to_contain_text("期間満了")  # 令和6年9月30日 is past
    expect(page.locator("main")).to_contain_text(WORKS_NAME)
    expect(page.locator("main")).to_contain_text("19,440,000円")
    picture(page, "dsure-certificate")
    picture(page, "dsure", folder=README)
    assert key not in page.content()
    answer = page.request.get(people.demo.base + "/dsure/certificate.pdf")
    certificate = tmp_path / "certificate.pdf"
    certificate.write_bytes(answer.body())
    text = pdf_text(certificate)
    assert WORKS_NAME.split()[1] in text
    assert "48,600,000円" in text
    assert key not in text
    page.get_by_role("button", name="閲覧を終わる").click()
    page.goto(people.demo.base + "/dsure/certificate")
    expect(page).to_have_url(re.compile("/dsure/$"))


def contractor_sees_the_opening(page: Page, number: str) -> None:
    page.reload()
    expect(page.locator("main")).to_contain_text("発注者が閲覧しました")
    expect(page.locator("main")).to_contain_text("当初")


def pdf_text(path: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True).stdout


def render_page(path: Path, stem: Path) -> None:
    subprocess.run(["pdftoppm", "-png", "-scale-to-x", "794", "-scale-to-y", "1123", "-singlefile", str(path), str(stem)], check=True)
