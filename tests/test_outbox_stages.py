"""Whatever a mail server does, and whenever: the attempt ends in time, in the right state, without the password."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from monitor.config import MAIL_PASSWORD_VARIABLE, MailConfig, MailTransport, Tls
from monitor.outbox import Patience, SmtpTransport
from monitor.records import Delivery, Message, Sent

SECRET = "canary-in-the-mail"
MESSAGE = Message(
    message_id="<1@example.org>",
    recipient="ana",
    address="ana@example.org",
    subject="Two ports",
    date=datetime(2026, 11, 24, 7, 30, tzinfo=UTC),
    raw=b"Subject: Two ports\r\n\r\nsigned\r\n",
)
# Long enough for an honest answer on loopback, short enough for a test of a server that gives none.
HURRIED = Patience(connect=2, command=0.4, end_of_data=0.4, goodbye=0.2)


class Peer:
    """The server's side of one conversation, in three words: say, hear, vanish."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.heard: list[str] = []

    def say(self, text: str) -> None:
        self.connection.sendall(text.encode())

    def hear(self) -> str:
        """Read one line, as the client sent it."""
        line = b""
        while not line.endswith(b"\n"):
            byte = self.connection.recv(1)
            if not byte:
                raise ConnectionError("the client left")
            line += byte
        self.heard.append(line.decode().strip())
        return self.heard[-1]

    def answer(self, *replies: str) -> None:
        """Answer the next commands, one by one."""
        for reply in replies:
            self.hear()
            self.say(reply + "\r\n")

    def greet(self, *features: str) -> None:
        self.say("220 mx.example\r\n")
        self.answer(ehlo(*features))

    def take_message(self) -> None:
        """Accept everything up to the final dot, and say nothing to that."""
        self.greet()
        self.answer("250 ok", "250 ok", "354 go on")
        while self.hear() != ".":
            pass

    def wait(self) -> None:
        """Say nothing until the client leaves."""
        while self.connection.recv(1024):
            pass

    def vanish(self) -> None:
        """Reset the connection instead of closing it."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.connection.close()


def ehlo(*features: str) -> str:
    lines = ["mx.example", *features]
    return "\r\n".join(f"250{'-' if line is not lines[-1] else ' '}{line}" for line in lines)


@contextmanager
def scripted(script: Callable[[Peer], None]) -> Iterator[tuple[int, list[str]]]:
    """Run a script against the first client; gives the port and the lines the client said."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)

        def serve() -> None:
            connection, _ = listener.accept()
            connection.settimeout(5)
            peer = Peer(connection)
            peer.heard = heard
            try:
                with connection:
                    script(peer)
            except OSError:
                pass  # the client left in the middle of the script, as some tests want it to

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1], heard
        finally:
            thread.join()


def deliver(port: int, message: Message = MESSAGE, **changes: Any) -> Delivery:
    mail = MailConfig(
        transport=MailTransport.SMTP, host="127.0.0.1", port=port, tls=Tls.NONE, sender="news@example.org"
    )
    return SmtpTransport(replace(mail, **changes), HURRIED).deliver(message)


def end_with(text: str) -> Callable[[Peer], None]:
    """Take the whole message, say this, and close."""

    def script(peer: Peer) -> None:
        peer.take_message()
        peer.say(text)

    return script


def silent_after(count: int) -> Callable[[Peer], None]:
    """Answer `count` commands, then say nothing more."""

    def script(peer: Peer) -> None:
        peer.say("220 mx.example\r\n")
        peer.answer(*[ehlo(), "250 ok", "250 ok", "354 go on"][:count])
        peer.wait()

    return script


def closing_after(count: int) -> Callable[[Peer], None]:
    """Answer `count` commands, then hang up at the next."""

    def script(peer: Peer) -> None:
        peer.say("220 mx.example\r\n")
        peer.answer(*[ehlo(), "250 ok", "250 ok"][:count])
        peer.hear()

    return script


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_server_that_hangs_up_before_the_message_has_not_got_it(count: int) -> None:
    with scripted(closing_after(count)) as (port, _):
        delivery = deliver(port)
    assert delivery.result is Sent.TEMPORARY
    assert "the server closed the connection" in delivery.detail


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_server_that_says_nothing_more_is_left_in_time(count: int) -> None:
    """Promise 6."""
    with scripted(silent_after(count)) as (port, _):
        delivery = deliver(port)
    assert delivery.result is Sent.TEMPORARY
    assert "no answer in time" in delivery.detail


def test_a_banner_that_never_comes_is_temporary() -> None:
    """Promise 6."""
    with scripted(Peer.wait) as (port, heard):
        delivery = deliver(port)
    assert delivery == Delivery("<1@example.org>", Sent.TEMPORARY, "connect: no answer in time")
    assert heard == []


@pytest.mark.parametrize("banner", ["421 too busy", "554 no mail here", "SSH-2.0-OpenSSH", "2200 x", "\x00\xff"])
def test_a_greeting_that_is_none_says_nothing_of_the_message(banner: str) -> None:
    with scripted(lambda peer: peer.say(banner + "\r\n")) as (port, _):
        assert deliver(port).result is Sent.TEMPORARY


def test_a_reset_in_the_middle_of_the_message_is_temporary() -> None:
    """Before the final dot has left, the server cannot have the message."""
    large = replace(MESSAGE, raw=b"Subject: x\r\n\r\n" + b"word " * 2_000_000 + b"\r\n")

    def script(peer: Peer) -> None:
        peer.greet()
        peer.answer("250 ok", "250 ok", "354 go on")
        peer.connection.recv(10_000)
        peer.vanish()

    with scripted(script) as (port, _):
        delivery = deliver(port, large)
    assert delivery.result is Sent.TEMPORARY
    assert delivery.detail.startswith("message:")


def test_a_server_that_stops_reading_in_the_middle_of_the_message_is_left_in_time() -> None:
    """Promise 6."""
    large = replace(MESSAGE, raw=b"Subject: x\r\n\r\n" + b"word " * 2_000_000 + b"\r\n")
    left = threading.Event()

    def script(peer: Peer) -> None:
        peer.greet()
        peer.answer("250 ok", "250 ok", "354 go on")
        left.wait(10)

    with scripted(script) as (port, _):
        delivery = deliver(port, large)
        left.set()
    assert delivery == Delivery("<1@example.org>", Sent.TEMPORARY, "message: no answer in time")


@pytest.mark.parametrize(
    "ending", ["", "25", "250", "250-kept\r\n", "250-kept\r\n250", "354 more\r\n", "hello\r\n", "2500 kept\r\n"]
)
def test_after_the_final_dot_only_a_whole_answer_settles_it(ending: str) -> None:
    """Promise 3: the server may have the message; half a reply is no reply."""
    with scripted(end_with(ending)) as (port, heard):
        delivery = deliver(port)
    assert delivery.result is Sent.UNKNOWN
    assert delivery.detail.startswith("final dot:")
    assert heard[-1] == "."


def test_silence_after_the_final_dot_is_unknown() -> None:
    """Promise 3."""

    def script(peer: Peer) -> None:
        peer.take_message()
        peer.wait()

    with scripted(script) as (port, _):
        delivery = deliver(port)
    assert delivery == Delivery("<1@example.org>", Sent.UNKNOWN, "final dot: no answer in time")


def test_a_server_may_take_longer_over_the_message_than_over_a_command() -> None:
    """Promise 6: leaving early would mean sending it twice."""

    def script(peer: Peer) -> None:
        peer.take_message()
        time.sleep(HURRIED.command * 1.5)
        peer.say("250 kept\r\n")

    with scripted(script) as (port, _):
        mail = MailConfig(host="127.0.0.1", port=port, tls=Tls.NONE)
        delivery = SmtpTransport(mail, replace(HURRIED, end_of_data=10)).deliver(MESSAGE)
    assert delivery.result is Sent.DELIVERED


def test_a_reset_after_the_final_dot_is_unknown() -> None:
    """Promise 3."""

    def script(peer: Peer) -> None:
        peer.take_message()
        peer.vanish()

    with scripted(script) as (port, _):
        assert deliver(port).result is Sent.UNKNOWN


@pytest.mark.parametrize(
    ("ending", "result"),
    [
        ("250 kept\r\n", Sent.DELIVERED),
        ("250-kept\r\n250 safely\r\n", Sent.DELIVERED),
        ("251 \r\n", Sent.DELIVERED),
        ("421 closing\r\n", Sent.TEMPORARY),
        ("451 later\r\n", Sent.TEMPORARY),
        ("554 refused\r\n", Sent.PERMANENT),
    ],
)
def test_an_answer_to_the_final_dot_settles_it(ending: str, result: Sent) -> None:
    with scripted(end_with(ending)) as (port, _):
        assert deliver(port).result is result


def test_an_accepted_message_stays_delivered_however_the_goodbye_goes() -> None:
    def script(peer: Peer) -> None:
        peer.take_message()
        peer.say("250 kept\r\n")
        peer.hear()
        peer.wait()

    with scripted(script) as (port, heard):
        delivery = deliver(port)
    assert delivery.result is Sent.DELIVERED
    assert heard[-1] == "QUIT"


def test_a_server_that_drips_its_answer_byte_by_byte_is_left_in_time() -> None:
    """Promise 6: the limit holds for the whole answer, not for each byte."""
    left = threading.Event()

    def script(peer: Peer) -> None:
        while not left.wait(0.05):
            peer.say("2")

    with scripted(script) as (port, _):
        delivery = deliver(port)
        left.set()
    assert delivery.detail == "connect: no answer in time"


@pytest.mark.parametrize("flood", ["220-more\r\n" * 10_000, "2" * 100_000])
def test_an_answer_without_an_end_is_left(flood: str) -> None:
    with scripted(lambda peer: peer.say(flood)) as (port, _):
        delivery = deliver(port)
    assert delivery.result is Sent.TEMPORARY
    assert "has no end" in delivery.detail or "too long" in delivery.detail


def test_lines_that_begin_with_a_dot_do_not_end_the_message() -> None:
    """Promise 7: neither behind a line's end nor behind a bare CR or LF, which some servers take for one."""
    raw = b".first\r\n..second\r\n.\r\nMAIL FROM:<eve@example.org>\r\nbare\n.\r\nalso\r.\rend\r\n"
    heard: list[bytes] = []

    def script(peer: Peer) -> None:
        peer.greet()
        peer.answer("250 ok", "250 ok", "354 go on")
        received = b""
        while not received.endswith(b"\r\n.\r\n"):
            received += peer.connection.recv(1024)
        heard.append(received)
        peer.say("250 kept\r\n")
        peer.answer("221 bye")

    with scripted(script) as (port, _):
        assert deliver(port, replace(MESSAGE, raw=raw)).result is Sent.DELIVERED
    assert heard == [b"..first\r\n...second\r\n..\r\nMAIL FROM:<eve@example.org>\r\nbare\n..\r\nalso\r..\rend\r\n.\r\n"]


def test_a_message_without_a_last_line_end_gets_one() -> None:
    with scripted(end_with("250 kept\r\n")) as (port, heard):
        assert deliver(port, replace(MESSAGE, raw=b"Subject: x\r\n\r\nno end")).result is Sent.DELIVERED
    assert heard[-2:] == ["no end", "."] or heard[-3:-1] == ["no end", "."]


def test_our_end_is_named_by_its_address_without_asking_a_name_server() -> None:
    with scripted(end_with("250 kept\r\n")) as (port, heard):
        deliver(port)
    assert heard[0] == "ehlo [127.0.0.1]"


def test_what_a_server_says_is_shown_on_one_line_and_not_whole() -> None:
    def script(peer: Peer) -> None:
        peer.say("220 mx.example\r\n")
        peer.answer(ehlo(), "550-no \x1b[31m\u202ered\r\n550 " + "more " * 1000)

    with scripted(script) as (port, _):
        detail = deliver(port).detail
    assert detail.startswith("mail: 550 no [31mred more more")
    assert detail.isprintable()
    assert len(detail) <= 500


@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    CA.cert_pem.write_to_path(path)
    return path


CA = trustme.CA()


def server_side(connection: socket.socket) -> ssl.SSLSocket:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    CA.issue_cert("127.0.0.1").configure_cert(context)
    return context.wrap_socket(connection, server_side=True)


def test_words_put_in_before_tls_begins_are_not_believed(ca_file: Path) -> None:
    """Promise 10: what follows the answer to STARTTLS in clear comes from somebody in between."""

    def script(peer: Peer) -> None:
        peer.greet("STARTTLS")
        peer.hear()
        peer.say("220 go on\r\n250-mx.example\r\n250 AUTH PLAIN\r\n")
        peer.wait()

    with scripted(script) as (port, heard):
        delivery = deliver(port, tls=Tls.STARTTLS, ca_file=ca_file)
    assert delivery.result is Sent.TEMPORARY
    assert "before TLS began" in delivery.detail
    assert heard[-1] == "STARTTLS"


@pytest.mark.parametrize("answer", ["454 not now", "500 what?", "502 no"])
def test_a_server_that_refuses_starttls_gets_nothing_more(ca_file: Path, answer: str) -> None:
    """Promise 10."""

    def script(peer: Peer) -> None:
        peer.greet("STARTTLS")
        peer.answer(answer)
        peer.wait()

    with scripted(script) as (port, heard):
        delivery = deliver(port, tls=Tls.STARTTLS, ca_file=ca_file)
    assert delivery.result is Sent.TEMPORARY
    assert delivery.detail == f"starttls: {answer}"
    assert [line for line in heard if line.startswith("MAIL")] == []


@pytest.mark.parametrize("way", [Tls.STARTTLS, Tls.IMPLICIT])
def test_a_handshake_that_is_never_answered_is_left_in_time(ca_file: Path, way: Tls) -> None:
    """Promise 6."""

    def script(peer: Peer) -> None:
        if way is Tls.STARTTLS:
            peer.greet("STARTTLS")
            peer.answer("220 go on")
        peer.wait()

    with scripted(script) as (port, _):
        delivery = deliver(port, tls=way, ca_file=ca_file)
    assert delivery.result is Sent.TEMPORARY
    assert delivery.detail.endswith("no answer in time")


def logging_in(refusal: str, features: str = "AUTH PLAIN") -> Callable[[Peer], None]:
    """Begin TLS, offer a login, and answer it by repeating what was said."""

    def script(peer: Peer) -> None:
        peer.greet("STARTTLS")
        peer.answer("220 go on")
        peer.connection = server_side(peer.connection)
        peer.answer(ehlo(features))
        peer.say(refusal.format(peer.hear()) + "\r\n")
        peer.wait()

    return script


def test_a_server_that_repeats_the_login_does_not_bring_the_password_into_the_detail(
    ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 10."""
    monkeypatch.setenv(MAIL_PASSWORD_VARIABLE, SECRET)
    with scripted(logging_in("535 wrong: {0} " + SECRET)) as (port, heard):
        delivery = deliver(port, tls=Tls.STARTTLS, ca_file=ca_file, user="ana")
    argument = heard[-1].split()[-1]
    assert delivery.result is Sent.TEMPORARY
    assert delivery.detail.startswith("login: 535 wrong:")
    assert argument not in delivery.detail
    assert SECRET not in delivery.detail


def test_a_server_without_a_login_we_know_is_said(ca_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MAIL_PASSWORD_VARIABLE, SECRET)
    with scripted(logging_in("", "AUTH GSSAPI CRAM-MD5")) as (port, _):
        delivery = deliver(port, tls=Tls.STARTTLS, ca_file=ca_file, user="ana")
    assert delivery.result is Sent.TEMPORARY
    assert delivery.detail == "login: the server offers no login by password, only: GSSAPI CRAM-MD5"
