"""What the frame of every page needs: which portal this is, who is signed in, where one can go."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for

from esurety.services.sign_in import Role, SignedIn
from esurety.web.access import installation, landing, person_or_none


@dataclass(frozen=True)
class Link:
    """A place to go."""

    label: str
    href: str
    is_current: bool = False


_LABELS = {
    "netdesk": "Net Desk インターネット保証サービス",
    "office": "保証会社の事務",
    "dsure": "D-Sure 保証確認サービス",
    "public": "電子保証",
}
_NAVIGATION = {
    "netdesk": (
        ("ホーム", "netdesk.home"),
        ("申込の作成（新規）", "netdesk.new_application"),
        ("申込一覧", "netdesk.applications"),
        ("保証契約一覧", "netdesk.contracts"),
    ),
    "office": (
        ("審査待ち", "office.home"),
        ("保証契約", "office.contracts"),
        ("一括納付", "office.monthly_premiums"),
        ("精算", "office.settlements"),
        ("発送", "office.to_post"),
        ("集計・出力", "office.reports"),
        ("送信メール", "office.mails"),
    ),
}


# Pages without a place of their own in the menu light the one that they are come to from.
_HAVE_NO_PLACE = {
    "/works/": "/contracts/",
    "/premiums/returns/": "/premiums/settlements/",
    "/premiums/posted/": "/premiums/to-post/",
}
_OPERATOR_NAVIGATION = (
    ("組織・利用者", "office.people"),
    ("取扱い・料率", "office.rules"),
)


def attach(app: Flask) -> None:
    """Give every template the frame's facts."""
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    portal = request.blueprint if request.blueprint in _LABELS else "public"
    settings = installation().settings
    signed_in = person_or_none() if portal != "dsure" else None
    can_sign_in = bool(settings.portals & {"netdesk", "office"})
    return {
        "portal": portal,
        "portal_label": _LABELS[portal],
        "portal_home": url_for(f"{portal}.home"),
        "navigation": _navigation(portal, signed_in),
        "who": signed_in,
        "logout_url": url_for("public.logout") if can_sign_in else None,
        "login_url": url_for("public.login") if can_sign_in and portal != "dsure" and request.endpoint != "public.login" else None,
        "is_demo": settings.is_demo,
        "footer_links": _footer(portal),
    }


def _navigation(portal: str, signed_in: SignedIn | None) -> list[Link]:
    if signed_in is None:
        return []
    if portal == "public":
        return [Link("自分の画面へ戻る", landing(signed_in))]
    places = [(label, url_for(endpoint)) for label, endpoint in _NAVIGATION[portal]]
    if portal == "office" and signed_in.role in {Role.APPROVER, Role.ADMIN}:
        places.append(("D-Sure の受付", url_for("office.gate")))
    if portal == "office" and signed_in.role is Role.ADMIN:
        places += [(label, url_for(endpoint)) for label, endpoint in _OPERATOR_NAVIGATION]
        if signed_in.chooses_surety:
            places.append(("保証会社の切替", url_for("office.people_sureties")))
    path = request.path
    for own, belongs_to in _HAVE_NO_PLACE.items():
        path = path.replace(own, belongs_to, 1)
    here = max((href for _, href in places if path.startswith(href)), key=len, default="")
    return [Link(label, href, href == here) for label, href in places]


def _footer(portal: str) -> list[Link]:
    links = [Link("電子保証のご説明", url_for("public.guide")), Link("電子保証に対応している発注者", url_for("public.authorities"))]
    links.append(Link("証書のファイルを確かめる", url_for("public.verify")))
    links.append(Link("公開記録", url_for("public.log")))
    if portal != "dsure":
        links.append(Link("トップ", url_for("public.home")))
    if installation().settings.is_demo:
        links.append(Link("デモのメール", url_for("public.demo_mail")))
    return links
