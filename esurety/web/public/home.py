"""`/`: what this is, and which portal to choose."""

from dataclasses import dataclass

from flask import render_template, url_for

from esurety.services.load_demo import DEMO_LOGINS, DEMO_PASSWORD
from esurety.web.access import installation
from esurety.web.public import blueprint


@dataclass(frozen=True)
class PortalChoice:
    """One door."""

    label: str
    for_whom: str
    description: str
    href: str


@blueprint.get("/")
def home() -> str:
    """Choose a portal."""
    settings = installation().settings
    choices = []
    if "netdesk" in settings.portals:
        choices.append(
            PortalChoice("Net Desk", "受注者の方", "保証の申込み、証書の確認、認証キーのお知らせの印刷をします。", url_for("netdesk.home"))
        )
    if "dsure" in settings.portals:
        choices.append(
            PortalChoice(
                "D-Sure", "発注者の方", "保証契約番号と認証キーで、電子証書を確認します。ログインは要りません。", url_for("dsure.home")
            )
        )
    if "office" in settings.portals:
        choices.append(
            PortalChoice("保証会社の事務", "保証会社の方", "申込みの審査、保証料の入金記録、証書の発行をします。", url_for("office.home"))
        )
    return render_template(
        "shared/home.html",
        portals=choices,
        demo_logins=[one for one in DEMO_LOGINS if settings.is_demo and one.portal in settings.portals],
        demo_password=DEMO_PASSWORD if settings.is_demo else "",
    )
