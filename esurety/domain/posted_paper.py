"""The kinds of paper that go to a contractor by post (Q2: the 領収証 stays on paper)."""

from enum import StrEnum


class PaperKind(StrEnum):
    """Which record says that it was posted."""

    CERTIFICATE = "certificate"  # 証書(紙), by version
    STATEMENT = "statement"  # 保証料計算書(紙) of an original
    SETTLEMENT = "settlement"  # 保証料計算書 of an increase, 返還計算書
    RECEIPT = "receipt"  # 領収証 of one receipt
    MONTH = "month"  # 領収証 of everything that a company paid for a month
