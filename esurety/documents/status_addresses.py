"""Which addresses on a page are those of our public status pages, and which only look like one: anybody can print /c/… behind a host of his own."""

import re
import string

_STATUS_PATH = re.compile(r"/c/([0-9A-HJKMNP-TV-Z]{16})(?![0-9A-Za-z])")
_OF_ADDRESSES = string.ascii_letters + string.digits + ".:/_~-[]?=&%#@+"
_LONGEST_BASE = 300  # characters
_WEB = ("http://", "https://")


class StatusAddresses:
    """The addresses under which our status pages were ever published (`PUBLIC_URL` and former ones)."""

    def __init__(self, public_urls: tuple[str, ...]) -> None:
        self._bases = tuple(_without_scheme(one.rstrip("/")) for one in public_urls)

    def in_text(self, plain: str, joined: str) -> tuple[list[str], list[str]]:
        """Ids of our status pages, and foreign addresses of the same form.

        `joined` is the text without white space: an address broken by a line is whole there, but may have grown together with its
        neighbours, so that a foreign address beside one of ours is believed only where it stands by itself.
        """
        found = [
            (_base_before(text, one.start()), one[1], text is plain) for text in (plain, joined) for one in _STATUS_PATH.finditer(text)
        ]
        ours = [identity for base, identity, _ in found if self._is_ours(base)]
        foreign = [
            f"{base}/c/{identity}"
            for base, identity, by_itself in found
            if base and not self._is_ours(base) and (identity not in ours or (by_itself and base.lower().startswith(_WEB)))
        ]
        return ours, foreign

    def in_codes(self, codes: list[str]) -> tuple[list[str], list[str]]:
        """Of QR codes, ids of our status pages, and the web addresses that are none of them."""
        ours: list[str] = []
        foreign: list[str] = []
        for code in codes:
            path = _STATUS_PATH.search(code)
            if path is not None and path.end() == len(code) and self._is_ours(code[: path.start()]):
                ours.append(path[1])
            elif code.lower().startswith(_WEB) or path is not None:
                foreign.append(code[:_LONGEST_BASE])
        return ours, foreign

    @staticmethod
    def looks_like_one(address: str) -> bool:
        """Whether an address has the form of a status page's, whoever's it is."""
        return _STATUS_PATH.search(address) is not None

    def _is_ours(self, base: str) -> bool:
        return _without_scheme(base) in self._bases


def _base_before(text: str, place: int) -> str:
    before = text[max(0, place - _LONGEST_BASE) : place]
    return before[len(before.rstrip(_OF_ADDRESSES)) :]


def _without_scheme(address: str) -> str:
    plain = address.lower()
    return next((plain.removeprefix(one) for one in _WEB if plain.startswith(one)), plain)
