"""Mail leaves here: one message, one recipient, one attempt, and how it ended.

Takes a `Message` whose bytes are final and gives a `Delivery`; whatever a server does ends in one of its four states
and never in an exception. When to try again, what is parked and whom to tell is the caller's business, and so is the
thread: `deliver` blocks, for eleven minutes and more with a server that drips, and belongs into a daemon thread.
"""

from monitor.outbox.connection import Patience
from monitor.outbox.folder import FolderTransport
from monitor.outbox.smtp import SmtpTransport
from monitor.outbox.transport import Transport, transport

__all__ = ["FolderTransport", "Patience", "SmtpTransport", "Transport", "transport"]
