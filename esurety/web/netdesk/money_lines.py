"""What a contractor reads of money that goes back: 謝絶, 取下げ, 過払い."""

from esurety.domain.japanese_calendar import era_date
from esurety.persistence.models import Application
from esurety.services.return_premium import own_money


def money_lines(application: Application) -> list[str]:
    """What has been given back, and what is still to be."""
    money = own_money(application)
    said = [f"{era_date(day)}に保証料 {amount.text}を返還しました。" for day, amount in money.given_back]
    if money.owed:
        what = "納めすぎの保証料" if money.is_overpayment else "お預かりした保証料"
        said.append(f"{what} {money.owed.text}をお返しします。返還の方法は、保証会社の取扱店からご連絡します。")
    return said
