"""The stand-alone verifier's own arithmetic, held against OpenSSL (through cryptography), jsonschema and the RFCs' vectors."""

import base64
import copy
import hashlib
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from jsonschema import Draft202012Validator

from esurety.domain.certificate_data import certificate_data
from esurety.domain.merkle_tree import GrowingTree, inclusion_ranges, leaf_hash
from tests.documents.conftest import CERTIFICATE
from tests.verifier import verifier

VERIFIER = verifier()
DER = Encoding.DER
AT = datetime(2024, 4, 1, tzinfo=UTC)
EC_KEYS = [ec.generate_private_key(curve) for curve in (ec.SECP256R1(), ec.SECP384R1())]
RSA_KEYS = [rsa.generate_private_key(65537, bits) for bits in (2048, 2049, 3072)]
HASHES = [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()]
SCHEMA = json.loads((Path(__file__).parents[1] / "docs/schemas/esurety-certificate-1.schema.json").read_text(encoding="utf-8"))


def certificate(key: Any, by: Any, method: Any, *extensions: tuple[x509.ExtensionType, bool], pss: Any = None, issuer: str = "a") -> Any:
    """A certificate of OpenSSL's making, as the verifier reads it."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a")]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2030, 1, 1, tzinfo=UTC))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return VERIFIER.Certificate(builder.sign(by, method, rsa_padding=pss).public_bytes(DER))


def holds(one: Any, key: Any, *, signed: bytes | None = None) -> bool:
    spki = VERIFIER.one_der(key.public_key().public_bytes(DER, PublicFormat.SubjectPublicKeyInfo))
    return bool(VERIFIER.signature_holds(one.algorithm, spki, one.signed if signed is None else signed, one.signature))


@pytest.mark.parametrize("method", HASHES, ids=lambda one: one.name)
@pytest.mark.parametrize("key", EC_KEYS + RSA_KEYS, ids=["P-256", "P-384", "2048", "2049", "3072"])
def test_a_signature_of_openssl_holds_for_its_bytes_and_key_alone(key: Any, method: Any) -> None:
    one = certificate(key, key, method)
    other = (
        ec.generate_private_key(key.curve) if isinstance(key, ec.EllipticCurvePrivateKey) else rsa.generate_private_key(65537, key.key_size)
    )

    assert holds(one, key)
    assert not holds(one, key, signed=one.signed + b"x")
    assert not holds(one, other) if not isinstance(key, rsa.RSAPrivateKey) else refuses(one, other)


def refuses(one: Any, key: Any) -> bool:
    """A signature may also be impossible under another modulus."""
    try:
        return not holds(one, key)
    except ValueError:
        return True


@pytest.mark.parametrize("method", HASHES, ids=lambda one: one.name)
@pytest.mark.parametrize("key", RSA_KEYS, ids=["2048", "2049", "3072"])
def test_pss_of_openssl_holds(key: rsa.RSAPrivateKey, method: Any) -> None:
    one = certificate(key, key, method, pss=padding.PSS(padding.MGF1(method), method.digest_size))

    assert holds(one, key)
    assert not holds(one, key, signed=one.signed + b"x")


@pytest.mark.parametrize("key", EC_KEYS, ids=["P-256", "P-384"])
def test_signatures_that_no_key_makes_do_not_hold(key: ec.EllipticCurvePrivateKey) -> None:
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    curve = VERIFIER.CURVES[VERIFIER.P256 if len(point) == 65 else VERIFIER.P384]
    digest = hashlib.sha256(b"text").digest()
    r, s = decode_dss_signature(key.sign(b"text", ec.ECDSA(hashes.SHA256())))

    assert VERIFIER.ecdsa_holds(curve, point, digest, encode_dss_signature(r, s))
    for wrong in ((0, s), (r, 0), (0, 0), (r + curve.n, s), (r, s + curve.n), (curve.n, s), (s, r), (r, 1), (1, 1)):
        assert not VERIFIER.ecdsa_holds(curve, point, digest, encode_dss_signature(*wrong)), wrong
    with pytest.raises(VERIFIER.Unsound):
        VERIFIER.ecdsa_holds(curve, point[:-1] + bytes([point[-1] ^ 1]), digest, encode_dss_signature(r, s))


def test_ed25519_is_that_of_the_rfc() -> None:
    # RFC 8032, 7.1, TEST 1 and TEST 2
    for key, message, signature in (
        ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72", "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ):  # fmt: skip
        known = [bytes.fromhex(one) for one in (key, message, signature)]
        assert VERIFIER.ed25519_holds(*known)
        assert not VERIFIER.ed25519_holds(known[0], known[1] + b"x", known[2])


def test_ed25519_of_openssl_holds_and_its_flips_do_not() -> None:
    chance = random.Random(8032)  # noqa: S311 - a repeatable one
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    for length in range(0, 100, 20):
        message = chance.randbytes(length)
        signature = bytearray(key.sign(message))
        assert VERIFIER.ed25519_holds(public, message, bytes(signature))
        signature[chance.randrange(64)] ^= 1 << chance.randrange(8)
        try:
            assert not VERIFIER.ed25519_holds(public, message, bytes(signature))
        except VERIFIER.Unsound:
            continue  # the flip left no point of the curve


# ---- certificates ----

AUTHORITY = (x509.BasicConstraints(ca=True, path_length=None), True)
NO_AUTHORITY = (x509.BasicConstraints(ca=False, path_length=None), True)


def uses(*, signs: bool = False, certifies: bool = False) -> tuple[x509.ExtensionType, bool]:
    others = dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement", "crl_sign", "encipher_only", "decipher_only"), False)
    return x509.KeyUsage(digital_signature=signs, content_commitment=signs, key_cert_sign=certifies, **others), True


@pytest.mark.parametrize(
    ("root", "leads"),
    [((AUTHORITY, uses(certifies=True)), True), ((AUTHORITY,), True), ((AUTHORITY, uses(signs=True)), False), ((NO_AUTHORITY,), False), ((), False),
     (((x509.BasicConstraints(ca=True, path_length=0), True),), True)],
    ids=["authority", "no usage named", "usage of a signer", "no authority", "nothing said", "no intermediates allowed"],
)  # fmt: skip
def test_only_an_authority_can_certify(root: tuple[Any, ...], leads: bool) -> None:
    key = EC_KEYS[0]
    top, leaf = certificate(key, key, HASHES[0], *root), certificate(EC_KEYS[1], key, HASHES[0], NO_AUTHORITY)

    assert VERIFIER.leads_to_root(leaf, [], [top], AT) is leads
    assert not VERIFIER.leads_to_root(leaf, [top], [], AT)
    assert not VERIFIER.leads_to_root(leaf, [], [top], datetime(2031, 1, 1, tzinfo=UTC))
    assert not VERIFIER.leads_to_root(certificate(EC_KEYS[1], EC_KEYS[1], HASHES[0], NO_AUTHORITY), [], [top], AT)


@pytest.mark.parametrize(
    ("key_usage", "may"), [((uses(signs=True),), True), ((uses(certifies=True),), False), ((), True), ((AUTHORITY,), False)]
)
def test_who_may_sign(key_usage: tuple[Any, ...], may: bool) -> None:
    assert certificate(EC_KEYS[0], EC_KEYS[0], HASHES[0], *key_usage).may_sign() is may


def test_a_critical_extension_that_it_does_not_know_is_not_passed_over() -> None:
    limited = (x509.NameConstraints([x509.DNSName("example.jp")], None), True)
    with pytest.raises(VERIFIER.UnknownMethod):
        certificate(EC_KEYS[0], EC_KEYS[0], HASHES[0], AUTHORITY, limited)


@pytest.mark.parametrize(
    "der", ["308003020101", "30820003020101", "3081030201", "3004020100", "30030201010000", "020200017f", "0200", "1f0100", "30"]
)
def test_only_der_is_der(der: str) -> None:
    with pytest.raises((VERIFIER.Unsound, IndexError)):
        numbers_in(bytes.fromhex(der))


def numbers_in(der: bytes) -> list[int]:
    return [part.as_integer() for part in VERIFIER.one_der(der).parts()]


# ---- data and tree ----


def mutated(value: Any, chance: random.Random) -> Any:
    """The certificate's data with one thing changed."""
    changed = copy.deepcopy(value)
    name = chance.choice(sorted(changed))
    fresh = [
        "",
        "x",
        0,
        -1,
        7,
        None,
        True,
        [],
        {},
        "2024-04-01",
        "01PJXWWAZA7X5DGV",
        [{"label": "a", "before": "b", "after": "c"}],
        [{"label": "a"}],
    ]
    match chance.randrange(4):
        case 0:
            del changed[name]
        case 1:
            changed["more"] = 1
        case _:
            changed[name] = chance.choice(fresh)
    return changed


def test_the_schema_says_what_jsonschema_says() -> None:
    chance, judge = random.Random(2020), Draft202012Validator(SCHEMA)  # noqa: S311 - a repeatable one
    good = json.loads(certificate_data(CERTIFICATE))
    assert VERIFIER.fits(good, SCHEMA, SCHEMA)
    outcomes = []
    for _ in range(400):
        value = mutated(good, chance)
        outcomes.append(judge.is_valid(value))
        assert VERIFIER.fits(value, SCHEMA, SCHEMA) is outcomes[-1], value
    assert 20 < sum(outcomes) < 380


@pytest.mark.parametrize(
    "data", [b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"[]", b'{"a":NaN}', b'{"a":"\\u3042"}', b'{"a":1}\n', b"\xff", b'{"a":1e2}']
)
def test_only_canonical_json_is_read(data: bytes) -> None:
    with pytest.raises(ValueError):
        VERIFIER.canonical_object(data)


def test_inclusion_proofs_of_every_place_lead_to_the_root() -> None:
    for size in (1, 2, 3, 7, 8, 9, 33):
        leaves = [leaf_hash(bytes([at])) for at in range(size)]
        tree, hashes_of = GrowingTree(), {}
        for leaf in leaves:
            hashes_of |= dict(tree.append(leaf))
        for index in range(size):
            path = [one.hash_from(hashes_of) for one in inclusion_ranges(index, size)]
            assert VERIFIER.root_over(leaves[index], index, size, path) == tree.root
            for wrong in (path[:-1], [*path, bytes(32)]):
                if wrong != path:
                    with pytest.raises(VERIFIER.Unsound):
                        VERIFIER.root_over(leaves[index], index, size, wrong)


def test_base64_has_one_spelling() -> None:
    assert VERIFIER.unbase64(base64.b64encode(b"ab").decode()) == b"ab"
    with pytest.raises(ValueError):
        VERIFIER.unbase64("YWJ=")
