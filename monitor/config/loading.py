"""From the file to a `Config`, or to every fault in it at once.

The one place of this room that touches the disk. It reads config.yaml whole, within a limit, and nothing else: files
with passwords are read by whoever needs them, when they need them.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from monitor.config import building, checks, wording
from monitor.config.model import ConfigFile, WatchlistEntry
from monitor.config.record import Config
from monitor.config.shape import Shaped, shape
from monitor.config.tree import MAX_FAULTS, Document, dotted, read
from monitor.errors import ConfigError, Fault
from monitor.text import one_line, shorten

# Ten thousand terms and a thousand sources are half a megabyte.
MAX_BYTES = 1024 * 1024
_LONGEST_MESSAGE = 400


def load(path: Path) -> Config:
    """Read a config file.

    Raises ConfigError with every fault, in the order of their places; a `Config` is returned only without any.
    """
    raw, text = _text(path)
    document = read(text, str(path))
    shaped = shape(document, str(path))
    entries, faults = _validated(shaped, document, str(path))
    if entries is None or faults:
        raise ConfigError(tuple(sorted({_tidy(fault) for fault in faults})))
    return building.config(entries, path, hashlib.sha256(raw).hexdigest(), shaped.places)


def sound_part(path: Path) -> Config | None:
    """Return what can be judged of a faulty file's watchlists: those that are well formed, with the user's concepts.

    None where there is none. The sources and the rest are left out: this is for finding further faults, not for use.
    """
    raw, text = _text(path)
    shaped = shape(read(text, str(path)), str(path))
    if not isinstance(shaped.data, dict):
        return None
    written = shaped.data.get("watchlists")
    sound = {key: entry for key, entry in written.items() if _holds(entry)} if isinstance(written, dict) else {}
    rest = {"sources": {"sound": {"url": "https://sound.invalid/"}}, "watchlists": sound}
    for concepts in (shaped.data.get("concepts") or {}, {}):
        try:
            entries = ConfigFile.model_validate(rest | {"concepts": concepts})
        except ValidationError:
            continue
        return building.config(entries, path, hashlib.sha256(raw).hexdigest(), shaped.places)
    return None


def _holds(entry: object) -> bool:
    try:
        WatchlistEntry.model_validate(entry)
    except ValidationError:
        return False
    return True


def _validated(shaped: Shaped, document: Document, file: str) -> tuple[ConfigFile | None, list[Fault]]:
    faults = [*document.faults, *shaped.faults]
    if not isinstance(shaped.data, dict):
        if not faults:
            faults.append(Fault(file, 1, 1, "yaml", "the file must hold keys, as in `sources:`; it holds none"))
        return None, faults
    findings = checks.findings(shaped, document.lost, cut=document.cut)
    found = [
        Fault(file, *shaped.place(where), dotted(where), message) for where, message in islice(findings, MAX_FAULTS)
    ]
    found += [
        _placed(complaint, shaped, file)
        for path in shaped.empty[:MAX_FAULTS]
        if not document.lost and (complaint := wording.without_value(path, ConfigFile)) is not None
    ]
    try:
        return ConfigFile.model_validate(shaped.data), faults + found
    except ValidationError as error:
        return None, faults + found + list(islice(_model_faults(error, shaped, document, file), MAX_FAULTS))


def _tidy(fault: Fault) -> Fault:
    """Return a fault on one line: it may quote the file, and programs read it."""
    return replace(fault, message=shorten(one_line(fault.message), _LONGEST_MESSAGE))


def _model_faults(error: ValidationError, shaped: Shaped, document: Document, file: str) -> Iterator[Fault]:
    for detail in error.errors(include_url=False, include_context=True, include_input=False):
        complaint = wording.complaint(dict(detail), ConfigFile)
        if not shaped.told(complaint.path) and not (complaint.missing and _may_be_lost(complaint.path, document)):
            yield _placed(complaint, shaped, file)


def _may_be_lost(path: tuple[str | int, ...], document: Document) -> bool:
    """Tell whether what is missing may stand in a part of the file that could not be read."""
    # A section is empty where all its entries are lost.
    return document.cut or path[-1] in document.lost or (len(path) == 1 and bool(document.lost))


def _placed(complaint: wording.Complaint, shaped: Shaped, file: str) -> Fault:
    path, message = complaint.path, complaint.message
    # `at: "27:30"` is a list of one to the model, to its editor it is not a list.
    if path not in shaped.places and path and isinstance(path[-1], int):
        path = path[:-1]
    if complaint.missing and complaint.at_key and path in shaped.keys:
        message = "has no value"
    place = shaped.key_place(path) if complaint.at_key else shaped.place(path)
    return Fault(file, *place, dotted(path), message)


def _text(path: Path) -> tuple[bytes, str]:
    """Return the file's bytes and text; raises ConfigError where it cannot be had."""
    try:
        raw = _bytes(path)
    except OSError as error:
        hint = "; `monitor init` writes one" if isinstance(error, FileNotFoundError) else ""
        raise _unreadable(path, f"cannot be read: {error.strerror}{hint}") from None
    if len(raw) > MAX_BYTES:
        raise _unreadable(path, f"larger than {MAX_BYTES // 1024:,} KiB; a config is text written by people")
    try:
        return raw, raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        fault = Fault(str(path), line, column, "yaml", "not UTF-8 text: save the file in the encoding UTF-8")
        raise ConfigError((fault,)) from None


def _bytes(path: Path) -> bytes:
    # Non-blocking, since opening a named pipe would wait for a writer; then only a regular file is read.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "not a regular file")
        return file.read(MAX_BYTES + 1)


def _unreadable(path: Path, message: str) -> ConfigError:
    return ConfigError((Fault(str(path), 0, 0, "file", message),))


def starter() -> Path:
    """Return the annotated config that ships with the product: inside the package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    packaged = package / "starter.yaml"
    return packaged if packaged.is_file() else package.parent / "config.yaml"
