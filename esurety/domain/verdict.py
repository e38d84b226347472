"""The words of a verdict on a certificate file: one headline, three answers, what was noticed, what to do next.

A village clerk must understand each of them at first reading. The stand-alone verifier repeats these words; what may be noticed
stands in `diagnosis.py`, the rules that choose are in `judge_certificate.py`. "Could not check" never looks like "valid" (ETSI EN 319 102-1: three values).
"""

from dataclasses import dataclass
from enum import Enum, StrEnum

from esurety.domain.diagnosis import ASK_DSURE, ASK_FOR_ORIGINAL, ASK_SURETY, DO_NOT_USE, Diagnosis


class Answer(StrEnum):
    """How one of the three questions came out."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {"pass": "はい", "fail": "いいえ", "unknown": "確かめられません"}[self.value]

    @property
    def tone(self) -> str:
        return {"pass": "success", "fail": "danger", "unknown": "warning"}[self.value]


class Question(StrEnum):
    """What everybody wants to know of a certificate in hand."""

    INTACT = "intact"
    IN_FORCE = "in_force"
    AUTHORISED = "authorised"

    @property
    def label(self) -> str:
        return {"intact": "内容は発行時のままか", "in_force": "いま有効か", "authorised": "発行権限があるか"}[self.value]


@dataclass(frozen=True)
class Finding:
    """One question's answer with its reason."""

    question: Question
    answer: Answer
    reason: str


class Headline(Enum):
    """The one line that is read first; never a colour alone. Value: label, tone, what it means, what to do, exit code of the commands."""

    VALID = (
        "有効（現行）",
        "success",
        "発行されたときのままの証書で、いま有効です。",
        (
            "下の「証書の内容」の工事名・受注者・保証金額・保証期間が、契約書と同じか確かめてください。",
            "必要なときは「確認結果票」を保存し、決裁の書類に付けてください。",
            "変更や解約は、あとから起こることがあります。支払いの前に、もう一度確かめてください。",
        ),
        0,
    )
    OLDER_VERSION = (
        "旧版",
        "warning",
        "本物の証書ですが、このあとに変更され、新しい版が発行されています。",
        ("この版では手続きをしないでください。", "受注者に最新の版を出してもらうか、D-Sure で最新の版を開いてください。"),
        1,
    )
    CANCELLED = (
        "解約済",
        "danger",
        "本物の証書ですが、この保証契約は解約されています。保証の効力はありません。",
        (DO_NOT_USE, "くわしいことは、受注者または保証会社の取扱支店に確かめてください。"),
        1,
    )
    EXPIRED = (
        "期間満了",
        "warning",
        "本物の証書ですが、保証期間が終わっています。",
        ("工期が延びている場合は、保証期間を延ばした新しい版があるか、受注者に確かめてください。", "証書を返す手続きは要りません。"),
        1,
    )
    ON_RECORD = (
        "この値の証書は登録にあります（ファイルは調べていません）",
        "neutral",
        "入力された SHA-256 の証書が登録にあります。お手元のファイルがその証書かどうかは、まだ分かりません。",
        (
            "ファイルそのものを選んで、もう一度確かめてください。",
            "ファイルを送れないときは、この値が、お手元のファイルから自分で計算した値か確かめてください。",
            ASK_DSURE,
        ),
        2,
    )
    UNREGISTERED = (
        "登録なし",
        "danger",
        "この証書は登録にありません。保証会社が発行したものとは確かめられません。",
        (DO_NOT_USE, ASK_DSURE, ASK_SURETY),
        1,
    )
    ALTERED = (
        "改変あり",
        "danger",
        "発行されたあとで、ファイルの中身が変わっています。証書としては使えません。",
        (DO_NOT_USE, ASK_FOR_ORIGINAL, ASK_DSURE),
        1,
    )
    OTHER = (
        "別の証書",
        "danger",
        "入力された保証契約番号とは違う証書のファイルです。",
        ("お手元の書類の保証契約番号と、選んだファイルを見比べてください。", "番号に合う証書を、受注者から受け取り直してください。"),
        1,
    )
    COPY = (
        "写し（原本ではありません）",
        "warning",
        "証書の写しです。書かれている内容が本物と同じかどうかは、この写しからは分かりません。",
        (ASK_DSURE, ASK_FOR_ORIGINAL),
        1,
    )
    SPECIMEN = (
        "見本",
        "neutral",
        "説明のための見本です。保証の効力はありません。",
        ("実際の契約や前払金の支払いには使えません。", "実際の手続きで受け取った場合は、受注者と保証会社に確かめてください。"),
        1,
    )
    UNDECIDED = (
        "判定不能",
        "neutral",
        "このファイルからは、証書かどうかを確かめられませんでした。本物とも偽物とも言えません。",
        (DO_NOT_USE, ASK_DSURE),
        2,
    )

    # The two below are the stand-alone verifier's: it has no records to ask, so that it can never say 有効 (`tools/esurety_verify.py`).
    GENUINE = (
        "真正（いまの状態は未確認）",
        "neutral",
        "登録された保証会社が発行したときのままの証書です。ただし、いま有効かどうかは、ここでは確かめていません。",
        (
            "証書の「状態確認」のアドレスを開くか、保証会社のサイトの「証書のファイルを確かめる」で、いま有効かを確かめてください。",
            "工事名・受注者・保証金額・保証期間が、契約書と同じか確かめてください。",
        ),
        0,
    )
    SIGNED_ONLY = (
        "署名は真正（発行の記録は未確認）",
        "neutral",
        "登録された保証会社の電子署名が、ファイル全体と合っています。ただし、この証書を発行した記録があるかどうかは、確かめていません。",
        (
            "受注者か保証会社から「記録の証明」（.tlog-proof）を受け取り、証書と一緒に指定して、もう一度確かめてください。",
            "つながっている所では、保証会社のサイトの「証書のファイルを確かめる」で確かめられます。",
        ),
        2,
    )

    def __init__(self, label: str, tone: str, meaning: str, what_to_do: tuple[str, ...], exit_code: int) -> None:
        self.label, self.tone, self.meaning, self.what_to_do, self.exit_code = label, tone, meaning, what_to_do, exit_code


@dataclass(frozen=True)
class Verdict:
    """The whole answer. `would_be` is the headline that a specimen would have, were it real."""

    headline: Headline
    findings: tuple[Finding, Finding, Finding]
    diagnoses: tuple[Diagnosis, ...] = ()
    would_be: Headline | None = None

    @property
    def what_to_do(self) -> tuple[str, ...]:
        """次にすること: of what was noticed first if that has its own, else of the headline."""
        return next((one.what_to_do for one in self.diagnoses if one.what_to_do), self.headline.what_to_do)

    def answer(self, question: Question) -> Answer:
        return next(one.answer for one in self.findings if one.question is question)
