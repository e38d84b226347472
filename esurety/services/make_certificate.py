"""Making a certificate's file: typeset, its data attached, signed and stamped with the time. Slow work, outside any transaction."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from esurety.documents.certificate import render_certificate
from esurety.documents.demo_authority import ensure_demo_identity
from esurety.documents.device_key import device_key
from esurety.documents.sign_certificate import NotSigned, sign
from esurety.documents.signing_identity import SigningIdentity, UnusableIdentity, identity_in
from esurety.documents.timestamps import SECONDS_AT_ISSUE, Authorities, NoTimestamp
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.certificate_data import certificate_data
from esurety.domain.products import CertificateForm
from esurety.domain.signing_problem import SigningProblem
from esurety.domain.status_id import draw_status_id
from esurety.domain.timestamp_state import TimestampState
from esurety.persistence import reference_data
from esurety.persistence.models import CertificateVersion
from esurety.services.installation import Installation
from esurety.services.keep_log import latest_head


class CannotBeSigned(Exception):
    """The surety has no usable key and certificate; nothing has been issued."""

    def __init__(self, problem: SigningProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True)
class Signatory:
    """Who signs the certificates of one issue, and who is asked for the time."""

    identity: SigningIdentity
    stamper: Authorities | None


@dataclass(frozen=True)
class MadeFile:
    """The bytes of a certificate, ready to be issued."""

    pdf: bytes
    sha256: str
    signed_at: datetime | None  # None on paper
    timestamp_state: TimestampState


def publicly_known(content: CertificateContent, version: CertificateVersion | None, installation: Installation) -> CertificateContent:
    """The content with its status page and the log's latest head; a version prepared before keeps its page."""
    status_id = (version.status_id if version is not None else None) or draw_status_id()
    head = latest_head()
    return replace(
        content,
        status_id=status_id,
        status_address=f"{installation.settings.public_url}/c/{status_id}",
        log_origin=head.origin if head else "",
        log_head_size=head.size if head else None,
        log_head_root=head.root_hex if head else "",
    )


def signatory_of(surety_id: int, *, at: datetime, installation: Installation) -> Signatory:
    """What a surety signs with now. A demonstration makes its sureties' keys as they are needed. Raises CannotBeSigned."""
    settings = installation.settings
    if settings.is_demo and not (settings.signing_dir / str(surety_id)).exists():
        surety = reference_data.surety(surety_id)
        ensure_demo_identity(settings.signing_dir, surety_id, surety.name if surety else "")
    try:
        identity = identity_of(surety_id, installation)
        identity.require_valid(at)
    except UnusableIdentity as no:
        raise CannotBeSigned(no.problem) from no
    if identity.is_demo and not settings.is_demo:
        raise CannotBeSigned(SigningProblem.DEMO_CERTIFICATE)
    authorities = settings.timestamp_authorities
    return Signatory(identity, Authorities(authorities, seconds=SECONDS_AT_ISSUE) if authorities else None)


def identity_of(surety_id: int, installation: Installation) -> SigningIdentity:
    """Key and certificate of a surety, be the key in a file or in a device; their period is not looked at. Raises UnusableIdentity."""
    folder, device = installation.settings.signing_dir / str(surety_id), installation.settings.key_device
    return identity_in(folder, device_key(device, surety_id) if device is not None else None)


def make_file(content: CertificateContent, signatory: Signatory | None, *, at: datetime, installation: Installation) -> MadeFile:
    """Typeset a certificate; sign it if it is electronic, which takes a signatory.

    Raises UnprintableCharacters, DocumentNotMade, NotSigned, CannotBeSigned (a device that has just gone away).
    """
    pdf, signed_at, state = render_certificate(content), None, TimestampState.NONE
    if content.certificate_form is CertificateForm.ELECTRONIC:
        assert signatory is not None, "asked for before a number was used"  # noqa: S101
        try:
            pdf, state = _signed(pdf, certificate_data(content), signatory, at)
        except UnusableIdentity as no:
            raise CannotBeSigned(no.problem) from no
        signed_at = at
        if state is TimestampState.NONE and installation.settings.is_demo:
            state = TimestampState.PENDING  # the worker stamps with the demonstration's own authority
    return MadeFile(pdf, hashlib.sha256(pdf).hexdigest(), signed_at, state)


def _signed(pdf: bytes, data: bytes, by: Signatory, at: datetime) -> tuple[bytes, TimestampState]:
    """With an embedded timestamp if an authority answers at once; without one, the worker asks again for the finished file."""
    if by.stamper is not None:
        try:
            return sign(pdf, identity=by.identity, data_json=data, signed_at=at, timestamper=by.stamper), TimestampState.EMBEDDED
        except (NoTimestamp, NotSigned):  # NotSigned: the token is larger than the room for it
            pass
    state = TimestampState.NONE if by.stamper is None else TimestampState.PENDING
    return sign(pdf, identity=by.identity, data_json=data, signed_at=at), state
