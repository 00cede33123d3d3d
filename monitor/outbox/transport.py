"""What a way for mail to leave is, and which one a config asks for."""

from pathlib import Path
from typing import Protocol

from monitor.config import MailConfig, MailTransport
from monitor.outbox.folder import FolderTransport
from monitor.outbox.smtp import SmtpTransport
from monitor.records import Delivery, Message


class Transport(Protocol):
    """A way for mail to leave."""

    def deliver(self, message: Message) -> Delivery:
        """Try once to hand a message over. Blocks; never raises for what the other side does."""


def transport(mail: MailConfig, folder: Path) -> Transport:
    """Return the transport a config asks for; `folder` is where folder mail is written."""
    return SmtpTransport(mail) if mail.transport is MailTransport.SMTP else FolderTransport(folder)
