"""Bytes of a listing to text: what the bytes say counts more than what the header or the declaration claims.

A header that says Latin-1 over a UTF-8 body is an every-day lie, and one that wins silently turns a whole feed into
mojibake; bytes that are valid UTF-8 are almost never anything else.
"""

import codecs
import re

from charset_normalizer import from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([\w.:-]{2,40})["']""")
_META = re.compile(rb"""<meta[^>]{0,200}?\bcharset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*=\s*["']?([\w.:-]{2,40})""", re.IGNORECASE)
# Encodings whose bytes are ASCII, so that they look like UTF-8, and that hide markup from whoever looks at the bytes:
# only the Japanese ones are taken at their word, never UTF-7.
_ESCAPED = re.compile(r"iso-2022-(?:jp|kr)[\w-]*|hz-gb-2312", re.IGNORECASE)
# Browsers read these names as their Windows supersets (WHATWG Encoding Standard).
_SUPERSETS = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "tis-620": "cp874",
}
_HEAD = 2000  # bytes in which a declaration is looked for
_SAMPLE = 50_000  # bytes that are enough for a guess


def decode(body: bytes, content_type: str = "") -> str:
    """Return the body as text. Never fails: at worst single characters are replaced."""
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body.decode(encoding, "replace").lstrip("\ufeff")
    if (wide := _without_bom(body)) is not None:
        return body.decode(wide, "replace")
    claims = _claims(body, content_type)
    for claim in claims:
        if _ESCAPED.fullmatch(claim) and (text := _decoded(body, claim)) is not None:
            return text
    text = body.decode("utf-8", "replace")
    return text if _is_utf8(text) else _by_claim(body, claims)


def _without_bom(body: bytes) -> str | None:
    """Return the encoding of UTF-16 without a byte order mark: every second byte of its markup is zero."""
    head = body[:64]
    if head[:1] == b"\0" and head[1::2].count(0) == 0 and b"<" in head:
        return "utf-16-be"
    if head[1:2] == b"\0" and head[::2].count(0) == 0 and b"<" in head:
        return "utf-16-le"
    return None


def _is_utf8(text: str) -> bool:
    """Return whether text decoded with replacements was UTF-8: also with a character cut in half here and there."""
    broken = text.count("\ufffd")
    if not broken:
        return True
    others = len(text) - len(text.encode("ascii", "ignore")) - broken
    return others > 20 * broken


def _claims(body: bytes, content_type: str) -> tuple[str, ...]:
    head = body[:_HEAD]
    inside = _DECLARED.search(head) or _META.search(head)
    header = _HEADER.search(content_type)
    return (*((inside[1].decode("ascii"),) if inside else ()), *((header[1],) if header else ()))


def _by_claim(body: bytes, claims: tuple[str, ...]) -> str:
    for claim in claims:
        if claim.casefold() not in ("utf-8", "utf8", "utf-7") and (text := _decoded(body, claim)) is not None:
            return text
    guess = from_bytes(body[:_SAMPLE]).best()
    if guess is not None and (text := _decoded(body, guess.encoding)) is not None:
        return text
    return body.decode("cp1252", "replace")


def _decoded(body: bytes, encoding: str) -> str | None:
    """Return the body in an encoding that fits all of it, or nearly: single bytes out of place are replaced."""
    try:
        codec = codecs.lookup(_SUPERSETS.get(encoding.casefold(), encoding))
    except LookupError:
        return None
    # "base64", "zip" and their like are codecs too, but none for text; UTF-16 here would contradict the bytes.
    if not getattr(codec, "_is_text_encoding", True) or codec.name.startswith(("utf-16", "utf-32", "utf-7", "idna")):
        return None
    text = body.decode(codec.name, "replace")
    return text if text.count("\ufffd") * 200 <= len(text) else None
