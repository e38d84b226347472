"""The search form of a list of contracts, for Net Desk and the office."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar
from unicodedata import normalize
from urllib.parse import urlencode

from flask import request

from esurety.domain.application_state import GuaranteeState
from esurety.domain.japanese_calendar import era_date
from esurety.domain.products import CertificateForm, Product
from esurety.persistence.contracts import ContractFilter
from esurety.persistence.reference_data import AuthorityWithPolicy
from esurety.web.presentation import fiscal_year_options

_PREFIX = 5
_WHOLE_TAIL = re.compile(r"\d{5}[A-Z]")
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True)
class SearchForm:
    """What was typed, what can be chosen, and the query that keeps both when paging."""

    typed: dict[str, str]
    products: list[tuple[str, str]]
    states: list[tuple[str, str]]
    forms: list[tuple[str, str]]
    authorities: list[tuple[str, str]]
    fiscal_years: list[tuple[str, str]]
    query: str
    is_narrowed: bool
    has_more: bool  # narrowed by more than name and number


def typed_filter() -> ContractFilter:
    """The filter in the address; what cannot be understood does not narrow."""
    return ContractFilter(
        word=request.args.get("works_name", "").strip()[:100],
        number=_number_part(request.args.get("number", "")),
        product=_choice("product", Product),
        state=_choice("state", GuaranteeState),
        certificate_form=_choice("certificate_form", CertificateForm),
        authority_id=_whole("authority"),
        fiscal_year=_whole("fiscal_year"),
        company=request.args.get("company", "").strip()[:100],
    )


def _number_part(typed: str) -> str:
    """Part of a number as it is stored: any width and hyphen; with five digits known, the hyphen where it belongs."""
    plain = re.sub(r"[^0-9A-Z]", "", normalize("NFKC", typed[:40]).upper())
    if _WHOLE_TAIL.fullmatch(plain):
        return plain
    return f"{plain[:5]}-{plain[5:11]}" if len(plain) > _PREFIX else plain


def older_than() -> int | None:
    """Where the next page goes on."""
    return _whole("older_than")


def search_form(narrowed: ContractFilter, today: date, authorities: Sequence[AuthorityWithPolicy]) -> SearchForm:
    """The form as the list shows it."""
    typed = {
        "works_name": narrowed.word,
        "number": narrowed.number,
        "product": narrowed.product or "",
        "state": narrowed.state or "",
        "certificate_form": narrowed.certificate_form or "",
        "authority": str(narrowed.authority_id or ""),
        "fiscal_year": str(narrowed.fiscal_year or ""),
        "company": narrowed.company,
    }
    kept = {name: str(value) for name, value in typed.items() if value}
    everything = ("", "すべて")
    return SearchForm(
        typed=typed,
        products=[everything, *((one.value, one.label) for one in Product)],
        states=[everything, *((one.value, one.label) for one in GuaranteeState)],
        forms=[everything, *((one.value, one.label) for one in CertificateForm)],
        authorities=[everything, *((str(one.id), _named(one)) for one in authorities)],
        fiscal_years=[everything, *fiscal_year_options(today)],
        query=urlencode(kept),
        is_narrowed=bool(kept),
        has_more=bool(kept.keys() - {"works_name", "number"}),
    )


def _named(authority: AuthorityWithPolicy) -> str:
    """An ended one says so: another may have its name by now."""
    ended_on = authority.ended_on
    return f"{authority.name}（{era_date(ended_on, padded=False)}に終了）" if ended_on is not None else authority.name


def _choice(name: str, choices: type[_Choice]) -> _Choice | None:
    typed = request.args.get(name, "")
    return choices(typed) if typed in set(choices) else None


def _whole(name: str) -> int | None:
    typed = request.args.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None  # noqa: PLR2004 - larger than any id of ours
