"""A mail server on the loopback that fails as mail servers do, and remembers what it took."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import BinaryIO


@dataclass
class Mailbox:
    """What the server has taken: the whole text of each mail. `moods` is asked for a mood at each mail; by default all is well."""

    port: int = 0
    taken: list[bytes] = field(default_factory=list)
    mood: Callable[[], str] = lambda: "well"

    def message_ids(self) -> list[str]:
        return [str(message_from_bytes(text)["Message-ID"]).strip() for text in self.taken]


@contextmanager
def flaky_smtp() -> Iterator[Mailbox]:
    """Moods: well, refuse (550 to the recipient), greylist (451), busy (421 at once), slow (silent after the dot), drop_before_dot,
    drop_after_dot (the text is taken, the answer lost), refuse_text (554 to the text)."""
    box = Mailbox()
    server = socket.create_server(("127.0.0.1", 0))
    box.port = server.getsockname()[1]
    ended = threading.Event()

    def listen() -> None:
        while not ended.is_set():
            with suppress(OSError):
                connection, _ = server.accept()
                threading.Thread(target=_serve, args=(connection, box, ended), daemon=True).start()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        ended.set()
        with suppress(OSError), socket.create_connection(("127.0.0.1", box.port), timeout=1):
            pass
        server.close()
        thread.join()


def _serve(connection: socket.socket, box: Mailbox, ended: threading.Event) -> None:
    mood = box.mood()
    with connection, connection.makefile("rwb") as stream, suppress(OSError, ValueError):
        _say(stream, "421 try later" if mood == "busy" else "220 flaky")
        while mood != "busy" and (line := stream.readline()):
            verb = line.upper().split()[:1]
            if verb == [b"DATA"]:
                if not _take_text(stream, mood, box, ended):
                    return
            elif verb == [b"RCPT"]:
                _say(stream, {"refuse": "550 no such user", "greylist": "451 greylisted"}.get(mood, "250 ok"))
            else:
                _say(stream, "250 ok")
                if verb == [b"QUIT"]:
                    return


def _say(stream: BinaryIO, line: str) -> None:
    stream.write(f"{line}\r\n".encode())
    stream.flush()


def _take_text(stream: BinaryIO, mood: str, box: Mailbox, ended: threading.Event) -> bool:
    """The text of one mail; False when the connection breaks here."""
    _say(stream, "354 go on")
    if mood == "drop_before_dot":
        stream.readline()
        return False
    text = b""
    while (part := stream.readline()) not in {b".\r\n", b""}:
        text += part.removeprefix(b".") if part.startswith(b"..") else part
    if mood == "refuse_text":
        _say(stream, "554 no")
        return True
    box.taken.append(text)
    if mood == "slow":
        ended.wait(5)
    if mood in {"slow", "drop_after_dot"}:
        return False
    _say(stream, "250 taken")
    return True
