"""The last write to an electronic certificate: its data attached and a PAdES signature over the whole file, in one revision.

The rendered file stays as it was at the beginning of the signed one, byte for byte; so that it can be laid out anew and compared.
"""

import asyncio
import io
from datetime import datetime

from asn1crypto import algos
from pyhanko.pdf_utils.embed import EmbeddedFileObject, EmbeddedFileParams, FileSpec, embed_file
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSigner, Signer
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from esurety.documents.signing_identity import SigningIdentity
from esurety.domain.certificate_data import DATA_FILE_NAME

SIGNATURE_FIELD = "SuretySignature"
_REASON = "保証証書の発行"
_DIGEST = "sha256"
# Bytes, each two hexadecimal digits in the file: what a signature takes besides its certificates, what it gets at least, and the
# room for a timestamp token with the certificates that its authority sends along.
_SIGNATURE_ALONE = 2048
_LEAST_RESERVED = 4096
_TIMESTAMP_ROOM = 8192


class NotSigned(Exception):
    """The signature could not be made; nothing is issued."""


def sign(pdf: bytes, *, identity: SigningIdentity, data_json: bytes, signed_at: datetime, timestamper: TimeStamper | None = None) -> bytes:
    """The certificate with its data attached, signed so that no change of any kind is allowed any more (DocMDP 1).

    Raises NotSigned, UnusableIdentity, and what the timestamper raises.
    """
    identity.require_valid(signed_at)
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        _attach(writer, data_json, signed_at)
        return asyncio.run(_signed(writer, identity, signed_at, timestamper))
    except (SigningError, PdfError) as no:
        raise NotSigned(str(no)) from no


def _attach(writer: IncrementalPdfFileWriter, data_json: bytes, signed_at: datetime) -> None:
    stream = EmbeddedFileObject.from_file_data(
        writer, data_json, mime_type="application/json", params=EmbeddedFileParams(creation_date=signed_at, modification_date=signed_at)
    )
    embed_file(
        writer,
        FileSpec(
            file_spec_string=DATA_FILE_NAME,
            file_name=DATA_FILE_NAME,
            embedded_data=stream,
            description="この証書の内容のデータ",
            af_relationship=pdf_name("/Data"),
        ),
    )


async def _signed(writer: IncrementalPdfFileWriter, identity: SigningIdentity, at: datetime, timestamper: TimeStamper | None) -> bytes:
    """pyHanko's steps one by one, because only so the time of signing can be given to it."""
    metadata = PdfSignatureMetadata(
        field_name=SIGNATURE_FIELD,
        md_algorithm=_DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=_REASON,
    )
    signer = PdfSigner(metadata, _KeyInMemory(identity), timestamper=timestamper, new_field_spec=SigFieldSpec(SIGNATURE_FIELD))
    session = signer.init_signing_session(writer)
    session.system_time = at
    room = _room_for(identity) + (_TIMESTAMP_ROOM if timestamper is not None else 0)
    prepared = session.prepare_tbs_document(validation_info=None, bytes_reserved=2 * room)
    output = io.BytesIO()
    digest, _ = prepared.digest_tbs_document(output=output)
    await prepared.perform_signature(digest.document_digest, PdfCMSSignedAttributes(signing_time=at))
    return output.getvalue()


def _room_for(identity: SigningIdentity) -> int:
    certificates = (identity.certificate, *identity.chain)
    return max(_LEAST_RESERVED, _SIGNATURE_ALONE + sum(len(one.dump()) for one in certificates))


class _KeyInMemory(Signer):
    """pyHanko's SimpleSigner parses the key anew for every signature; ours is parsed once."""

    def __init__(self, identity: SigningIdentity) -> None:
        store = SimpleCertificateStore()
        store.register_multiple(identity.chain)
        super().__init__(
            signing_cert=identity.certificate,
            cert_registry=store,
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            embed_roots=False,
        )
        self._identity = identity

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002
        return self._identity.signature(data)
