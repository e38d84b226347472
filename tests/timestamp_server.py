"""A timestamp authority for tests, spoken to over HTTP on this machine; it can be told to be slow, broken or a liar."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from tests.signing import the_root

STAMPED_AT = datetime(2024, 4, 1, 3, 0, 5, tzinfo=UTC)


@cache
def the_stamper() -> DummyTimeStamper:
    """pyHanko's own small authority, with a certificate below the tests' root."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = the_root().certify("試験用タイムスタンプ局", key, stamps=True)
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    loaded = x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
    return DummyTimeStamper(loaded, keys.PrivateKeyInfo.load(der), fixed_dt=STAMPED_AT)


@dataclass
class TimestampServer:
    """What it was asked, and how it behaves: sound, slow, drips, refuses, garbage, huge, other_digest, bad_signature, old_nonce."""

    address: str = ""
    behaves: str = "sound"
    asked: list[str] = field(default_factory=list)

    def answer(self, body: bytes) -> bytes:
        request = tsp.TimeStampReq.load(body)
        if self.behaves == "other_digest":
            request["message_imprint"]["hashed_message"] = b"\x00" * 32
            request = tsp.TimeStampReq.load(request.dump(force=True))
        if self.behaves == "old_nonce":
            request["nonce"] = 1
            request = tsp.TimeStampReq.load(request.dump(force=True))
        said: bytes = the_stamper().request_tsa_response(request).dump()
        if self.behaves == "bad_signature":
            return said[:-1] + bytes([said[-1] ^ 1])
        return {"garbage": b"<html>busy</html>", "huge": said + bytes(100_000)}.get(self.behaves, said)


@contextmanager
def timestamp_server(behaves: str = "sound") -> Iterator[TimestampServer]:
    """A running server."""
    state = TimestampServer(behaves=behaves)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.asked.append(self.headers["Content-Type"])
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if state.behaves == "slow":
                time.sleep(5)
            said = state.answer(body)
            self.send_response(503 if state.behaves == "refuses" else 200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            try:
                for byte in said:
                    if state.behaves != "drips":
                        self.wfile.write(said)
                        break
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.05)
            except OSError:
                return  # who asked has gone

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
