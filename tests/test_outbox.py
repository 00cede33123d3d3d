"""Mail leaves by a real SMTP server or into a folder, and every end of an attempt has its state."""

import asyncio
import email
import os
import ssl
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from monitor.config import MAIL_PASSWORD_VARIABLE, MailConfig, MailTransport, Tls
from monitor.outbox import FolderTransport, SmtpTransport, transport
from monitor.records import Delivery, Message, Sent

SECRET = "pâss wörd/canary"

RAW = (
    b"From: news@example.org\r\nTo: ana@example.org\r\nSubject: Two ports\r\nMessage-ID: <1@example.org>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nTwo ports\r\n.\r\n..signed\r\n.QUIT\r\n"
    b"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"PHA+VHdvIHBvcnRzIOKAkzwvcD4=\r\n--b--\r\n"
)
MESSAGE = Message(
    message_id="<1@example.org>",
    recipient="ana",
    address="ana@example.org",
    subject="Two ports: “accords” / ../etc",
    date=datetime(2026, 11, 24, 7, 30, tzinfo=UTC),
    raw=RAW,
)


class Mailbox:
    """A handler that keeps what it gets, and answers as it is told."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.got: list[Envelope] = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.secure: list[bool] = []

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if "mail" in self.answers:
            return self.answers["mail"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if "rcpt" in self.answers:
            return self.answers["rcpt"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if "data" in self.answers:
            return self.answers["data"]
        self.got.append(envelope)
        self.secure.append(session.ssl is not None)
        return "250 2.0.0 kept"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == SECRET.encode(), handled=False)


@asynccontextmanager
async def serving(mailbox: Mailbox, *, implicit: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[int]:
    """Run a real SMTP server on a loopback port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="mx.example", loop=loop, **options), "127.0.0.1", 0, ssl=implicit
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    return _server_context(authority, "127.0.0.1")


def _server_context(authority: trustme.CA, name: str, **options: Any) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name, **options).configure_cert(context)
    return context


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv(MAIL_PASSWORD_VARIABLE, SECRET)
    return SECRET


def config(port: int, **changes: Any) -> MailConfig:
    plain = MailConfig(
        transport=MailTransport.SMTP, host="127.0.0.1", port=port, tls=Tls.NONE, sender="news@example.org"
    )
    return replace(plain, **changes)


async def deliver(mail: MailConfig, message: Message = MESSAGE) -> Delivery:
    return await asyncio.to_thread(SmtpTransport(mail).deliver, message)


async def test_the_bytes_arrive_as_they_are() -> None:
    mailbox = Mailbox()
    async with serving(mailbox) as port:
        delivery = await deliver(config(port))
    assert delivery == Delivery("<1@example.org>", Sent.DELIVERED, "250 2.0.0 kept")
    envelope = mailbox.got[0]
    assert envelope.original_content == RAW
    assert envelope.mail_from == "news@example.org"
    assert envelope.rcpt_tos == ["ana@example.org"]
    assert f"SIZE={len(RAW)}" in envelope.mail_options


async def test_starttls_is_used_and_the_login_comes_after_it(tls, ca_file, password) -> None:
    mailbox = Mailbox()
    options = {"tls_context": tls, "auth_required": True, "authenticator": mailbox.authenticate}
    async with serving(mailbox, **options) as port:
        delivery = await deliver(config(port, tls=Tls.STARTTLS, ca_file=ca_file, user="ana"))
    assert delivery.result is Sent.DELIVERED
    assert mailbox.secure == [True]
    assert mailbox.logins == [(b"ana", SECRET.encode())]


async def test_implicit_tls_delivers(tls, ca_file) -> None:
    mailbox = Mailbox()
    async with serving(mailbox, implicit=tls) as port:
        delivery = await deliver(config(port, tls=Tls.IMPLICIT, ca_file=ca_file))
    assert delivery.result is Sent.DELIVERED
    assert mailbox.got[0].original_content == RAW


async def test_the_login_mechanism_named_login_works_too(tls, ca_file, password) -> None:
    mailbox = Mailbox()
    options = {"tls_context": tls, "authenticator": mailbox.authenticate, "auth_exclude_mechanism": ["PLAIN"]}
    async with serving(mailbox, **options) as port:
        delivery = await deliver(config(port, tls=Tls.STARTTLS, ca_file=ca_file, user="ana"))
    assert delivery.result is Sent.DELIVERED
    assert mailbox.logins == [(b"ana", SECRET.encode())]


async def test_the_password_file_comes_before_the_environment(tls, ca_file, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(MAIL_PASSWORD_VARIABLE, "another")
    (tmp_path / "password").write_text(SECRET + "\n", encoding="utf-8")
    mailbox = Mailbox()
    mail = {"tls": Tls.STARTTLS, "ca_file": ca_file, "user": "ana", "password_file": tmp_path / "password"}
    async with serving(mailbox, tls_context=tls, authenticator=mailbox.authenticate) as port:
        delivery = await deliver(config(port, **mail))
    assert delivery.result is Sent.DELIVERED


async def test_a_server_without_starttls_gets_no_mail() -> None:
    """Promise 10: TLS cannot be talked away."""
    mailbox = Mailbox()
    async with serving(mailbox) as port:
        delivery = await deliver(config(port, tls=Tls.STARTTLS))
    assert delivery.result is Sent.TEMPORARY
    assert "offers no STARTTLS" in delivery.detail
    assert mailbox.got == []


@pytest.mark.parametrize("way", [Tls.STARTTLS, Tls.IMPLICIT])
@pytest.mark.parametrize("wrong", ["unknown authority", "another name", "expired"])
async def test_a_certificate_that_does_not_hold_gets_no_mail(authority, ca_file, way, wrong) -> None:
    """Promise 10."""
    issuer = trustme.CA() if wrong == "unknown authority" else authority
    name = "mx.example" if wrong == "another name" else "127.0.0.1"
    past = {"not_after": datetime(2020, 1, 1, tzinfo=UTC)} if wrong == "expired" else {}
    context = _server_context(issuer, name, **past)
    mailbox = Mailbox()
    options: dict[str, Any] = {"implicit": context} if way is Tls.IMPLICIT else {"tls_context": context}
    async with serving(mailbox, **options) as port:
        delivery = await deliver(config(port, tls=way, ca_file=ca_file))
    assert delivery.result is Sent.TEMPORARY
    assert "certificate is not trusted" in delivery.detail
    assert mailbox.got == []


async def test_without_a_ca_file_the_systems_authorities_are_asked(tls) -> None:
    async with serving(Mailbox(), implicit=tls) as port:
        delivery = await deliver(config(port, tls=Tls.IMPLICIT))
    assert "certificate is not trusted" in delivery.detail


async def test_a_login_is_never_sent_without_tls(password) -> None:
    mailbox = Mailbox()
    options = {"authenticator": mailbox.authenticate, "auth_require_tls": False}
    async with serving(mailbox, **options) as port:
        delivery = await deliver(config(port, user="ana"))
    assert delivery.result is Sent.TEMPORARY
    assert "over TLS only" in delivery.detail
    assert mailbox.logins == []


async def test_a_refused_login_is_temporary_and_the_password_is_not_repeated(tls, ca_file, monkeypatch) -> None:
    """It says nothing of the message, and a password is soon mended."""
    monkeypatch.setenv(MAIL_PASSWORD_VARIABLE, "wrong-canary")
    mailbox = Mailbox()
    async with serving(mailbox, tls_context=tls, authenticator=mailbox.authenticate) as port:
        delivery = await deliver(config(port, tls=Tls.STARTTLS, ca_file=ca_file, user="ana"))
    assert delivery.result is Sent.TEMPORARY
    assert delivery.detail.startswith("login: 535")
    assert "canary" not in delivery.detail


@pytest.mark.parametrize(
    ("place", "reason"),
    [(None, "MONITOR_MAIL_PASSWORD"), ("missing", "No such file"), ("empty", "is empty"), ("binary", "not UTF-8")],
)
async def test_a_password_that_cannot_be_read_is_said(tls, ca_file, tmp_path, monkeypatch, place, reason) -> None:
    monkeypatch.delenv(MAIL_PASSWORD_VARIABLE, raising=False)
    (tmp_path / "empty").write_bytes(b"\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    file = tmp_path / place if place else None
    async with serving(Mailbox(), tls_context=tls) as port:
        mail = config(port, tls=Tls.STARTTLS, ca_file=ca_file, user="ana", password_file=file)
        delivery = await deliver(mail)
    assert delivery.result is Sent.TEMPORARY
    assert reason in delivery.detail


async def test_a_ca_file_that_is_missing_is_said(tmp_path) -> None:
    delivery = await deliver(config(1, tls=Tls.IMPLICIT, ca_file=tmp_path / "none.pem"))
    assert delivery.result is Sent.TEMPORARY
    assert "none.pem: no certificates can be read" in delivery.detail


@pytest.mark.parametrize(
    ("stage", "answer", "result"),
    [
        ("mail", "451 4.3.0 later", Sent.TEMPORARY),
        ("mail", "550 5.7.1 sender refused", Sent.PERMANENT),
        ("mail", "552 5.3.4 too big", Sent.PERMANENT),
        ("mail", "530 5.7.0 log in first", Sent.TEMPORARY),
        ("rcpt", "450 4.7.1 greylisted", Sent.TEMPORARY),
        ("rcpt", "421 4.3.2 shutting down", Sent.TEMPORARY),
        ("rcpt", "550 5.1.1 no such user", Sent.PERMANENT),
        ("data", "452 4.3.1 disk full", Sent.TEMPORARY),
        ("data", "554 5.6.0 content refused", Sent.PERMANENT),
    ],
)
async def test_a_refusal_is_temporary_or_permanent_by_its_code(stage, answer, result) -> None:
    async with serving(Mailbox(**{stage: answer})) as port:
        delivery = await deliver(config(port))
    assert delivery.result is result
    assert answer in delivery.detail


async def test_a_server_that_is_down_is_temporary() -> None:
    async with serving(Mailbox()) as port:
        pass
    delivery = await deliver(config(port))
    assert delivery == Delivery("<1@example.org>", Sent.TEMPORARY, "connect: Connection refused")


@pytest.mark.parametrize(
    "address", ["ana@example.org>\r\nRCPT TO:<eve@example.org", "ana", "añа@example.org", "a b@example.org", ""]
)
async def test_an_address_that_could_break_the_command_is_refused_before_anything_is_dialled(address) -> None:
    """Promise 7."""
    delivery = await deliver(config(1), replace(MESSAGE, address=address))
    assert delivery.result is Sent.PERMANENT


async def test_one_refused_recipient_does_not_touch_the_next() -> None:
    """Promise 5: an attempt is one message to one recipient."""
    mailbox = Mailbox()
    async with serving(Mailbox(rcpt="550 no")) as closed, serving(mailbox) as port:
        assert (await deliver(config(closed))).result is Sent.PERMANENT
        assert (await deliver(config(port), replace(MESSAGE, address="ben@example.org"))).result is Sent.DELIVERED
    assert mailbox.got[0].rcpt_tos == ["ben@example.org"]


def test_the_config_chooses_the_transport(tmp_path: Path) -> None:
    assert isinstance(transport(MailConfig(), tmp_path), FolderTransport)
    assert isinstance(transport(config(25), tmp_path), SmtpTransport)


def test_folder_mail_is_the_message_with_its_html_beside_it(tmp_path: Path) -> None:
    delivery = FolderTransport(tmp_path / "data" / "mail").deliver(MESSAGE)
    assert delivery.result is Sent.DELIVERED
    path = Path(delivery.detail)
    assert path.parent == tmp_path / "data" / "mail"
    assert path.name.startswith("2026-11-24-0730-Two-ports-accords-etc-")
    assert path.read_bytes() == RAW
    assert path.with_suffix(".html").read_text(encoding="utf-8") == "<p>Two ports –</p>"
    parsed = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert parsed["Subject"] == "Two ports"


def test_folder_mail_is_for_its_owner_only(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        path = Path(FolderTransport(tmp_path / "mail").deliver(MESSAGE).detail)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.with_suffix(".html").stat().st_mode) == 0o600


def test_the_same_message_gives_the_same_file_and_another_its_own(tmp_path: Path) -> None:
    folder = FolderTransport(tmp_path)
    first = folder.deliver(MESSAGE)
    assert folder.deliver(MESSAGE) == first
    other = folder.deliver(replace(MESSAGE, message_id="<2@example.org>"))
    assert other.detail != first.detail
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".eml", ".eml", ".html", ".html"]


@pytest.mark.parametrize("subject", ["", "../../etc/passwd", "đ" * 500, "\x00\n/", "новости: Каракас"])
def test_any_subject_makes_a_file_name_inside_the_folder(tmp_path: Path, subject: str) -> None:
    path = Path(FolderTransport(tmp_path).deliver(replace(MESSAGE, subject=subject)).detail)
    assert path.parent == tmp_path
    assert path.is_file()


def test_a_message_without_html_is_one_file(tmp_path: Path) -> None:
    FolderTransport(tmp_path).deliver(replace(MESSAGE, raw=b"Subject: x\r\n\r\nonly text\r\n"))
    assert [path.suffix for path in tmp_path.iterdir()] == [".eml"]


def test_a_folder_that_cannot_be_written_is_temporary_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    delivery = FolderTransport(tmp_path / "file" / "mail").deliver(MESSAGE)
    assert delivery.result is Sent.TEMPORARY
    assert "file/mail" in delivery.detail
