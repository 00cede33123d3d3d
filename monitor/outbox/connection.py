"""One connection to a mail server: smtplib's, with limits on every step as a whole and on what a server may say."""

import re
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass

from monitor.errors import MonitorError

_LONGEST_LINE = 8192
_LONGEST_REPLY = 200
_CHUNK = 64 * 1024
# A reply is three digits, then a dash where more lines follow, a blank where a text does, or nothing.
_REPLY = re.compile(rb"([2-5]\d\d)(-|[ \t\r]|$)")


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds each step may take in all, however slowly its bytes drip.

    RFC 5321 asks for ten minutes after the final dot: a server that has the message may be slow to say so, and leaving
    early means sending it twice.
    """

    connect: float = 30
    command: float = 60
    end_of_data: float = 600
    goodbye: float = 5


class CannotSendError(MonitorError):
    """Something on our side, or a server that does not offer what is needed. Route: a temporary failure."""


class Connection(smtplib.SMTP):
    """smtplib's connection with limits on every step as a whole, and on what a server may say.

    smtplib waits anew for every byte, so a server that sends one a minute would hold it for ever; it reads half a reply
    ("25", then the end) as a reply; and it looks up this machine's name, which can take half a minute.
    """

    def __init__(self, host: str, patience: Patience) -> None:
        super().__init__(local_hostname="localhost", timeout=patience.connect)
        self._host = host  # what starttls checks the certificate against
        self.wrapping: ssl.SSLContext | None = None
        self.patience = patience.command
        self._pending = b""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock = socket.create_connection((host, port), timeout)
        self.local_hostname = _literal(sock)
        # The handshake counts as a command.
        sock.settimeout(self.patience)
        return self.wrapping.wrap_socket(sock, server_hostname=host) if self.wrapping else sock

    def send(self, s: bytes | str) -> None:  # type: ignore[override] # typeshed also lists buffers nobody passes
        """Send all of it within the patience, or raise OSError."""
        data = s.encode("ascii") if isinstance(s, str) else s
        deadline = time.monotonic() + self.patience
        for start in range(0, len(data), _CHUNK):
            self._open_socket(deadline).sendall(data[start : start + _CHUNK])

    def getreply(self) -> tuple[int, bytes]:
        """Return code and text of one whole reply, -1 and the line where it is none.

        Raises SMTPServerDisconnected where the reply does not end, TimeoutError past the patience.
        """
        deadline = time.monotonic() + self.patience
        said: list[bytes] = []
        while len(said) < _LONGEST_REPLY:
            line = self._line(deadline)
            reply = _REPLY.match(line)
            if reply is None:
                return -1, line.strip()
            said.append(line[4:].strip())
            if reply[2] != b"-":
                return int(reply[1]), b"\n".join(said)
        raise smtplib.SMTPServerDisconnected("the server's answer has no end")

    def starttls(self, *, context: ssl.SSLContext | None = None) -> tuple[int, bytes]:  # type: ignore[override]
        """Secure the connection; raises where the server refuses, spoke too early or cannot prove its name."""
        code, said = self.docmd("STARTTLS")
        expect((code, said), 220)
        # What came in clear behind the answer was put there by somebody between us and the server.
        if self._pending:
            raise CannotSendError("the server spoke before TLS began; somebody may be in between")
        assert context is not None
        assert self.sock is not None
        self.sock.settimeout(self.patience)
        self.sock = context.wrap_socket(self.sock, server_hostname=self._host)
        self.ehlo_resp = self.helo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False
        return code, said

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self._pending:
            if len(self._pending) > _LONGEST_LINE:
                raise smtplib.SMTPServerDisconnected("the server's answer is too long")
            received = self._open_socket(deadline).recv(4096)
            if not received:
                raise smtplib.SMTPServerDisconnected("the server closed the connection")
            self._pending += received
        line, _, self._pending = self._pending.partition(b"\n")
        return line

    def _open_socket(self, deadline: float) -> socket.socket:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        self.sock.settimeout(left)
        return self.sock


def expect(reply: tuple[int, bytes], *codes: int) -> None:
    """Raise SMTPResponseException where a reply has none of these codes."""
    if reply[0] not in codes:
        raise smtplib.SMTPResponseException(*reply)


def _literal(sock: socket.socket) -> str:
    """Return the address literal of RFC 5321 for our end: true everywhere, and needs no name server."""
    address = str(sock.getsockname()[0]).partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
