"""HTTP bodies: from the bytes a server sent to the bytes it meant, within a limit at every step.

Takes a body and its Content-Encoding, gives the plain bytes or raises `Refused`. Runs in a worker: a bomb costs a
worker's time and never more memory than the limit asked for, per layer. Does not care about charsets.
"""

import re
import sys
import zlib
from collections.abc import Callable

import brotli

from monitor.errors import Refused

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PAGE_LIMIT = 8 * 1024 * 1024
FEED_LIMIT = 16 * 1024 * 1024

# What every request says it accepts: exactly what `unpack` opens.
ACCEPTED = "gzip, deflate, br, zstd"

TOO_LARGE = "too large"
BAD_ENCODING = "bad encoding"

# Servers stack two codings by accident (a .gz file served through a compressing proxy); more is an attack.
_DEEPEST = 3
# Not codings at all, but seen in the header all the same.
_NO_CODING = frozenset(("", "identity", "none", "utf-8", "utf8"))
_GZIP_MAGIC = b"\x1f\x8b\x08"
# What a plain document begins with: servers that forget to compress still send the header.
_PLAIN = re.compile(rb"(?:\xef\xbb\xbf)?\s*[<{\[]")
# RFC 9659 holds zstd on the web to windows of 8 MiB; the library alone would allocate 128.
_ZSTD_WINDOW_LOG = 23


def unpack(body: bytes, encoding: str, limit: int) -> bytes:
    """Return the plain bytes of a body of at most `limit` bytes.

    `encoding` is the Content-Encoding header as sent. A gzip file served without one (sitemap.xml.gz) is opened as
    well. Raises `Refused` with the reason "too large" or "bad encoding".
    """
    codings = [name for name in _names(encoding) if name not in _NO_CODING]
    if len(codings) > _DEEPEST:
        raise Refused(BAD_ENCODING, f"{len(codings)} codings on top of each other")
    for name in reversed(codings):
        body = _open(body, name, limit)
    if body.startswith(_GZIP_MAGIC):
        body = _open(body, "gzip", limit)
    return _within(body, limit)


def _names(encoding: str) -> list[str]:
    return [name.strip().lower() for name in encoding.split(",")]


def _open(body: bytes, name: str, limit: int) -> bytes:
    """Undo one coding; an empty body and one that was never compressed come back as they are."""
    opener = _OPENERS.get(name)
    if opener is None:
        raise Refused(BAD_ENCODING, f"unknown coding {name[:40]!r}")
    if not body:
        return body
    try:
        return opener(body, limit)
    except (zlib.error, brotli.error, zstd.ZstdError, EOFError) as fault:
        # Asked only now: a brotli stream may well begin with a bracket.
        if _PLAIN.match(body):
            return body
        raise Refused(BAD_ENCODING, f"{name}: {fault}") from fault


def _within(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise Refused(TOO_LARGE, f"more than {limit} bytes")
    return body


def _gunzip(body: bytes, limit: int) -> bytes:
    """Open gzip of one or several members; whatever follows the last member is padding."""
    opened = b""
    while body.startswith(_GZIP_MAGIC) or not opened:
        part, body = _inflate(body, limit - len(opened), zlib.MAX_WBITS | 16)
        opened += part
    return opened


def _inflate_either(body: bytes, limit: int) -> bytes:
    """Open "deflate", which means zlib in the standard and raw deflate on some servers."""
    try:
        return _inflate(body, limit, zlib.MAX_WBITS)[0]
    except zlib.error:
        return _inflate(body, limit, -zlib.MAX_WBITS)[0]


def _inflate(body: bytes, limit: int, wbits: int) -> tuple[bytes, bytes]:
    """Return what one zlib stream holds and what follows it."""
    stream = zlib.decompressobj(wbits)
    opened = _within(stream.decompress(body, limit + 1), limit)
    if not stream.eof:
        raise EOFError("it ends too early")
    return opened, stream.unused_data


def _unbrotli(body: bytes, limit: int) -> bytes:
    stream = brotli.Decompressor()
    opened = _within(stream.process(body, output_buffer_limit=limit + 1), limit)
    if not stream.is_finished():
        raise EOFError("it ends too early")
    return bytes(opened)


def _unzstd(body: bytes, limit: int) -> bytes:
    """Open zstd of one or several frames."""
    opened = b""
    while body:
        frame = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})
        opened = _within(opened + frame.decompress(body, limit - len(opened) + 1), limit)
        if not frame.eof:
            raise EOFError("it ends too early")
        body = frame.unused_data
    return opened


_OPENERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate_either,
    "br": _unbrotli,
    "zstd": _unzstd,
}
