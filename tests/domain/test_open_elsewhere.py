"""Two open applications for one works: the warning names the other one, what is alike, and only the products both ask for."""

from esurety.domain.application_state import ApplicationState
from esurety.domain.products import Product
from esurety.domain.rule_outcome import Verdict
from esurety.domain.same_works import OpenApplication, open_elsewhere_outcomes
from esurety.domain.search_words import folded
from tests.domain.test_application_rules import a_performance, an_advance, the_briefings_application

CONTENT = the_briefings_application(an_advance(19_440_000), a_performance(4_860_000))
SAME_NAME = OpenApplication(7, Product.ADVANCE_PAYMENT, ApplicationState.IN_REVIEW, "甲建設", folded(CONTENT.works_name))
SAME_NUMBER = OpenApplication(12, Product.ADVANCE_PAYMENT, ApplicationState.APPROVED, "乙建設", folded("書き方の違う工事名"))


def test_the_other_application_is_named_with_its_company_its_state_and_what_is_alike() -> None:
    (outcome,) = open_elsewhere_outcomes(CONTENT, [SAME_NAME])

    assert outcome.verdict is Verdict.WARNING
    assert outcome.rule == "前払金保証：手続き中の申込み"
    assert "申込番号 000007（甲建設、審査中、工事名が同じ）" in outcome.text
    assert outcome.applications == (7,)
    assert outcome.field == "advance_payment-wanted"


def test_several_are_told_in_one_warning() -> None:
    (outcome,) = open_elsewhere_outcomes(CONTENT, [SAME_NAME, SAME_NUMBER])

    assert outcome.applications == (7, 12)
    assert "申込番号 000012（乙建設、承認済、工事番号が同じ）" in outcome.text


def test_another_product_of_the_same_works_is_no_double() -> None:
    interim = OpenApplication(9, Product.INTERIM_ADVANCE_PAYMENT, ApplicationState.SUBMITTED, "甲建設", folded(CONTENT.works_name))

    assert list(open_elsewhere_outcomes(CONTENT, [interim])) == []
    assert list(open_elsewhere_outcomes(CONTENT, [])) == []
