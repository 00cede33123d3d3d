"""Mail by SMTP, and what became of it.

The states follow from how far the conversation had come, which is why the steps are counted here: smtplib reports a
server that hangs up before the message with the same exception as one that hangs up after it.

- refused for this message (5xx to MAIL, RCPT, DATA or the message itself): permanent;
- anything else before the final dot has left: temporary, the server cannot have the message. That holds for a refused
  login or certificate too: they say nothing of the message, and the next attempt may find them mended;
- after the final dot, only an answer settles it: 2xx delivered, 4xx temporary, 5xx permanent, anything else unknown.
"""

import base64
import contextlib
import os
import re
import smtplib
import socket
import ssl
from enum import IntEnum
from pathlib import Path

from monitor import failpoints
from monitor.config import MAIL_PASSWORD_VARIABLE, MailConfig, Tls
from monitor.errors import MonitorError
from monitor.outbox.connection import CannotSendError, Connection, Patience, expect
from monitor.records import Delivery, Message, Sent
from monitor.text import one_line, shorten

_LONGEST_DETAIL = 500
# RFC 5321 4.5.2: a line that begins with a dot gets a second one. Some servers take a bare CR or LF for a line's end,
# and a dot behind one could end the message early there: such lines do not occur in our mail, but cost nothing here.
_LEADING_DOT = re.compile(rb"(^|[\r\n])\.")
# Quoting and other alphabets are for `config` to refuse; here nothing may pass that could end the command early.
_ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")


class _Stage(IntEnum):
    """How far a conversation has come; its name stands in the detail of a failure."""

    CONNECT = 0
    GREETING = 1
    STARTTLS = 2
    LOGIN = 3
    MAIL = 4
    RCPT = 5
    DATA = 6
    MESSAGE = 7
    FINAL_DOT = 8


class SmtpTransport:
    """Delivers to one mail server, over a new connection for each message."""

    def __init__(self, mail: MailConfig, patience: Patience | None = None) -> None:
        self._mail = mail
        self._patience = patience or Patience()

    def deliver(self, message: Message) -> Delivery:
        """Try once to hand a message to the server."""
        if not _ADDRESS.fullmatch(message.address):
            return Delivery(message.message_id, Sent.PERMANENT, "not an address that mail can be sent to")
        attempt = _Attempt(self._mail, self._patience)
        try:
            result, detail = Sent.DELIVERED, attempt.run(message)
            attempt.quit()
        except smtplib.SMTPResponseException as refusal:
            result, detail = _verdict(attempt.stage, refusal.smtp_code), _reply_text(refusal)
            attempt.quit()
        except (OSError, UnicodeError, smtplib.SMTPException, MonitorError) as error:
            result = Sent.UNKNOWN if attempt.stage is _Stage.FINAL_DOT else Sent.TEMPORARY
            detail = _reason(error)
        finally:
            attempt.close()
        if result is not Sent.DELIVERED:
            detail = f"{attempt.stage.name.lower().replace('_', ' ')}: {detail}"
        return Delivery(message.message_id, result, shorten(attempt.without_secrets(one_line(detail)), _LONGEST_DETAIL))


class _Attempt:
    """One conversation with the server; `stage` is always where it stands."""

    def __init__(self, mail: MailConfig, patience: Patience) -> None:
        self.stage = _Stage.CONNECT
        self._mail = mail
        self._patience = patience
        self._connection: Connection | None = None
        self._secrets: tuple[str, ...] = ()

    def run(self, message: Message) -> str:
        """Hand the message over and return what the server said to it."""
        connection = self._open()
        failpoints.reach("smtp connected")
        self._introduce(connection)
        if self._mail.user is not None:
            self._log_in(connection, self._mail.user)
        self._name_parties(connection, message)
        return self._hand_over(connection, message.raw)

    def quit(self) -> None:
        """Say goodbye; the message's fate is settled by now, whatever the server still does."""
        connection = self._connection
        if connection is not None and connection.sock is not None:
            connection.patience = self._patience.goodbye
            with contextlib.suppress(OSError, smtplib.SMTPException):
                connection.docmd("QUIT")

    def close(self) -> None:
        """Close the connection. In the middle of a message nothing more may be said: it would become part of it."""
        if self._connection is not None:
            self._connection.close()

    def without_secrets(self, text: str) -> str:
        """Return a text without the password in it, should a server have repeated it."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return text

    def _open(self) -> Connection:
        mail = self._mail
        if mail.user is not None and mail.tls is Tls.NONE:
            raise CannotSendError("a login is sent over TLS only; set tls: starttls or implicit")
        context = _trust(mail.ca_file) if mail.tls is not Tls.NONE else None
        connection = self._connection = Connection(mail.host, self._patience)
        if mail.tls is Tls.IMPLICIT:
            connection.wrapping = context
        expect(connection.connect(mail.host, mail.port), 220)
        self.stage = _Stage.GREETING
        if mail.tls is Tls.STARTTLS:
            self._start_tls(connection, context)
        return connection

    def _start_tls(self, connection: Connection, context: ssl.SSLContext | None) -> None:
        self._introduce(connection)
        self.stage = _Stage.STARTTLS
        if not connection.has_extn("starttls"):
            raise CannotSendError("the server offers no STARTTLS, and mail is not sent without TLS")
        connection.starttls(context=context)
        self.stage = _Stage.GREETING

    def _introduce(self, connection: Connection) -> None:
        if connection.ehlo_resp is None:
            connection.ehlo_or_helo_if_needed()

    def _log_in(self, connection: Connection, user: str) -> None:
        self.stage = _Stage.LOGIN
        password = _password(self._mail)
        plain = _base64(f"\0{user}\0{password}")
        self._secrets = (plain, _base64(password), password)
        offered = connection.esmtp_features.get("auth", "").upper().split()
        # Not smtplib's login: it encodes a password as ASCII, and what a failure says of it would hold the password.
        if "PLAIN" in offered:
            expect(connection.docmd("AUTH", f"PLAIN {plain}"), 235)
        elif "LOGIN" in offered:
            expect(connection.docmd("AUTH", "LOGIN"), 334)
            expect(connection.docmd(_base64(user)), 334)
            expect(connection.docmd(_base64(password)), 235)
        else:
            raise CannotSendError(f"the server offers no login by password, only: {' '.join(offered) or 'nothing'}")

    def _name_parties(self, connection: Connection, message: Message) -> None:
        self.stage = _Stage.MAIL
        options = [f"SIZE={len(message.raw)}"] if connection.has_extn("size") else []
        if not message.raw.isascii() and connection.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        expect(connection.mail(self._mail.sender, options), 250)
        self.stage = _Stage.RCPT
        expect(connection.rcpt(message.address), 250, 251, 252)

    def _hand_over(self, connection: Connection, raw: bytes) -> str:
        self.stage = _Stage.DATA
        expect(connection.docmd("DATA"), 354)
        self.stage = _Stage.MESSAGE
        connection.patience = self._patience.end_of_data
        body = _LEADING_DOT.sub(rb"\1..", raw)
        connection.send(body if body.endswith(b"\r\n") else body + b"\r\n")
        failpoints.reach("smtp before the dot")
        # The dot goes alone: until its last byte is in the kernel's hands, the server cannot have the whole message.
        connection.send(b".\r\n")
        self.stage = _Stage.FINAL_DOT
        failpoints.reach("smtp after the dot")
        code, said = connection.getreply()
        failpoints.reach("smtp after the reply")
        if code // 100 != 2:
            raise smtplib.SMTPResponseException(code, said)
        return f"{code} {said.decode('utf-8', 'replace')}"


def _verdict(stage: _Stage, code: int) -> Sent:
    """Return what a refusal means at a stage. 530 is about the login, whenever it comes."""
    if 400 <= code <= 499:
        return Sent.TEMPORARY
    if stage is _Stage.FINAL_DOT:
        return Sent.PERMANENT if 500 <= code <= 599 else Sent.UNKNOWN
    refused = 500 <= code <= 599 and code != 530 and stage >= _Stage.MAIL
    return Sent.PERMANENT if refused else Sent.TEMPORARY


def _reply_text(refusal: smtplib.SMTPResponseException) -> str:
    said = refusal.smtp_error
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{refusal.smtp_code} {text}" if refusal.smtp_code > 0 else f"not an SMTP answer: {text}"


def _reason(error: Exception) -> str:
    """Say for people why a conversation broke off."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not trusted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, socket.gaierror):
        return f"the server's name cannot be found: {error.strerror}"
    if isinstance(error, UnicodeError):
        return "the server's name is not valid"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    """Return a context that verifies names and certificates, by the system's authorities or by those of `ca_file`."""
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise CannotSendError(f"{ca_file}: no certificates can be read from it: {error.strerror or error}") from None


def _password(mail: MailConfig) -> str:
    """Return the password from its file, else from the environment."""
    if mail.password_file is None:
        password = os.environ.get(MAIL_PASSWORD_VARIABLE, "")
        place = f"set password_file or {MAIL_PASSWORD_VARIABLE}"
    else:
        try:
            password = mail.password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            raise CannotSendError(f"{mail.password_file}: the password cannot be read: {why}") from None
        place = f"{mail.password_file} is empty"
    if not password:
        raise CannotSendError(f"there is no password for {mail.user}: {place}")
    return password


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")
