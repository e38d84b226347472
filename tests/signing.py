"""A certification authority of the tests' own: its certificates count as real ones, in whatever state a test wants them."""

import atexit
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PEM = serialization.Encoding.PEM
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
LONG_AGO, FAR_AHEAD = datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 1, 1, tzinfo=UTC)
SURETY_NAME = "見本建設業保証株式会社"


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: Key) -> bytes:
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


@dataclass(frozen=True)
class TestAuthority:
    """A root, or an intermediate below one."""

    __test__ = False
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def root(cls, name: str = "試験用認証局") -> "TestAuthority":
        key = new_key()
        return cls(key, _certificate(name, key, name, key, is_authority=True))

    def intermediate(self, name: str = "試験用中間認証局") -> "TestAuthority":
        key = new_key()
        return TestAuthority(key, self.certify(name, key, is_authority=True))

    def certify(
        self,
        name: str,
        key: Key,
        *,
        valid_from: datetime = LONG_AGO,
        valid_until: datetime = FAR_AHEAD,
        is_authority: bool = False,
        signs: bool = True,
        stamps: bool = False,
    ) -> x509.Certificate:
        (issuer,) = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return _certificate(
            name, key, str(issuer.value), self.key, valid_from, valid_until, is_authority=is_authority, signs=signs, stamps=stamps
        )

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(PEM)


def _certificate(
    name: str,
    key: Key,
    issuer: str,
    by: ec.EllipticCurvePrivateKey,
    valid_from: datetime = LONG_AGO,
    valid_until: datetime = FAR_AHEAD,
    *,
    is_authority: bool = False,
    signs: bool = True,
    stamps: bool = False,
) -> x509.Certificate:
    uses = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only", "digital_signature"), False
    )
    uses |= {"content_commitment": signs and not is_authority, "digital_signature": signs and not is_authority}
    uses |= {"key_cert_sign": is_authority, "crl_sign": is_authority, "key_encipherment": not signs}
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid_from)
        .not_valid_after(valid_until)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**uses), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return builder.sign(by, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"), x509.NameAttribute(NameOID.COMMON_NAME, name)])


@cache
def the_root() -> TestAuthority:
    """The authority of the session."""
    return TestAuthority.root()


@cache
def signing_folder() -> Path:
    """A SIGNING_DIR, made once a session: its root is trusted, and the stage's surety (id 1) can sign from 2020 to 2049."""
    folder = Path(tempfile.mkdtemp(prefix="esurety-signing-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "roots.pem").write_bytes(the_root().pem)
    put_identity(folder / "1", the_root())
    return folder


def put_identity(
    folder: Path,
    authority: TestAuthority,
    *,
    key: Key | None = None,
    chain: tuple[TestAuthority, ...] = (),
    valid_from: datetime = LONG_AGO,
    valid_until: datetime = FAR_AHEAD,
    **certificate: bool,
) -> None:
    """Key and certificate of a surety in its folder."""
    key = key or new_key()
    leaf = authority.certify(SURETY_NAME, key, valid_from=valid_from, valid_until=valid_until, **certificate)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "key.pem").write_bytes(key_pem(key))
    (folder / "certificate.pem").write_bytes(leaf.public_bytes(PEM) + b"".join(one.pem for one in chain))


def pdfsig(pdf: bytes, folder: Path, *, trusting: bytes | None = None) -> str:
    """What poppler says of a PDF's signatures, with one root trusted when it is given."""
    file, store = folder / "signed.pdf", folder / "nss"
    file.write_bytes(pdf)
    store.mkdir(exist_ok=True)
    certutil = ["certutil", "-d", f"sql:{store}"]
    subprocess.run([*certutil, "-N", "--empty-password"], check=True, capture_output=True)
    if trusting is not None:
        (folder / "root.pem").write_bytes(trusting)
        subprocess.run([*certutil, "-A", "-n", "root", "-t", "CT,C,C", "-i", str(folder / "root.pem")], check=True, capture_output=True)
    return subprocess.run(["pdfsig", "-nssdir", f"sql:{store}", str(file)], check=False, capture_output=True, text=True).stdout
