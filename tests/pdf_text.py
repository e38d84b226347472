"""What a PDF says, read by poppler: another tool than the one that wrote it."""

import subprocess


def pdf_text(pdf: bytes) -> str:
    """The text of a PDF with every blank taken out: lines are broken where paper needs it."""
    assert pdf.startswith(b"%PDF-"), pdf[:80]
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return "".join(read.stdout.decode("utf-8").split())
