"""The contractor's PDFs: the certificate's file, the key notice, the premium statement."""

from werkzeug.wrappers import Response

from esurety.services.hand_out_documents import certificate_file, key_notice
from esurety.services.hand_out_premium_statement import premium_statement
from esurety.services.read_contracts import find_contract
from esurety.web.access import installation, person
from esurety.web.answers import now, pdf
from esurety.web.netdesk import blueprint
from esurety.web.netdesk.contracts import asked_version
from esurety.web.proof_file import proof_file
from esurety.web.timestamp_file import timestamp_file


@blueprint.get("/contracts/<number>/certificate.pdf")
def certificate_pdf(number: str) -> Response:
    """The certificate's file, newest version or ?version=n."""
    found = find_contract(person(), number)
    return pdf(certificate_file(found, version=asked_version()), name=f"保証証書_{number}.pdf", ascii_name=f"certificate_{number}.pdf")


@blueprint.get("/contracts/<number>/certificate.tlog-proof")
def certificate_proof(number: str) -> Response:
    """The proof that the certificate stands in the public log, newest version or ?version=n."""
    return proof_file(find_contract(person(), number), asked_version())


@blueprint.get("/contracts/<number>/certificate.tst")
def certificate_timestamp(number: str) -> Response:
    """The timestamp that came after the issue, newest version or ?version=n."""
    return timestamp_file(find_contract(person(), number), asked_version())


@blueprint.get("/contracts/<number>/key-notice.pdf")
def key_notice_pdf(number: str) -> Response:
    """電子保証にかかる「認証キー」のお知らせ. Its name carries the number, never the key."""
    found = find_contract(person(), number)
    content = key_notice(account=person(), contract=found, at=now(), installation=installation())
    return pdf(content, name=f"認証キーのお知らせ_{number}.pdf", ascii_name=f"key-notice_{number}.pdf", as_download=True)


@blueprint.get("/contracts/<number>/premium-statement.pdf")
def premium_statement_pdf(number: str) -> Response:
    """保証料計算書, of the newest version that has one or of ?version=n."""
    found = find_contract(person(), number)
    content = premium_statement(contract=found, version=asked_version())
    return pdf(content, name=f"保証料計算書_{number}.pdf", ascii_name=f"premium-statement_{number}.pdf")
