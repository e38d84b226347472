"""RFC 3161 timestamps: asked of the authorities in the settings, within a few seconds or not at all."""

import asyncio
import logging
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asn1crypto import cms, keys, pem, tsp, x509
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import handle_tsp_response
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from esurety.documents.demo_authority import TIMESTAMP_FILE, TIMESTAMP_KEY_FILE, demo_timestamp_folder
from esurety.documents.signing_identity import certificates_of

SECONDS_AT_ISSUE = 2.0  # for all authorities together: somebody waits for the certificate
SECONDS_LATER = 20.0  # the worker has time
DEMO_AUTHORITY = "見本タイムスタンプ局（デモ）"
_LARGEST_ANSWER = 65_536
_DIGEST = "sha256"
# pyHanko logs a trace for each signer that leads to no root; its answer says the same.
logging.getLogger("pyhanko.sign.validation.generic_cms").setLevel(logging.CRITICAL)


class NoTimestamp(Exception):
    """No authority gave a sound token in time."""


@dataclass(frozen=True)
class Token:
    """A timestamp of its own (detached) over the SHA-256 of a file."""

    der: bytes
    stamped_at: datetime
    authority: str


class Authorities(TimeStamper):
    """Asks one authority after the other until one answers soundly; `answered` is then its address.

    `seconds` are for everything that is asked of it: three certificates of one issue wait no longer than one.
    """

    def __init__(self, addresses: Sequence[str], *, seconds: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # pyHanko leaves this one untyped
        self._addresses = tuple(addresses)
        self._seconds_left = seconds
        self.answered = ""

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A token over a digest. Raises NoTimestamp."""
        begun = time.monotonic()
        try:
            return await self._first_sound(message_digest, md_algorithm, begun + self._seconds_left)
        finally:
            self._seconds_left -= time.monotonic() - begun

    async def _first_sound(self, message_digest: bytes, md_algorithm: str, deadline: float) -> cms.ContentInfo:
        for address in self._addresses:
            if time.monotonic() >= deadline:
                break
            nonce, request = self.request_cms(message_digest, md_algorithm)  # type: ignore[no-untyped-call] # likewise
            try:
                token = handle_tsp_response(tsp.TimeStampResp.load(_answer_of(address, request.dump(), deadline)), nonce)
                await _require_sound(token, message_digest)
            except (OSError, ValueError, TypeError, KeyError, AttributeError, SignatureValidationError, NoTimestamp):
                continue  # whatever a stranger's server sends, the certificate is issued all the same
            self.answered = address
            return token
        raise NoTimestamp


class DemoAuthority(DummyTimeStamper):
    """The demonstration's own authority, in this process. Its certificate reads 見本."""

    def __init__(self, signing_dir: Path, at: datetime) -> None:
        folder = demo_timestamp_folder(signing_dir)
        _, _, key = pem.unarmor((folder / TIMESTAMP_KEY_FILE).read_bytes())
        (certificate,) = certificates_of((folder / TIMESTAMP_FILE).read_bytes())
        super().__init__(certificate, keys.PrivateKeyInfo.load(key), fixed_dt=at.astimezone(UTC).replace(microsecond=0))
        self.answered = DEMO_AUTHORITY


def token_over(file_sha256: str, stamper: Authorities | DemoAuthority) -> Token:
    """A detached token over a file's SHA-256 (hexadecimal). Raises NoTimestamp."""
    token = asyncio.run(stamper.async_timestamp(bytes.fromhex(file_sha256), _DIGEST))
    stamped_at: datetime = token["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    return Token(token.dump(), stamped_at.astimezone(UTC), stamper.answered)


def stamped_at(der: bytes, file_sha256: str) -> datetime:
    """When a kept token was made over a file's SHA-256 (hexadecimal). Raises NoTimestamp unless it holds and is over that."""
    try:
        token = cms.ContentInfo.load(der)
        asyncio.run(_require_sound(token, bytes.fromhex(file_sha256)))
        at: datetime = token["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    except (ValueError, TypeError, LookupError, AttributeError, SignatureValidationError) as no:
        raise NoTimestamp from no
    return at.astimezone(UTC)


def is_trusted(token: Token, roots: Sequence[x509.Certificate]) -> bool:
    """Whether who signed a token led to one of the roots when it was signed."""
    context = ValidationContext(trust_roots=list(roots), allow_fetching=False, moment=token.stamped_at)
    found = asyncio.run(_examined(cms.ContentInfo.load(token.der), context, b""))
    return found["trust_problem_indic"] is None and found["validation_path"] is not None


async def _require_sound(token: cms.ContentInfo, digest: bytes) -> None:
    """Refuse a token that is not over our digest or whose signature does not hold; who signed it is for `flask signing check` to say."""
    found = await _examined(token, ValidationContext(trust_roots=[], allow_fetching=False), digest)
    if not (found["intact"] and found["valid"]):
        raise NoTimestamp


async def _examined(token: cms.ContentInfo, context: ValidationContext, digest: bytes) -> dict[str, Any]:
    found: dict[str, Any] = await validate_tst_signed_data(token["content"], context, lambda _algorithm: digest)
    return found


def _answer_of(address: str, request: bytes, deadline: float) -> bytes:
    """What a server answers before the deadline, however slowly it speaks or its name resolves. Raises NoTimestamp, OSError."""
    answered: list[bytes] = []

    def ask() -> None:
        try:
            answered.append(_post(address, request, max(0.1, deadline - time.monotonic())))
        except (OSError, ValueError):
            return  # seen as no answer

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(0.0, deadline - time.monotonic()))
    if not answered:
        raise NoTimestamp
    return answered[0]


def _post(address: str, request: bytes, seconds: float) -> bytes:
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply", "User-Agent": "esurety"}
    asked = urllib.request.Request(address, data=request, headers=headers, method="POST")  # noqa: S310 - the settings allow http(s) alone
    try:
        with urllib.request.urlopen(asked, timeout=seconds) as answer:  # noqa: S310
            said: bytes = answer.read(_LARGEST_ANSWER + 1)
    except urllib.error.HTTPError as refused:
        refused.close()  # it holds the connection
        raise
    if len(said) > _LARGEST_ANSWER:
        raise ValueError("no timestamp is as large")
    return said
