"""Certificates, key notices and statements as PDF: the only floor that knows the PDF libraries."""
