"""The briefing's example as it is typed into the form (see domain.md), and what varies it."""

from datetime import UTC, date, datetime, timedelta

APPLIED_AT = datetime(2024, 4, 1, 1, 0, tzinfo=UTC)  # 10:00 in Japan, the day of the contract
REVIEWED_AT = APPLIED_AT + timedelta(hours=1)
ISSUED_AT = APPLIED_AT + timedelta(hours=2)
OPENED_AT = APPLIED_AT + timedelta(hours=5)
ISSUED_ON = date(2024, 4, 1)

WORKS_NAME = "都営住宅××××× 耐震改修工事"
RARE_COMPANY = "﨑山髙𠮷工業㈱"
RARE_WORKS_NAME = "髙﨑橋 耐震補強工事（その①）𠮷野㈱"


def typed_example(ids: dict[str, int], **changes: str) -> dict[str, str]:
    """The example of record: 48,600,000円, of which 19,440,000円 in advance, electronic. A dash in a name is written as two underscores."""
    typed = {
        "works_name": WORKS_NAME,
        "works_number": "6都住第123号",
        "works_place": "東京都〇〇区内",
        "works_kind": "works",
        "contracting_authority_id": str(ids["〇〇区"]),
        "contract_price": "48,600,000",
        "contracted_on": "令和6年4月1日",
        "construction_starts_on": "令和06年04月01日",
        "construction_ends_on": "令和06年09月30日",
        "branch_id": str(ids["branch"]),
        "notify_on_issue": "yes",
        "notification_email": "abcde@ejcs.co.jp",
        "premium_billing_name": "ネットデスク建設株式会社",
        "premium_statement_on_paper": "no",
        "advance_payment-wanted": "on",
        "advance_payment-certificate_form": "electronic",
        "advance_payment-guaranteed_amount": "19,440,000",
    }
    typed |= {name.replace("__", "-"): value for name, value in changes.items()}
    return {name: value for name, value in typed.items() if value}


def with_performance(form: str = "electronic", amount: str = "4,860,000") -> dict[str, str]:
    """契約保証 of the tenth part, besides."""
    return {
        "contract_performance__wanted": "on",
        "contract_performance__certificate_form": form,
        "contract_performance__guaranteed_amount": amount,
    } | ({"certificate_delivery": "post"} if form == "paper" else {})


def on_paper() -> dict[str, str]:
    """The advance on paper, to be sent by post."""
    return {"advance_payment__certificate_form": "paper", "certificate_delivery": "post"}


def with_interim(amount: str = "9,720,000") -> dict[str, str]:
    """中間前払金保証 of the fifth part, besides."""
    return {
        "interim_advance_payment__wanted": "on",
        "interim_advance_payment__certificate_form": "electronic",
        "interim_advance_payment__guaranteed_amount": amount,
    }
