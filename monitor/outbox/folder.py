"""Folder mail: .eml files that every mail program opens, for as long as no server is named."""

import hashlib
import os
import re
import tempfile
from email import message_from_bytes, policy
from pathlib import Path

from monitor.records import Delivery, Message, Sent
from monitor.text import one_line

_UNSAFE = re.compile(r"[^\w]+")


class FolderTransport:
    """Writes mail into a folder: the message as .eml, and its HTML part beside it to look at in a browser."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, message: Message) -> Delivery:
        """Write a message; `detail` is the path of its .eml. The same message gives the same file."""
        path = self._folder / f"{_file_name(message)}.eml"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # The .eml is written last: where it stands, everything does.
            html = _html_part(message.raw)
            if html is not None:
                _write(path.with_suffix(".html"), html)
            _write(path, message.raw)
        except OSError as error:
            return Delivery(message.message_id, Sent.TEMPORARY, f"{path}: {error.strerror or error}")
        return Delivery(message.message_id, Sent.DELIVERED, str(path))


def _write(path: Path, content: bytes) -> None:
    """Put a file in place whole or not at all, readable by its owner only."""
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=path.suffix, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    # Without this the name itself could be lost with the power, and a "delivered" with it.
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _file_name(message: Message) -> str:
    """Return a name that sorts by date, tells the subject and is this message's alone."""
    subject = _UNSAFE.sub("-", one_line(message.subject)).strip("-_")
    while len(subject.encode()) > 120:
        subject = subject[:-1]
    mark = hashlib.sha256(message.message_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return "-".join(part for part in (f"{message.date:%Y-%m-%d-%H%M}", subject.rstrip("-"), mark) if part)


def _html_part(raw: bytes) -> bytes | None:
    part = message_from_bytes(raw, policy=policy.default).get_body(preferencelist=("html",))
    if part is None:
        return None
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else None
