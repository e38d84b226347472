#!/usr/bin/env python3
"""Is this certificate (電子証書, PDF) the file that a known surety signed, is it in the public log, what can be told of its state?

    python3 esurety_verify.py CERTIFICATE.pdf --trust TRUST.json [--proof CERTIFICATE.tlog-proof] [--timestamp CERTIFICATE.tst]

One file, Python 3.9 or later, standard library only. It never uses a network and writes nothing. Whom to believe stands in the trust
file (`flask trust export`); get that from the surety by a way that you trust. What is checked, and why, is in docs/verification.md.
Exit: 0 = genuine, as far as can be told without asking anybody; 1 = not usable as a certificate; 2 = could not tell.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import Any, Optional

LARGEST_FILE = 20 * 1024 * 1024  # bytes; a certificate has about 100 KB
LARGEST_DATA = 200_000  # bytes of the attached data, unpacked; they have 2,000
LARGEST_SIDE_FILE = 1024 * 1024
UTC, JAPAN = timezone.utc, timezone(timedelta(hours=9))
DATA_FILE_NAME = "esurety-certificate.json"
DEMO_AUTHORITY_NAME = "見本認証局"


class Unsound(ValueError):
    """Something is not as it has to be; the text says what."""


class UnknownMethod(Unsound):
    """Something is made in a way that this program does not know: nothing can be told."""


# What parsing raises for bytes that are not what they should be; for us all of it means: not proven.
NOT_PROVEN = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, StopIteration, zlib.error)


def require(condition: object, why: str) -> None:
    if not condition:
        raise Unsound(why)


# ---- DER (ITU-T X.690): only definite, minimal lengths ----


@dataclass(frozen=True)
class Der:
    """One element: its tag byte, its content, and all of it as it stood."""

    tag: int
    body: bytes
    raw: bytes

    def parts(self) -> list[Der]:
        """The elements inside."""
        found, at = [], 0
        while at < len(self.body):
            one, at = read_der(self.body, at)
            found.append(one)
        return found

    def as_oid(self) -> str:
        require(self.tag == 0x06 and self.body and self.body[-1] < 0x80, "OBJECT IDENTIFIER")
        numbers, value = [], 0
        for byte in self.body:
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                numbers.append(value)
                value = 0
        first = min(numbers[0] // 40, 2)
        return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))

    def as_integer(self) -> int:
        require(self.tag == 0x02 and self.body, "INTEGER")
        require(len(self.body) == 1 or not (self.body[0] in (0, 0xFF) and (self.body[0] ^ self.body[1]) < 0x80), "INTEGER is not minimal")
        return int.from_bytes(self.body, "big", signed=True)

    def as_octets(self) -> bytes:
        require(self.tag == 0x04, "OCTET STRING")
        return self.body

    def as_bits(self) -> bytes:
        require(self.tag == 0x03 and self.body[:1] == b"\x00", "BIT STRING of whole bytes")
        return self.body[1:]

    def as_time(self) -> datetime:
        """UTCTime or GeneralizedTime in Z; fractions of a second are dropped."""
        text = self.body.decode("ascii")
        if self.tag == 0x17:
            text = ("20" if text[:2] < "50" else "19") + text
        require(self.tag in (0x17, 0x18) and re.fullmatch(r"[0-9]{14}(\.[0-9]+)?Z", text), "time")
        return datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def read_der(data: bytes, at: int = 0) -> tuple[Der, int]:
    """The element that begins at a place, and where the next one begins."""
    tag, length, start = data[at], data[at + 1], at + 2
    require(tag & 0x1F != 0x1F, "tags have one byte")
    if length >= 0x80:
        size = length & 0x7F
        length = int.from_bytes(data[start : start + size], "big")
        require(0 < size <= 4 and length >= 0x80 and length >> (8 * (size - 1)), "length is not minimal")
        start += size
    require(start + length <= len(data), "element is cut off")
    return Der(tag, data[start : start + length], data[at : start + length]), start + length


def one_der(data: bytes, tag: int = 0x30) -> Der:
    """The one element that the data are, to the last byte."""
    element, end = read_der(data)
    require(end == len(data) and element.tag == tag, "not one element of that kind")
    return element


# ---- signatures: ECDSA (FIPS 186-5), RSA (RFC 8017), Ed25519 (RFC 8032); checking needs no secrets and no constant time ----

HASHES = {"2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512"}
ECDSA = {"1.2.840.10045.4.3.2": "sha256", "1.2.840.10045.4.3.3": "sha384", "1.2.840.10045.4.3.4": "sha512"}
RSA = {"1.2.840.113549.1.1.11": "sha256", "1.2.840.113549.1.1.12": "sha384", "1.2.840.113549.1.1.13": "sha512"}
RSA_KEY, RSA_PSS, MGF1 = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.8"
EC_KEY, P256, P384 = "1.2.840.10045.2.1", "1.2.840.10045.3.1.7", "1.3.132.0.34"
_DIGEST_INFO = {  # what PKCS #1 v1.5 puts before a digest (RFC 8017, 9.2)
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
Point = Optional[tuple[int, int]]  # None is the point at infinity


@dataclass(frozen=True)
class Curve:
    """y² = x³ - 3x + b over the field of p elements; (x, y) generates n points (SEC 2)."""

    p: int
    b: int
    n: int
    x: int
    y: int

    def add(self, one: Point, other: Point) -> Point:
        if one is None or other is None:
            return other if one is None else one
        (x1, y1), (x2, y2) = one, other
        if x1 == x2 and (y1 + y2) % self.p == 0:
            return None
        slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, self.p) if one == other else (y2 - y1) * pow(x2 - x1, -1, self.p)
        x = (slope * slope - x1 - x2) % self.p
        return x, (slope * (x1 - x) - y1) % self.p


CURVES = {
    P256: Curve(
        2**256 - 2**224 + 2**192 + 2**96 - 1,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
    P384: Curve(
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
        0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
        0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
    ),
}


def times(factor: int, point: Any, add: Callable[[Any, Any], Any], nothing: Any) -> Any:
    """A point added to itself, by doubling and adding."""
    total = nothing
    while factor:
        if factor & 1:
            total = add(total, point)
        point, factor = add(point, point), factor >> 1
    return total


def ecdsa_holds(curve: Curve, key: bytes, digest: bytes, signature: bytes) -> bool:
    size = (curve.p.bit_length() + 7) // 8
    require(len(key) == 1 + 2 * size and key[0] == 4, "uncompressed point")
    x, y = int.from_bytes(key[1 : 1 + size], "big"), int.from_bytes(key[1 + size :], "big")
    require(x < curve.p and y < curve.p and (y * y - x * x * x + 3 * x - curve.b) % curve.p == 0, "point on the curve")
    r, s = (part.as_integer() for part in one_der(signature).parts())
    if not (0 < r < curve.n and 0 < s < curve.n):
        return False
    said = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - curve.n.bit_length())
    inverse = pow(s, -1, curve.n)
    first = times(said * inverse % curve.n, (curve.x, curve.y), curve.add, None)
    point = curve.add(first, times(r * inverse % curve.n, (x, y), curve.add, None))
    return point is not None and point[0] % curve.n == r


def rsa_opened(key: bytes, signature: bytes) -> tuple[bytes, int]:
    """What the signer put into an RSA signature, and the modulus' length in bits."""
    modulus, exponent = (part.as_integer() for part in one_der(key).parts())
    size, value = (modulus.bit_length() + 7) // 8, int.from_bytes(signature, "big")
    require(modulus.bit_length() >= 2048 and exponent >= 3 and len(signature) == size and value < modulus, "RSA signature")
    return pow(value, exponent, modulus).to_bytes(size, "big"), modulus.bit_length()


def rsa_holds(key: bytes, hash_name: str, digest: bytes, signature: bytes) -> bool:
    opened, _ = rsa_opened(key, signature)
    end = b"\x00" + _DIGEST_INFO[hash_name] + digest
    return opened == b"\x00\x01" + b"\xff" * (len(opened) - len(end) - 2) + end


def pss_holds(key: bytes, parameters: Der, message: bytes, signature: bytes) -> bool:
    """RSASSA-PSS with one hash for everything (RFC 8017, 9.1.2)."""
    given = {part.tag: part.parts()[0] for part in parameters.parts()}
    hash_name = HASHES.get(given[0xA0].parts()[0].as_oid(), "")
    mask_by, mask_hash = given[0xA1].parts()
    if not hash_name or mask_by.as_oid() != MGF1 or HASHES.get(mask_hash.parts()[0].as_oid()) != hash_name or 0xA3 in given:
        raise UnknownMethod("RSASSA-PSS parameters")
    salt_length, digest = given[0xA2].as_integer() if 0xA2 in given else 20, hashlib.new(hash_name, message).digest()
    opened, bits = rsa_opened(key, signature)
    block = opened if bits % 8 != 1 else opened[1:]
    masked, found = block[: -len(digest) - 1], block[-len(digest) - 1 : -1]
    mask = b"".join(hashlib.new(hash_name, found + n.to_bytes(4, "big")).digest() for n in range(len(masked) // len(digest) + 1))
    plain = int.from_bytes(masked, "big") ^ int.from_bytes(mask[: len(masked)], "big")
    padded = (plain & (1 << (bits - 1 - 8 * (len(block) - len(masked)))) - 1).to_bytes(len(masked), "big")
    salt = padded[len(padded) - salt_length :]
    expected = hashlib.new(hash_name, bytes(8) + digest + salt).digest()
    starts = bytes(len(padded) - salt_length - 1) + b"\x01"
    return block[-1] == 0xBC and 0 <= salt_length < len(padded) and padded == starts + salt and hmac.compare_digest(found, expected)


def signature_holds(algorithm: Der, key: Der, message: bytes, signature: bytes, hash_name: str = "") -> bool:
    """Whether a signature is one over the message. `key` is a SubjectPublicKeyInfo, `hash_name` for what names no hash itself."""
    method, *more = algorithm.parts()
    (key_kind, *key_more), key_bits = key.parts()[0].parts(), key.parts()[1].as_bits()
    name, kind = method.as_oid(), key_kind.as_oid()
    if name in ECDSA and kind == EC_KEY and key_more and key_more[0].as_oid() in CURVES:
        return ecdsa_holds(CURVES[key_more[0].as_oid()], key_bits, hashlib.new(ECDSA[name], message).digest(), signature)
    if kind == RSA_KEY and (name in RSA or (name == RSA_KEY and hash_name)):
        by = RSA.get(name, hash_name)
        return rsa_holds(key_bits, by, hashlib.new(by, message).digest(), signature)
    if kind in (RSA_KEY, RSA_PSS) and name == RSA_PSS and more:
        return pss_holds(key_bits, more[0], message, signature)
    if kind in (EC_KEY, RSA_KEY) and (name in ECDSA) != (kind == EC_KEY) and name in (*ECDSA, *RSA, RSA_PSS):
        return False  # a signature of another kind of key
    raise UnknownMethod(f"signature {name} with key {kind}")


_P, _L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_BASE_X, _BASE_Y = 15112221349535400772501151409588531511454012693041857206046113283949847762202, 4 * pow(5, -1, _P) % _P


def _edwards_add(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    (x1, y1), (x2, y2) = one, other
    product = _D * x1 * x2 * y1 * y2
    return (x1 * y2 + x2 * y1) * pow(1 + product, -1, _P) % _P, (y1 * y2 + x1 * x2) * pow(1 - product, -1, _P) % _P


def _edwards_point(data: bytes) -> tuple[int, int]:
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    x = x if x * x % _P == square else x * pow(2, (_P - 1) // 4, _P) % _P
    require(len(data) == 32 and y < _P and x * x % _P == square and not (x == 0 and sign), "Ed25519 point")
    return (x if x & 1 == sign else _P - x), y


def ed25519_holds(key: bytes, message: bytes, signature: bytes) -> bool:
    """[S]B = R + [k]A (RFC 8032, 5.1.7)."""
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= _L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % _L
    left = times(s, (_BASE_X, _BASE_Y), _edwards_add, (0, 1))
    return bool(left == _edwards_add(_edwards_point(signature[:32]), times(k, _edwards_point(key), _edwards_add, (0, 1))))


# ---- X.509 certificates and their way to a root (RFC 5280, as far as signing certificates need it) ----

BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE = "2.5.29.19", "2.5.29.15", "2.5.29.37"
TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
_UNDERSTOOD = {BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE, "2.5.29.32"}  # and the policies, which restrict nobody here
_DIGITAL_SIGNATURE, _NON_REPUDIATION, _KEY_CERT_SIGN = 0x80, 0x40, 0x04  # bits of the key usage's first byte
_STRINGS = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1E: "utf-16-be"}
_LONGEST_CHAIN = _MOST_CERTIFICATES = 6


class Certificate:
    """One certificate, read but not believed."""

    def __init__(self, der: bytes) -> None:
        self.raw = der
        body, self.algorithm, signature = one_der(der).parts()
        self.signed, self.signature = body.raw, signature.as_bits()
        fields = body.parts()
        require(fields[0].raw == b"\xa0\x03\x02\x01\x02", "version 3")
        self.serial, inner_algorithm, self.issuer, period, self.subject, self.key = fields[1:7]
        require(inner_algorithm.raw == self.algorithm.raw, "one algorithm inside and outside")
        self.valid_from, self.valid_until = (one.as_time() for one in period.parts())
        self.extensions = dict(self._extensions(fields[7:]))
        self.constraints = one_der(self.extensions[BASIC_CONSTRAINTS]).parts() if BASIC_CONSTRAINTS in self.extensions else []
        self.is_ca = bool(self.constraints) and self.constraints[0].raw == b"\x01\x01\xff"

    def _extensions(self, rest: list[Der]) -> Iterator[tuple[str, bytes]]:
        for extension in [one for part in rest if part.tag == 0xA3 for one in part.parts()[0].parts()]:
            name, *critical, value = extension.parts()
            if critical and name.as_oid() not in _UNDERSTOOD:
                raise UnknownMethod(f"critical extension {name.as_oid()}")
            yield name.as_oid(), value.as_octets()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()

    def names(self, of: Der | None = None) -> dict[str, str]:
        """Organisation (2.5.4.10), common name (2.5.4.3) and the like, of the subject unless told."""
        pairs = [pair.parts() for part in (of or self.subject).parts() for pair in part.parts()]
        return {kind.as_oid(): value.body.decode(_STRINGS.get(value.tag, "latin-1"), "replace") for kind, value in pairs}

    @property
    def is_demo(self) -> bool:
        return any(DEMO_AUTHORITY_NAME in text for of in (self.issuer, self.subject) for text in self.names(of).values())

    def may(self, use: int) -> bool:
        """Whether the key usage allows one of these; without one everything is allowed."""
        bits = self.extensions.get(KEY_USAGE)
        return bits is None or bool(one_der(bits, 0x03).body[1] & use)

    def is_authority(self, below: int) -> bool:
        """Whether it may certify, with that many intermediates between it and the signer."""
        limit = self.constraints[1:]
        return self.is_ca and self.may(_KEY_CERT_SIGN) and (not limit or limit[0].as_integer() >= below)

    def is_signed_by(self, issuer: Certificate) -> bool:
        try:
            return signature_holds(self.algorithm, issuer.key, self.signed, self.signature)
        except UnknownMethod:
            raise
        except NOT_PROVEN:
            return False  # another key's signature can be impossible under this one

    def may_sign(self) -> bool:
        return self.may(_DIGITAL_SIGNATURE | _NON_REPUDIATION) and not self.is_ca

    def may_stamp_only(self) -> bool:
        uses = self.extensions.get(EXTENDED_KEY_USAGE)
        return uses is not None and [one.as_oid() for one in one_der(uses).parts()] == [TIME_STAMPING]


def leads_to_root(certificate: Certificate, others: list[Certificate], roots: list[Certificate], at: datetime, below: int = 0) -> bool:
    """Whether certificates that were all valid at that time lead from this one to one of the roots."""
    if below >= _LONGEST_CHAIN or not certificate.valid_from <= at <= certificate.valid_until:
        return False
    for issuer in [*roots, *others]:
        if issuer.subject.raw != certificate.issuer.raw or not issuer.is_authority(below) or not certificate.is_signed_by(issuer):
            continue
        if any(issuer.raw == root.raw for root in roots):
            if issuer.valid_from <= at <= issuer.valid_until:
                return True
        elif leads_to_root(issuer, [one for one in others if one is not issuer], roots, at, below + 1):
            return True
    return False


def belongs(certificate: Certificate, others: list[Certificate], roots: list[Certificate], at: datetime) -> bool:
    """Whether a certificate beside the signer's is a root, leads to one or stands above one: the signature does not cover it."""
    if any(certificate.raw == root.raw for root in roots):
        return True
    if certificate.is_signed_by(certificate) and any(root.is_signed_by(certificate) for root in roots):
        return True
    return leads_to_root(certificate, [one for one in others if one is not certificate], roots, at)


# ---- CMS SignedData with signed attributes (RFC 5652), PAdES baseline (ETSI EN 319 142-1), timestamps (RFC 3161) ----

SIGNED_DATA, DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
SIGNATURE_TIMESTAMP = "1.2.840.113549.1.9.16.2.14"
_CLOCKS_DIFFER = timedelta(minutes=5)  # between a signer and an authority


@dataclass(frozen=True)
class Signed:
    """A signature that holds, whoever's it is."""

    signer: Certificate
    others: list[Certificate]
    signature: bytes
    content: bytes  # inside; empty when the signature is over something outside
    unsigned: dict[str, Der]


def attributes(of: Der) -> dict[str, Der]:
    """Name → value; each attribute stands once and has one value."""
    pairs = [(one.parts()[0].as_oid(), one.parts()[1].parts()) for one in of.parts()]
    found = {name: values[0] for name, values in pairs if len(values) == 1}
    require(len(found) == len(pairs), "attributes stand once, with one value")
    return found


def check_signed(der: Der, content_type: str, outside: bytes | None = None) -> Signed:
    """A SignedData with one signer whose signature holds, over what is inside or over `outside`. Raises Unsound."""
    kind, wrapped = der.parts()
    require(kind.as_oid() == SIGNED_DATA and wrapped.tag == 0xA0, "SignedData")
    (whole,) = wrapped.parts()
    version, digests, encapsulated, *rest = whole.parts()
    require(version.as_integer() == (1 if content_type == DATA else 3), "the version that goes with the content (RFC 5652, 5.1)")
    require([one.tag for one in rest] == [0xA0, 0x31], "certificates and signers, nothing else")
    require([one.tag for one in (der, whole, digests, encapsulated)] == [0x30, 0x30, 0x31, 0x30], "sequences and the set of digests")
    inner_type, *inner = encapsulated.parts()
    require(inner_type.as_oid() == content_type and bool(inner) == (outside is None), "what is signed")
    content = inner[0].parts()[0].as_octets() if inner else b""
    certificates = [Certificate(one.raw) for one in rest[0].parts()]
    require(len(certificates) <= _MOST_CERTIFICATES, "a handful of certificates")
    (signer_info,) = rest[1].parts()
    number, identity, digest_algorithm, signed, algorithm, signature, *more = signer_info.parts()
    require(number.as_integer() == 1 and identity.tag == 0x30 and signed.tag == 0xA0, "signer by issuer and number, with attributes")
    require({signer_info.tag, digest_algorithm.tag, algorithm.tag} == {0x30}, "nothing that is signed by nobody can be otherwise")
    require([one.tag for one in more] in ([], [0xA1]), "unsigned attributes or nothing")
    (signer,) = [one for one in certificates if [part.raw for part in identity.parts()] == [one.issuer.raw, one.serial.raw]]
    hash_name = HASHES.get(digest_algorithm.parts()[0].as_oid(), "")
    if not hash_name:
        raise UnknownMethod("digest algorithm")
    require(content_type != DATA or [one.raw for one in digests.parts()] == [digest_algorithm.raw], "one digest algorithm")
    said = attributes(signed)
    require(said[CONTENT_TYPE].as_oid() == content_type, "content type")
    digest = hashlib.new(hash_name, content if outside is None else outside).digest()
    require(hmac.compare_digest(said[MESSAGE_DIGEST].as_octets(), digest), "digest of what is signed")
    require(names_certificate(said, signer, may_be_old=content_type == TST_INFO), "the signer's certificate is signed along")
    message = b"\x31" + signed.raw[1:]  # signed as the SET OF that it is, not under its tag in here (RFC 5652, 5.4)
    require(signature_holds(algorithm, signer.key, message, signature.as_octets(), hash_name), "signature")
    others = [one for one in certificates if one is not signer]
    return Signed(signer, others, signature.as_octets(), content, attributes(more[0]) if more else {})


def names_certificate(said: dict[str, Der], signer: Certificate, *, may_be_old: bool) -> bool:
    """signing-certificate-v2 (or its forerunner with SHA-1, RFC 5035): nobody can put another certificate of the same key in its place."""
    if may_be_old and SIGNING_CERTIFICATE_V2 not in said:
        first = said[SIGNING_CERTIFICATE].parts()[0].parts()[0].parts()
        return first[0].as_octets() == hashlib.sha1(signer.raw).digest()  # noqa: S324 - the old form knows no other
    first = said[SIGNING_CERTIFICATE_V2].parts()[0].parts()[0].parts()
    by = HASHES.get(first[0].parts()[0].as_oid(), "") if first[0].tag == 0x30 else "sha256"
    return bool(by) and next(one for one in first if one.tag == 0x04).body == hashlib.new(by, signer.raw).digest()


@dataclass(frozen=True)
class Stamp:
    """A timestamp that holds; `is_trusted` when its authority leads to a root of the trust file."""

    at: datetime
    authority: str
    is_trusted: bool


def check_stamp(token: Der, over: bytes, trust: Trust) -> Stamp:
    """A timestamp token over some bytes. Raises Unsound when it is not one over them."""
    signed = check_signed(token, TST_INFO)
    fields = one_der(signed.content).parts()
    method, digest = fields[2].parts()
    hash_name = HASHES.get(method.parts()[0].as_oid(), "")
    if not hash_name:
        raise UnknownMethod("timestamp's digest")
    require(hmac.compare_digest(digest.as_octets(), hashlib.new(hash_name, over).digest()), "timestamp over these bytes")
    at, names = fields[4].as_time(), signed.signer.names()
    is_trusted = (
        signed.signer.may_stamp_only()
        and signed.signer.may_sign()
        and leads_to_root(signed.signer, signed.others, trust.roots + trust.demo_roots, at)
    )
    return Stamp(at, names.get("2.5.4.3", names.get("2.5.4.10", "")), is_trusted)


# ---- the PDF: its one signature over every byte, and the data attached to it ----

_MOST_RANGES = 8  # looked at; a certificate has one
_CONTENTS = re.compile(rb"/Contents\s{0,20}(<[0-9A-Fa-f]{1000,60000}>)")  # of a signature
_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_GAP = re.compile(rb"<([0-9A-F]+|[0-9a-f]+)>")
_DOC_MDP = re.compile(rb"/TransformMethod\s*/DocMDP\b.{0,100}?/P\s+1\b", re.DOTALL)
_STRING = rb"\(((?:[^()\\]|\\.)*)\)"
_FILE_SPEC = re.compile(rb"/UF\s*" + _STRING + rb"\s*/EF\s*<<\s*/F\s+(\d{1,7})\s+0\s+R", re.DOTALL)
_SIGNED_ON = re.compile(rb"/M\s*" + _STRING, re.DOTALL)
_PDF_TIME = re.compile(rb"D:([0-9]{14})(?:Z|([+-])([0-9]{2})'([0-9]{2})'?)")


@dataclass(frozen=True)
class PdfSignature:
    """A signature in hexadecimal digits that starts a file, and where the signed bytes end."""

    covered: bytes
    end: int
    digits: bytes
    number: int  # of the signature's object
    dictionary: bytes  # around the signature


def find_signature(pdf: bytes) -> PdfSignature | None:
    """The oldest signature whose byte range leaves out nothing but itself."""
    found = []
    for place in islice(_BYTE_RANGE.finditer(pdf), _MOST_RANGES):
        start, length, restart, rest = map(int, place.groups())
        end = restart + rest
        gap = _GAP.fullmatch(pdf[length:restart]) if start == 0 and length < restart <= end <= len(pdf) else None
        opened, closed = pdf.rfind(b" obj", 0, length), pdf.find(b"endobj", restart)
        named = re.search(rb"(\d{1,7}) 0$", pdf[max(0, opened - 20) : opened])
        if gap and named and opened < place.start() < closed and pdf[:length].rstrip().endswith(b"/Contents"):
            dictionary = pdf[opened:length] + pdf[restart:closed]
            found.append(PdfSignature(pdf[:length] + pdf[restart:end], end, gap[1], int(named[1]), dictionary))
    return min(found, key=lambda one: one.end) if found else None


def check_signature(found: PdfSignature) -> tuple[Signed, datetime]:
    """The signature and the time that the signer gives. Raises Unsound when it does not hold or is not of our kind."""
    said = found.dictionary
    require(b"/ETSI.CAdES.detached" in said and _DOC_MDP.search(said), "PAdES, certifying that nothing may change (DocMDP 1)")
    require(re.search(rb"/Perms\s*<<\s*/DocMDP\s+%d\s+0\s+R" % found.number, found.covered), "the catalogue names it as the certifying one")
    signature, end = read_der(bytes.fromhex(found.digits.decode("ascii")))
    require(not any(bytes.fromhex(found.digits.decode("ascii"))[end:]), "zeros behind the signature")
    return check_signed(signature, DATA, found.covered), pdf_time(literal(_SIGNED_ON.search(said)[1]))  # type: ignore[index]


def literal(text: bytes) -> bytes:
    """A literal string without its escapes (octal ones, and of the signs themselves)."""
    return re.sub(rb"\\([0-7]{1,3}|.)", lambda one: bytes([int(one[1], 8)]) if one[1].isdigit() else one[1], text, flags=re.DOTALL)


def pdf_time(text: bytes) -> datetime:
    found = _PDF_TIME.fullmatch(text)
    require(found, "time of signing")
    digits, sign, hours, minutes = found.groups()  # type: ignore[union-attr]
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return datetime.strptime(digits.decode(), "%Y%m%d%H%M%S").replace(tzinfo=timezone(-offset if sign == b"-" else offset)).astimezone(UTC)


def attached_data(pdf: bytes) -> bytes:
    """The bytes of esurety-certificate.json. Asked only of files whose signature holds for all of their bytes. Raises Unsound."""
    objects = [int(one[2]) for one in _FILE_SPEC.finditer(pdf) if literal(one[1]) == DATA_FILE_NAME.encode()]
    require(objects, "no attached data")
    start = pdf.rfind(b"\n%d 0 obj" % objects[-1])
    opened = pdf.find(b"stream", start)
    head = pdf[start:opened]
    begin = opened + (8 if pdf[opened + 6 : opened + 8] == b"\r\n" else 7)
    length = int(re.search(rb"/Length\s+(\d{1,8})\b(?!\s+\d+\s+R)", head)[1])  # type: ignore[index]
    require(
        start >= 0 and re.search(rb"/Filter\s*/FlateDecode\b", head) and b"/DecodeParms" not in head, "attached data are packed by Flate"
    )
    unpacking = zlib.decompressobj()
    data = unpacking.decompress(pdf[begin : begin + length], LARGEST_DATA)
    require(unpacking.eof, "attached data are whole and not too large")
    return data


# ---- canonical JSON (RFC 8785, for names in ASCII and whole numbers) and the part of JSON Schema that our schemas use ----


def canonical_object(data: bytes) -> dict[str, Any]:
    """The object that these bytes are the one spelling of. Raises Unsound."""
    value = json.loads(data)
    require(isinstance(value, dict), "a JSON object")
    again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    require(again == data, "canonical JSON")
    return value  # type: ignore[no-any-return]


def is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: type(value) is int,
    "boolean": lambda value: type(value) is bool,
    "null": lambda value: value is None,
}
_SAYS_NOTHING = {"$schema", "$id", "$defs", "title", "description", "then", "else"}


def fits(value: Any, schema: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Whether a value is as a schema wants it. Raises UnknownMethod for a keyword that is not among those of our schemas."""
    rules: dict[str, Callable[[Any], bool]] = {
        "$ref": lambda named: fits(value, whole["$defs"][named[len("#/$defs/") :]], whole),
        "type": lambda types: any(_TYPES[one](value) for one in ([types] if isinstance(types, str) else types)),
        "const": lambda wanted: json.dumps(value) == json.dumps(wanted),
        "enum": lambda wanted: any(json.dumps(value) == json.dumps(one) for one in wanted),
        "pattern": lambda pattern: not isinstance(value, str) or bool(re.search(re.sub(r"\$\Z", r"\\Z", pattern), value)),
        "format": lambda name: not isinstance(value, str) or (name == "date" and is_day(value)),
        "minimum": lambda least: type(value) is not int or value >= least,
        "properties": lambda inner: not isinstance(value, dict) or all(fits(value[k], s, whole) for k, s in inner.items() if k in value),
        "required": lambda names: not isinstance(value, dict) or all(name in value for name in names),
        "additionalProperties": lambda _no: not isinstance(value, dict) or set(value) <= set(schema["properties"]),
        "items": lambda inner: not isinstance(value, list) or all(fits(one, inner, whole) for one in value),
        "allOf": lambda inner: all(fits(value, one, whole) for one in inner),
        "oneOf": lambda inner: sum(fits(value, one, whole) for one in inner) == 1,
        "not": lambda inner: not fits(value, inner, whole),
        "if": lambda inner: fits(value, schema.get("then" if fits(value, inner, whole) else "else", {}), whole),
    }
    if set(schema) - set(rules) - _SAYS_NOTHING or schema.get("additionalProperties", False) is not False:
        raise UnknownMethod("a schema with other keywords")
    return all(rules[name](wanted) for name, wanted in schema.items() if name in rules)


# ---- the public log: signed notes (C2SP), Merkle tree (RFC 6962, RFC 9162), tlog-proof (C2SP) ----

ED25519, COSIGNATURE_V1 = 1, 4
PROOF_HEADER = "c2sp.org/tlog-proof@v1"


def unbase64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    require(base64.b64encode(data).decode() == text, "canonical base64")
    return data


@dataclass(frozen=True)
class NoteKey:
    """A key that signs notes: name+id+base64(algorithm ‖ public key)."""

    name: str
    algorithm: int
    public: bytes
    key_id: bytes

    @classmethod
    def read(cls, text: str) -> NoteKey:
        name, identity, encoded = text.split("+", 2)
        key = unbase64(encoded)
        require(len(key) == 33 and key[0] in (ED25519, COSIGNATURE_V1), "a note key of a known kind")
        key_id = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
        require(key_id.hex() == identity, "the key belongs to its id")
        return cls(name, key[0], key[1:], key_id)

    def signed(self, text: str, signatures: list[tuple[str, bytes]]) -> bool:
        """Whether it signed a note. Raises Unsound for a wrong signature under its name."""
        mine = [one[4:] for name, one in signatures if name == self.name and one[:4] == self.key_id]
        for one in mine:
            message = text.encode()
            if self.algorithm == COSIGNATURE_V1:
                message, one = b"cosignature/v1\ntime %d\n" % int.from_bytes(one[:8], "big") + message, one[8:]  # noqa: PLW2901
            require(ed25519_holds(self.public, message, one), f"signature of {self.name}")
        return bool(mine)


@dataclass(frozen=True)
class Head:
    """A signed head of the log: so many entries, this root; co-signed by these witnesses."""

    size: int
    root: bytes
    witnesses: list[str]


def read_head(note: str, log: NoteKey, witnesses: list[NoteKey]) -> Head:
    """The head in a checkpoint that the log has signed. Raises Unsound."""
    text, separator, lines = note.rpartition("\n\n")
    text += "\n"
    require(separator and lines.endswith("\n") and not re.search(r"[\x00-\x09\x0b-\x1f]", note), "a signed note")
    signatures = []
    for line in lines[:-1].split("\n"):
        dash, name, encoded = line.split(" ")
        require(dash == "—", "signature line")
        signatures.append((name, unbase64(encoded)))
    origin, size, root = text.split("\n")[:3]
    require(origin == log.name and re.fullmatch(r"0|[1-9][0-9]{0,17}", size) and len(unbase64(root)) == 32, "a checkpoint of this log")
    require(log.signed(text, signatures), "signed by the log")
    return Head(int(size), unbase64(root), [one.name for one in witnesses if one.signed(text, signatures)])


def root_over(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2). Raises Unsound."""
    require(0 <= index < size, "the tree has such a leaf")
    place, last, reached = index, size - 1, leaf
    for sibling in path:
        require(last > 0, "the proof is too long")
        if place & 1 or place == last:
            reached = hashlib.sha256(b"\x01" + sibling + reached).digest()
            while place and not place & 1:  # levels at the right edge that have no sibling
                place, last = place >> 1, last >> 1
        else:
            reached = hashlib.sha256(b"\x01" + reached + sibling).digest()
        place, last = place >> 1, last >> 1
    require(last == 0, "the proof is too short")
    return reached


@dataclass(frozen=True)
class Proof:
    """An entry that stands in the log."""

    entry: dict[str, Any]
    index: int
    head: Head


def check_proof(text: str, trust: Trust) -> Proof:
    """The entry that a .tlog-proof proves to stand in the pinned log. Raises Unsound."""
    top, separator, checkpoint = text.partition("\n\n")
    header, extra, index, *path = top.split("\n")
    require(header == PROOF_HEADER and separator and extra.startswith("extra ") and index.startswith("index "), "a tlog-proof")
    require(re.fullmatch(r"0|[1-9][0-9]{0,17}", index[6:]) and len(path) <= 63, "index and hashes")
    opening = unbase64(extra[6:])
    salt, entry_bytes = opening[:32], opening[32:]
    entry = canonical_object(entry_bytes)
    require(entry.get("schema") in trust.schemas and fits(entry, trust.schemas[entry["schema"]], trust.schemas[entry["schema"]]), "entry")
    commitment = hmac.new(salt, entry_bytes, hashlib.sha256).digest()
    hashes = [unbase64(one) for one in path]
    require(all(len(one) == 32 for one in hashes), "hashes of 32 bytes")
    head = read_head(checkpoint, trust.log, trust.witnesses)
    root = root_over(hashlib.sha256(b"\x00" + commitment).digest(), int(index[6:]), head.size, hashes)
    require(hmac.compare_digest(root, head.root), "the proof leads to the signed root")
    return Proof(entry, int(index[6:]), head)


# ---- whom to believe ----


@dataclass(frozen=True)
class Trust:
    """The trust file: roots, the sureties' certificates, the log's key, witnesses, schemas, a head seen when it was made."""

    exported_at: str
    roots: list[Certificate]
    demo_roots: list[Certificate]
    signers: dict[str, list[str]]  # a surety's name → SHA-256 of its certificates
    log: NoteKey
    witnesses: list[NoteKey]
    head: Head
    schemas: dict[str, Any]

    @classmethod
    def read(cls, text: str) -> Trust:
        said = json.loads(text)
        require(said["schema"] == "esurety-trust-1", "a trust file")
        log, witnesses = NoteKey.read(said["log"]["key"]), [NoteKey.read(one) for one in said["witnesses"]]
        signers = {one["name"]: one["certificates_sha256"] for one in said["sureties"]}
        roots, demo_roots = ([Certificate(base64.b64decode(one)) for one in said[name]] for name in ("roots", "demo_roots"))
        head = read_head(said["log"]["checkpoint"], log, witnesses)
        return cls(said["exported_at"], roots, demo_roots, signers, log, witnesses, head, said["schemas"])


# ---- the verdict; its words are those of esurety/domain/verdict.py (a test compares them) ----

INTACT, IN_FORCE, AUTHORISED = QUESTIONS = ("内容は発行時のままか", "いま有効か", "発行権限があるか")
PASS, FAIL, UNKNOWN = ANSWERS = ("はい", "いいえ", "確かめられません")
# fmt: off
ASK_DSURE = "D-Sure で確かめてください。受注者から受け取った「認証キーのお知らせ」の保証契約番号と認証キーで、証書の原本を開けます。これがいちばん確かな方法です。"
ASK_FOR_ORIGINAL = "受注者に、Net Desk からダウンロードしたままの PDF を送ってもらい、もう一度ここで確かめてください（保存し直す、ほかの書類とまとめる、印刷して読み取る、のどれもしていないもの）。"
SCANNED_KEY_NOTICE = "「認証キーのお知らせ」を読み取ったもの（写したもの）なら、それは証書ではありません。D-Sure を開き、お知らせの保証契約番号と認証キーを入力してください。"
DO_NOT_USE = "このファイルでは、契約や前払金の支払いの手続きを進めないでください。"
ASK_SURETY = "保証会社に問い合わせてください。電話番号は、このファイルに書かれたものではなく、保証会社のホームページやこれまでの書類で調べたものを使ってください。"
HEADLINES = {  # label, meaning, what to do, exit code
    "GENUINE": ("真正（いまの状態は未確認）", "登録された保証会社が発行したときのままの証書です。ただし、いま有効かどうかは、ここでは確かめていません。", ("証書の「状態確認」のアドレスを開くか、保証会社のサイトの「証書のファイルを確かめる」で、いま有効かを確かめてください。", "工事名・受注者・保証金額・保証期間が、契約書と同じか確かめてください。"), 0),
    "SIGNED_ONLY": ("署名は真正（発行の記録は未確認）", "登録された保証会社の電子署名が、ファイル全体と合っています。ただし、この証書を発行した記録があるかどうかは、確かめていません。", ("受注者か保証会社から「記録の証明」（.tlog-proof）を受け取り、証書と一緒に指定して、もう一度確かめてください。", "つながっている所では、保証会社のサイトの「証書のファイルを確かめる」で確かめられます。"), 2),
    "OLDER_VERSION": ("旧版", "本物の証書ですが、このあとに変更され、新しい版が発行されています。", ("この版では手続きをしないでください。", "受注者に最新の版を出してもらうか、D-Sure で最新の版を開いてください。"), 1),
    "CANCELLED": ("解約済", "本物の証書ですが、この保証契約は解約されています。保証の効力はありません。", (DO_NOT_USE, "くわしいことは、受注者または保証会社の取扱支店に確かめてください。"), 1),
    "EXPIRED": ("期間満了", "本物の証書ですが、保証期間が終わっています。", ("工期が延びている場合は、保証期間を延ばした新しい版があるか、受注者に確かめてください。", "証書を返す手続きは要りません。"), 1),
    "UNREGISTERED": ("登録なし", "この証書は登録にありません。保証会社が発行したものとは確かめられません。", (DO_NOT_USE, ASK_DSURE, ASK_SURETY), 1),
    "ALTERED": ("改変あり", "発行されたあとで、ファイルの中身が変わっています。証書としては使えません。", (DO_NOT_USE, ASK_FOR_ORIGINAL, ASK_DSURE), 1),
    "COPY": ("写し（原本ではありません）", "証書の写しです。書かれている内容が本物と同じかどうかは、この写しからは分かりません。", (ASK_DSURE, ASK_FOR_ORIGINAL), 1),
    "SPECIMEN": ("見本", "説明のための見本です。保証の効力はありません。", ("実際の契約や前払金の支払いには使えません。", "実際の手続きで受け取った場合は、受注者と保証会社に確かめてください。"), 1),
    "UNDECIDED": ("判定不能", "このファイルからは、証書かどうかを確かめられませんでした。本物とも偽物とも言えません。", (DO_NOT_USE, ASK_DSURE), 2),
}
DIAGNOSES: dict[str, tuple[str, str, tuple[str, ...]]] = {  # title, meaning, what to do (nothing: as the headline says)
    "RE_SAVED": ("保存し直されたファイルです", "電子署名が、いまのファイルに合いません。別のソフトや、ファイルを無害化する装置を通ると、こうなります。原本ではなく、中身が変えられていることもあります。", ()),
    "CHANGED_AFTER_SIGNING": ("発行されたあとで中身が書き加えられています", "電子署名より後ろに、ページの表示を変えるデータがあります。見えている内容は、発行されたものと違うおそれがあります。", ()),
    "APPENDED_BYTES": ("ファイルの末尾に、余分なデータが付いています", "見た目は同じでも、発行されたときのファイルではありません。送る途中のシステムが付けることもあります。", (DO_NOT_USE, ASK_FOR_ORIGINAL, ASK_DSURE)),
    "EDITED": ("中身が書き換えられているか、壊れています", "電子署名と中身が一致しません。発行されたあとで書き換えられたか、送る途中で壊れています。", ()),
    "SIGNATURE_STRIPPED": ("電子署名が取り除かれています", "証書のデータが残っていますが、あるはずの電子署名がありません。", ()),
    "NOT_THE_STORED_FILE": ("発行したときに保管したファイルと違います", "保証会社の電子署名は付いていますが、この版として保管しているファイルと一致しません。", (DO_NOT_USE, ASK_SURETY)),
    "UNKNOWN_SIGNER": ("誰の電子署名か分かりません", "電子署名は付いていますが、登録された保証会社のものではありません。名前は誰でも書けるため、署名が付いているだけでは本物と言えません。", (DO_NOT_USE, ASK_SURETY)),
    "KEY_NOT_VALID_THEN": ("署名の鍵が、署名したときに有効ではありませんでした", "保証会社の電子署名ですが、鍵の有効期間の外で署名されています。", (DO_NOT_USE, ASK_SURETY)),
    "DEMO_KEY": ("見本用の鍵で署名されています", "デモ（見本）のための鍵による署名です。実在の保証会社が発行した証書ではありません。", ()),
    "NOT_A_PDF": ("PDF ではありません", "証書は PDF のファイルです。選ばれたのは、別の種類のファイルです。", ("受注者から受け取った、名前の終わりが「.pdf」のファイルを選んでください。",)),
    "IMAGE": ("画像のファイルです", "写真や、画面を保存した画像です。証書は PDF のファイルです。", (SCANNED_KEY_NOTICE, ASK_DSURE, ASK_FOR_ORIGINAL)),
    "ENCRYPTED": ("パスワードの付いた PDF です", "中を読めません。証書にはパスワードを付けません。", ("パスワードを付ける前のファイルを、受注者に送ってもらってください。",)),
    "TOO_LARGE": ("ファイルが大きすぎます", "調べられるのは 20 MB までです。証書のファイルは、ふつう 1 MB もありません。", ("受注者に、証書だけのファイルを送ってもらってください。",)),
    "BROKEN": ("PDF として壊れています", "送る途中で欠けたか、壊れたファイルです。", (ASK_FOR_ORIGINAL, ASK_DSURE)),
    "EMPTY": ("ファイルの中身がありません", "大きさが 0 のファイルです。", ("ファイルを開けることを確かめて、選び直してください。",)),
    "OLDER_VERSION": ("前の版の証書です", "このあとに変更の証書が発行されています。", ()),
    "NO_SIGNATURE": ("電子署名がありません", "証書には、必ず保証会社の電子署名があります。印刷や読み取りで作られた写しか、証書ではないファイルです。", (DO_NOT_USE, ASK_FOR_ORIGINAL, ASK_DSURE)),
    "DATA_UNREADABLE": ("証書のデータを読めません", "電子署名は合っていますが、証書に付いているはずのデータがないか、決められた形ではありません。", (DO_NOT_USE, ASK_SURETY)),
    "SIGNER_NOT_LISTED": ("信頼ファイルにない鍵の署名です", "信頼する認証局の電子証明書ですが、この保証会社の鍵としては信頼ファイルに載っていません。鍵が新しくなったか、別の組織の署名です。", (DO_NOT_USE, "新しい信頼ファイルか「記録の証明」（.tlog-proof）を受け取り、もう一度確かめてください。")),
    "UNKNOWN_METHOD": ("この道具が知らない方式です", "電子署名か電子証明書が、この道具の知らない方式で作られているため、確かめられません。", (DO_NOT_USE, "新しい検証の道具か、保証会社のサイトの「証書のファイルを確かめる」で確かめてください。")),
    "PROOF_WRONG": ("記録の証明が正しくありません", "一緒に指定された記録の証明は、壊れているか、信頼ファイルにある公開記録のものではありません。", (DO_NOT_USE, "記録の証明を受け取り直して、もう一度確かめてください。")),
    "PROOF_OF_ANOTHER": ("別の証書の記録の証明です", "一緒に指定された記録の証明は、別の証書のものです。", (DO_NOT_USE, "この証書の記録の証明を受け取り、もう一度確かめてください。")),
    "LOG_FORKED": ("公開記録が食い違っています", "同じ件数の公開記録が、証書・信頼ファイル・記録の証明で違う値になっています。記録が作り直されたおそれがあります。", (DO_NOT_USE, ASK_SURETY)),
    "TIMESTAMP_WRONG": ("タイムスタンプが合いません", "一緒に指定されたタイムスタンプは、壊れているか、このファイルのものではありません。", (DO_NOT_USE, "タイムスタンプのファイルを受け取り直して、もう一度確かめてください。")),
}
# fmt: on

Finding = tuple[str, str]  # an answer and its reason
_NOT_FROM_HERE = (UNKNOWN, "このファイルからは分かりません。")
_NO_EFFECT = (FAIL, "見本のため、保証の効力はありません。")
_DEMO_SIGNER = (FAIL, "見本用の鍵による署名です。実在の保証会社の発行ではありません。")


@dataclass(frozen=True)
class Verdict:
    """One headline, the three answers with their reasons, what was noticed, and what all this rests on."""

    headline: str
    intact: Finding = _NOT_FROM_HERE
    in_force: Finding = _NOT_FROM_HERE
    authorised: Finding = _NOT_FROM_HERE
    diagnoses: tuple[str, ...] = ()
    would_be: str = ""  # of a specimen: what it would be, were it real
    facts: tuple[tuple[str, str], ...] = ()


def undecided(diagnosis: str) -> Verdict:
    return Verdict("UNDECIDED", diagnoses=(diagnosis,))


def altered(diagnosis: str) -> Verdict:
    return Verdict("ALTERED", (FAIL, "発行されたときのファイルではありません。"), diagnoses=(diagnosis,))


@dataclass(frozen=True)
class Beside:
    """What is given beside the certificate."""

    trust: Trust
    today: date  # in Japan
    proofs: tuple[str, ...] = ()
    stamp: bytes | None = None


def judge(pdf: bytes, beside: Beside) -> Verdict:
    """The verdict on a file. Never raises for what the file is."""
    unreadable = why_unreadable(pdf)
    if unreadable:
        return undecided(unreadable)
    found = find_signature(pdf)
    if found is None:
        return without_signature(pdf)
    try:
        return of_signed(pdf, found, *check_signature(found), beside)
    except UnknownMethod:
        return undecided("UNKNOWN_METHOD")
    except NOT_PROVEN:
        return altered("EDITED")


def why_unreadable(pdf: bytes) -> str:
    if len(pdf) > LARGEST_FILE or not pdf:
        return "TOO_LARGE" if pdf else "EMPTY"
    if b"%PDF-" not in pdf[:1024]:
        return "IMAGE" if pdf.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) else "NOT_A_PDF"
    if b"startxref" not in pdf:
        return "BROKEN"
    return "ENCRYPTED" if re.search(rb"/Encrypt\s+\d", pdf) else ""


def without_signature(pdf: bytes) -> Verdict:
    """No signature stands where it says: written anew, cut off, taken out, or never signed."""
    if _BYTE_RANGE.search(pdf) is None:
        return altered("SIGNATURE_STRIPPED") if b"(SuretySignature)" in pdf else undecided("NO_SIGNATURE")
    if b"%%EOF" not in pdf[-1024:]:
        return undecided("BROKEN")
    if stands_in_its_place(pdf):
        return altered("EDITED")
    return Verdict("COPY", (UNKNOWN, "写しのため、発行されたときと同じ内容かどうかは分かりません。"), diagnoses=("RE_SAVED",))


def stands_in_its_place(pdf: bytes) -> bool:
    """Whether the file was never written anew: a number of a byte range fits still, or an earlier revision stands before it."""
    gaps = [one.span(1) for one in islice(_CONTENTS.finditer(pdf), _MOST_RANGES)]
    places = list(islice(_BYTE_RANGE.finditer(pdf), _MOST_RANGES))
    for place in places:
        _, length, restart, rest = (int(number) for number in place.groups())
        if any(length == start or restart == end or (rest > 0 and rest == len(pdf) - end) for start, end in gaps):
            return True
    return b"/Linearized" not in pdf[:1024] and b"startxref" in pdf[: places[0].start()]


def of_signed(pdf: bytes, found: PdfSignature, signed: Signed, at: datetime, beside: Beside) -> Verdict:
    """The verdict on a file with a signature that holds for what it covers."""
    signer, trust = signed.signer, beside.trust
    roots = trust.demo_roots if signer.is_demo else trust.roots
    is_known = signer.may_sign() and leads_to_root(signer, signed.others, roots, at)
    was_known = is_known or leads_to_root(signer, signed.others, roots, signer.valid_until)
    if not was_known and not signer.is_demo:
        nobody = (UNKNOWN, "署名した人が分からないため、署名があっても、発行時のままとは言えません。")
        return Verdict("UNREGISTERED", nobody, authorised=(FAIL, "登録された保証会社の署名ではありません。"), diagnoses=("UNKNOWN_SIGNER",))
    if found.end < len(pdf):
        return altered("CHANGED_AFTER_SIGNING" if b"startxref" in pdf[found.end :] else "APPENDED_BYTES")
    if not was_known:
        return Verdict("SPECIMEN", (UNKNOWN, "見本用の署名のため、意味がありません。"), _NO_EFFECT, _DEMO_SIGNER, ("DEMO_KEY",))
    if not is_known:
        return undecided("KEY_NOT_VALID_THEN")
    require(all(belongs(one, signed.others, roots, at) for one in signed.others), "no certificate that leads nowhere")
    embedded = signed.unsigned.get(SIGNATURE_TIMESTAMP)
    stamp = check_stamp(embedded, signed.signature, trust) if embedded else None
    require(set(signed.unsigned) <= {SIGNATURE_TIMESTAMP}, "no other unsigned attributes")
    require(stamp is None or at <= stamp.at + _CLOCKS_DIFFER, "signed before it was stamped")
    try:
        data = canonical_object(attached_data(pdf))
        require(fits(data, trust.schemas[data["schema"]], trust.schemas[data["schema"]]), "as the schema wants")
    except UnknownMethod:
        raise
    except NOT_PROVEN:
        return undecided("DATA_UNREADABLE")
    verdict = of_certificate(pdf, data, signed, at, stamp, beside)
    if data["is_specimen"] or signer.is_demo:
        return replace(verdict, headline="SPECIMEN", in_force=_NO_EFFECT, authorised=_DEMO_SIGNER, would_be=verdict.headline)
    return verdict


def of_certificate(pdf: bytes, data: dict[str, Any], signed: Signed, at: datetime, stamp: Stamp | None, beside: Beside) -> Verdict:
    """The verdict on a whole certificate under a key that was valid then: timestamp, log, period."""
    trust, surety, noticed = beside.trust, data["surety_name"], []
    if beside.stamp is not None:
        try:
            stamp = check_stamp(one_der(beside.stamp), pdf, trust)
        except NOT_PROVEN:
            noticed.append("TIMESTAMP_WRONG")
    said, proof, cancelled_on = weigh_proofs(beside.proofs, data, hashlib.sha256(pdf).hexdigest(), trust)
    noticed += [said] if said in DIAGNOSES else []
    if proof is not None:
        authorised = (PASS, f"{surety}の鍵による署名で、鍵は署名したときに有効でした。公開記録に、このファイルを発行した記録があります。")
    elif signed.signer.sha256 in trust.signers.get(surety, []):
        authorised = (UNKNOWN, f"{surety}の鍵による署名で、鍵は署名したときに有効でした。発行した記録があるかは、確かめていません。")
    else:
        authorised = (UNKNOWN, f"{surety}の鍵かどうかを、信頼ファイルからは確かめられません。")
        noticed.append("SIGNER_NOT_LISTED")
    intact = (PASS, f"{surety}の名による証書で、電子署名がファイル全体と合っています。")
    in_force, headline = state_of(data, said, cancelled_on, beside.today)
    if said == "NOT_THE_STORED_FILE":
        intact, headline = (FAIL, "公開記録にある、発行したときのファイルと一致しません。"), "ALTERED"
    elif set(noticed) - {"OLDER_VERSION"}:
        headline = "UNDECIDED"
    elif proof is None and headline not in ("OLDER_VERSION", "CANCELLED"):
        headline = "SIGNED_ONLY"  # 期間満了 says 本物, which is not proven then
    headline = headline or "GENUINE"
    facts = (*facts_of_content(data), *facts_of_proof(signed, at, stamp, proof, trust), ("SHA-256", hashlib.sha256(pdf).hexdigest()))
    return Verdict(headline, intact, in_force, authorised, tuple(noticed), facts=facts)


def weigh_proofs(texts: tuple[str, ...], data: dict[str, Any], sha256: str, trust: Trust) -> tuple[str, Proof | None, str]:
    """The gravest thing that the proofs say of the certificate, the one that shows it as issued, and the day of a cancellation."""
    heads = [(trust.head.size, trust.head.root)]
    if data["log_origin"] == trust.log.name and data["log_head_size"] is not None:
        heads.append((data["log_head_size"], bytes.fromhex(data["log_head_root"])))
    said, own, cancelled_on = ["LOG_FORKED"] if two_roots_of_one_size(heads) else [], None, ""
    for text in texts:
        try:
            proof = check_proof(text, trust)
        except NOT_PROVEN:
            said.append("PROOF_WRONG")
        else:
            said.append(said_by(proof, data, sha256, heads))
            own = proof if said[-1] == "PROVEN" else own
            cancelled_on = proof.entry["cancelled_on"] if said[-1] == "CANCELLED" else cancelled_on
    gravest = ("LOG_FORKED", "NOT_THE_STORED_FILE", "CANCELLED", "PROOF_WRONG", "PROOF_OF_ANOTHER", "OLDER_VERSION", "PROVEN")
    outcome = next((one for one in gravest if one in said), "")
    return outcome, own if outcome in ("CANCELLED", "OLDER_VERSION", "PROVEN") else None, cancelled_on


def two_roots_of_one_size(heads: list[tuple[int, bytes]]) -> bool:
    return len(dict(heads)) < len(set(heads))


def said_by(proof: Proof, data: dict[str, Any], sha256: str, heads: list[tuple[int, bytes]]) -> str:
    """What one proof says of the certificate. `heads` are those of the trust file and, second, on the certificate."""
    entry, is_own = proof.entry, proof.entry["certificate_sha256"] == sha256
    is_too_early = is_own and proof.index < max([size for size, _ in heads[1:]], default=0)  # printed before the certificate was entered
    if is_too_early or two_roots_of_one_size([*heads, (proof.head.size, proof.head.root)]):
        return "LOG_FORKED"
    if entry["guarantee_contract_number"] != data["guarantee_contract_number"]:
        return "PROOF_OF_ANOTHER"
    if entry["version"] == data["version"] and not is_own:
        return "NOT_THE_STORED_FILE"
    if entry["event"] == "cancelled":
        return "CANCELLED"  # of the contract, whichever version was the newest then
    if entry["event"] not in ("issued", "changed") or entry["version"] < data["version"]:
        return "PROOF_OF_ANOTHER"  # a new key says nothing of an issue
    return "OLDER_VERSION" if entry["version"] > data["version"] else "PROVEN"


def state_of(data: dict[str, Any], said: str, cancelled_on: str, today: date) -> tuple[Finding, str]:
    """The answer to いま有効か, and the headline if it is a bad one. It is never はい: nobody was asked."""
    ends_on = date.fromisoformat(data["guarantee_ends_on"])
    if said == "CANCELLED":
        return (FAIL, f"公開記録に、{cancelled_on}に解約した記録があります。"), "CANCELLED"
    if said == "OLDER_VERSION":
        return (FAIL, "公開記録に、新しい版の記録があります。この版は使えません。"), "OLDER_VERSION"
    if ends_on < today:
        return (FAIL, f"この版の保証期間は{ends_on}に終わりました。"), "EXPIRED"
    where = data["status_address"] or "D-Sure"
    return (UNKNOWN, f"この版の保証期間は{ends_on}までです。変更や解約がないかは、{where} で確かめてください。"), ""


_SHOWN = (
    *(
        ("guarantee_contract_number", "保証契約番号"),
        ("obligee_name", "被保証者"),
        ("principal_name", "保証契約者"),
        ("works_name", "工事名"),
    ),
    *(("contract_price", "請負金額"), ("guaranteed_amount", "保証金額"), ("guarantee_starts_on", "保証期間の初日")),
    *(("guarantee_ends_on", "保証期間の末日"), ("surety_name", "保証会社"), ("status_address", "状態確認")),
)


def facts_of_content(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "版", f"変更第{data['version']}回" if data["version"] else "当初"
    for name, label in _SHOWN:
        yield label, f"{data[name]:,}円" if isinstance(data[name], int) else data[name]


def facts_of_proof(signed: Signed, at: datetime, stamp: Stamp | None, proof: Proof | None, trust: Trust) -> Iterator[tuple[str, str]]:
    yield "署名した人", "、".join(signed.signer.names().values())
    yield "署名した時刻（署名者の申告）", str(at.astimezone(JAPAN))
    if stamp is not None:
        known = "" if stamp.is_trusted else "。信頼ファイルにない局なので、証拠にはなりません"
        yield "タイムスタンプ", f"{stamp.at.astimezone(JAPAN)}（{stamp.authority}{known}）"
    if proof is not None:
        yield "公開記録", f"{trust.log.name}　位置{proof.index}　第{proof.head.size}件時点　{proof.head.root.hex()}"
        yield "公開記録の連署", "、".join(proof.head.witnesses) or "なし"
    yield "信頼ファイル", f"{trust.exported_at} に作られたもの（電子証明書の失効は確かめていません）"


# ---- the command ----


def show(verdict: Verdict) -> None:
    label, meaning, what_to_do, _ = HEADLINES[verdict.headline]
    lines = [label + (f"（本物なら「{HEADLINES[verdict.would_be][0]}」）" if verdict.would_be else "") + f"：{meaning}"]
    for question, (answer, reason) in zip(QUESTIONS, (verdict.intact, verdict.in_force, verdict.authorised)):  # noqa: B905 - Python 3.9
        lines.append(f"  {question}　{answer}　{reason}")
    lines += [f"  分かったこと：{DIAGNOSES[one][0]}。{DIAGNOSES[one][1]}" for one in verdict.diagnoses]
    own = [DIAGNOSES[one][2] for one in verdict.diagnoses if DIAGNOSES[one][2]]
    lines += [f"  次にすること{number}：{text}" for number, text in enumerate(own[0] if own else what_to_do, 1)]
    lines += [f"  {term}：{value}" for term, value in verdict.facts]
    for line in lines:  # nothing from a file may steer the terminal
        print("".join(character if character.isprintable() or character == "　" else "?" for character in line))


def read_limited(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        return file.read(most + 1)  # one byte more tells that it is too large


def main() -> int:
    parser = argparse.ArgumentParser(
        description="電子証書（PDF）を、通信なしで確かめます。終了コード：0＝真正、1＝使えない、2＝確かめられない。"
    )
    parser.add_argument("file", type=Path, help="電子証書（PDF）")
    parser.add_argument("--trust", type=Path, required=True, help="信頼ファイル（保証会社が flask trust export で作ったもの）")
    parser.add_argument("--proof", type=Path, action="append", default=[], help="記録の証明（.tlog-proof）。いくつでも")
    parser.add_argument("--timestamp", type=Path, help="証書とは別に付いたタイムスタンプ（.tst）")
    parser.add_argument("--on", type=date.fromisoformat, help="この日の時点で判断する（YYYY-MM-DD。指定しないときは今日）")
    given = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        trust = Trust.read(read_limited(given.trust, LARGEST_SIDE_FILE).decode())
        proofs = tuple(read_limited(one, LARGEST_SIDE_FILE).decode("utf-8", "replace") for one in given.proof)
        stamp = read_limited(given.timestamp, LARGEST_SIDE_FILE) if given.timestamp else None
        pdf = read_limited(given.file, LARGEST_FILE)
    except (OSError, *NOT_PROVEN) as no:
        print(f"ファイルを読めません（{no}）。信頼ファイルと、指定したファイルの名前を確かめてください。", file=sys.stderr)
        return 2
    verdict = judge(pdf, Beside(trust, given.on or datetime.now(JAPAN).date(), proofs, stamp))
    show(verdict)
    return HEADLINES[verdict.headline][3]


if __name__ == "__main__":
    sys.exit(main())
