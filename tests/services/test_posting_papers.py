"""発送: certificates on paper with every change, one 領収証 for a month, marks that are taken back."""

from datetime import timedelta

from esurety.domain.posted_paper import PaperKind
from esurety.services.post_papers import PaperRef, mark_posted, papers_posted, papers_to_post, take_back_posting
from tests.example_of_record import on_paper, with_performance
from tests.services.test_changing import LARGER, changed
from tests.services.test_settling import APRIL, LATER, ON, pay_month
from tests.stage import Stage


def mark(stage: Stage, *papers: PaperRef) -> int:
    with stage.context():
        return mark_posted(account=stage.person("clerk"), papers=papers, posted_on=ON, at=LATER)


def test_a_certificate_on_paper_by_post_is_listed_with_each_version(stage: Stage) -> None:
    number = stage.issued(**on_paper()).number
    changed(stage, number, **LARGER)
    stage.issued(**(on_paper() | {"certificate_delivery": "counter"}))
    stage.issued()  # electronic
    contract = stage.contract_id(number)

    with stage.context():
        waiting = papers_to_post(stage.person("clerk")).certificates
    assert [(one.number, one.version) for one in waiting] == [(number, 0), (number, 1)]
    marked = [mark(stage, PaperRef(PaperKind.CERTIFICATE, contract, 1)) for _ in range(2)]

    assert marked == [1, 0]
    with stage.context():
        assert [one.version for one in papers_to_post(stage.person("clerk")).certificates] == [0]
    assert stage.scalar("SELECT count(*) FROM events WHERE kind = 'CertificatePosted'") == 1


def test_a_payment_for_a_month_makes_one_receipt_for_the_company(stage: Stage) -> None:
    stage.issued(**with_performance())
    stage.issued()
    whole = sum(stage.column("SELECT premium FROM certificate_versions"))
    pay_month(stage, APRIL, whole)
    assert stage.scalar("SELECT count(*) FROM premium_receipts") == 2

    with stage.context():
        (receipt,) = papers_to_post(stage.person("clerk")).receipts
    assert (receipt.kind, receipt.amount, receipt.count, receipt.for_month) == (PaperKind.MONTH, whole, 2, APRIL)
    assert mark(stage, PaperRef(PaperKind.MONTH, receipt.id)) == 1

    assert [str(one) for one in stage.column("SELECT receipt_posted_on FROM premium_receipts")] == ["2024-05-10"] * 2
    with stage.context():
        assert papers_to_post(stage.person("clerk")).everything == []


def test_a_mistaken_mark_is_taken_back_and_the_paper_waits_again(stage: Stage) -> None:
    number = stage.issued(**on_paper(), premium_statement_on_paper="yes").number
    contract = stage.contract_id(number)
    changed(stage, number, **LARGER)
    whole = sum(stage.column("SELECT premium FROM certificate_versions WHERE version = 0"))
    pay_month(stage, APRIL, whole)
    with stage.context():
        waiting = papers_to_post(stage.person("clerk")).everything
    papers = [PaperRef(one.kind, one.id, one.version if one.kind is PaperKind.CERTIFICATE else 0) for one in waiting]
    assert {one.kind for one in papers} == set(PaperKind) - {PaperKind.RECEIPT}
    assert PaperRef(PaperKind.CERTIFICATE, contract, 1) in papers
    mark(stage, *papers)

    with stage.context():
        assert len(papers_posted(stage.person("clerk"), today=ON + timedelta(days=30))) == len(papers)
        assert papers_posted(stage.person("clerk"), today=ON + timedelta(days=31)) == []
        taken = [take_back_posting(account=stage.person("clerk"), paper=one, at=LATER) for one in papers * 2]

    assert taken == [True] * len(papers) + [False] * len(papers)
    with stage.context():
        assert len(papers_to_post(stage.person("clerk")).everything) == len(papers)
    assert stage.scalar("SELECT count(*) FROM events WHERE kind = 'PostingTakenBack'") == len(papers)
