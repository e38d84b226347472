"""Keeping the sureties' signing keys: are they fit to sign, asking a CA for a new certificate, putting it into use."""

import hashlib
import secrets
import stat
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from esurety.documents.certificate_chain import leads_to_root
from esurety.documents.device_key import device_key
from esurety.documents.signing_identity import KEY_FILE, SigningIdentity, UnusableIdentity
from esurety.documents.signing_request import (
    NameTooLong,
    RequestUnderWay,
    give_up_request,
    offered_identity,
    put_into_use,
    request_certificate,
    waiting_folder,
)
from esurety.documents.timestamps import SECONDS_LATER, Authorities, NoTimestamp, is_trusted, token_over
from esurety.documents.trusted_roots import TrustedRoots, UnreadableRoots, trusted_roots
from esurety.domain.signing_problem import SigningProblem
from esurety.persistence import organisation_records
from esurety.persistence.models import Surety
from esurety.services.installation import Installation
from esurety.services.make_certificate import CannotBeSigned, identity_of, signatory_of


class SuretyNotNamed(Exception):
    """There is no surety of that name, or several and none was named."""


@dataclass(frozen=True)
class SigningReport:
    """How a surety's key and certificate stand."""

    surety_id: int
    surety_name: str
    problem: SigningProblem | None
    identity: SigningIdentity | None  # as far as it could be read
    days_left: int | None
    leads_to_root: bool
    key_is_private: bool
    has_request: bool


@dataclass(frozen=True)
class AuthorityReport:
    """Whether a timestamp authority answers soundly, how fast, and whether others could tell who it is."""

    address: str
    seconds: float | None
    leads_to_root: bool


def signing_reports(*, at: datetime, installation: Installation) -> list[SigningReport]:
    """One report for each surety. Raises UnreadableRoots."""
    roots = trusted_roots(installation.settings.signing_dir)
    return [_report(surety, roots, at, installation) for surety in organisation_records.all_sureties()]


def _report(surety: Surety, roots: TrustedRoots, at: datetime, installation: Installation) -> SigningReport:
    folder = installation.settings.signing_dir / str(surety.id)
    problem = _problem(surety, at, installation)
    identity = _readable(surety.id, installation)
    trusted = (*roots.real, *(roots.demo if installation.settings.is_demo else ()))
    return SigningReport(
        surety.id,
        surety.name,
        problem,
        identity,
        (identity.valid_until - at).days if identity else None,
        identity is not None and leads_to_root(identity, trusted, max(at, identity.valid_from)),
        _is_private(folder / KEY_FILE),
        waiting_folder(installation.settings.signing_dir, surety.id).exists(),
    )


def _problem(surety: Surety, at: datetime, installation: Installation) -> SigningProblem | None:
    try:
        signatory_of(surety.id, at=at, installation=installation)
    except CannotBeSigned as no:
        return no.problem
    return None


def _readable(surety_id: int, installation: Installation) -> SigningIdentity | None:
    try:
        return identity_of(surety_id, installation)
    except UnusableIdentity:
        return None


def _is_private(key_file: Path) -> bool:
    """Whether nobody but its owner can read a key; True when there is none."""
    try:
        return not key_file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    except OSError:
        return True


def signing_is_ready(*, at: datetime, installation: Installation) -> bool:
    """Whether every surety could sign an electronic certificate now. Cheap enough for a probe that asks every second."""
    return all(_problem(surety, at, installation) is None for surety in organisation_records.all_sureties())


def authority_reports(installation: Installation) -> list[AuthorityReport]:
    """Ask each timestamp authority of the settings for one token. Raises UnreadableRoots."""
    roots, reports = trusted_roots(installation.settings.signing_dir).real, []
    for address in installation.settings.timestamp_authorities:
        begun = time.monotonic()
        try:
            token = token_over(hashlib.sha256(secrets.token_bytes(16)).hexdigest(), Authorities([address], seconds=SECONDS_LATER))
        except NoTimestamp:
            reports.append(AuthorityReport(address, None, leads_to_root=False))
        else:
            reports.append(AuthorityReport(address, time.monotonic() - begun, is_trusted(token, roots)))
    return reports


class KeyIsInDevice(Exception):
    """Keys are made in the device, with its maker's own tools; so is the request."""


def ask_for_certificate(*, surety_name: str, again: bool, installation: Installation) -> Path:
    """Make a new key and the request that goes to the CA; the old pair goes on signing. `again` throws a waiting key away.

    Raises SuretyNotNamed, KeyIsInDevice, RequestUnderWay, NameTooLong.
    """
    if installation.settings.key_device is not None:
        raise KeyIsInDevice
    surety, folder = _surety(surety_name), installation.settings.signing_dir
    if again:
        give_up_request(folder, surety.id)
    return request_certificate(folder, surety.id, surety.name)


@dataclass(frozen=True)
class InstalledPair:
    """A certificate put into use, and where the old pair went."""

    identity: SigningIdentity
    former: Path | None


class NotTrustedHere(Exception):
    """The certificate leads to none of the roots in roots.pem: nobody could verify what it signs."""


def install_certificate(*, surety_name: str, certificates: bytes, at: datetime, installation: Installation) -> InstalledPair:
    """Put a certificate from the CA into use, with the key that was made for it. Nothing changes unless all is right.

    Raises SuretyNotNamed, CannotBeSigned, NotTrustedHere, UnreadableRoots.
    """
    surety, folder = _surety(surety_name), installation.settings.signing_dir
    try:
        identity = _acceptable(surety.id, certificates, at, installation)
    except (CannotBeSigned, NotTrustedHere):
        if installation.settings.key_device is not None:
            give_up_request(folder, surety.id)  # no key waits there, it is in the device
        raise
    return InstalledPair(identity, put_into_use(folder, surety.id))


def _acceptable(surety_id: int, certificates: bytes, at: datetime, installation: Installation) -> SigningIdentity:
    folder, device = installation.settings.signing_dir, installation.settings.key_device
    try:
        in_device = device_key(device, surety_id) if device is not None else None
        identity = offered_identity(folder, surety_id, certificates, in_device)
        identity.require_valid(at)
    except UnusableIdentity as no:
        raise CannotBeSigned(no.problem) from no
    if identity.is_demo:
        raise CannotBeSigned(SigningProblem.DEMO_CERTIFICATE)
    if not leads_to_root(identity, trusted_roots(folder).real, at):
        raise NotTrustedHere
    return identity


def _surety(name: str) -> Surety:
    found = [one for one in organisation_records.all_sureties() if name in {"", one.name}]
    if len(found) != 1:
        raise SuretyNotNamed
    return found[0]


__all__ = [
    "AuthorityReport",
    "InstalledPair",
    "KeyIsInDevice",
    "NameTooLong",
    "NotTrustedHere",
    "RequestUnderWay",
    "SigningReport",
    "SuretyNotNamed",
    "UnreadableRoots",
    "ask_for_certificate",
    "authority_reports",
    "install_certificate",
    "signing_is_ready",
    "signing_reports",
]
