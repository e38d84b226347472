"""The stand-alone verifier is there for everybody, beside the form."""

from tests.verifier import PROGRAM
from tests.web.page_client import PageClient


def test_the_program_is_served_as_it_is_and_linked_from_the_form(client: PageClient) -> None:
    page = client.get("/verify")
    program = client.get("/verify/esurety_verify.py")

    assert page.dom.xpath("//a[@href='/verify/esurety_verify.py']")
    assert program.body == PROGRAM.read_bytes()
    assert program.headers["Content-Disposition"] == 'attachment; filename="esurety_verify.py"'
    assert program.headers["Content-Type"].startswith("text/x-python")
