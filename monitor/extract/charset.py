"""Which charset a page is in, by evidence: the header and the page's own claims both lie.

Takes bytes and the header; gives text and the name of the charset. Never raises: what cannot be decoded becomes
replacement characters.
"""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CLAIM = re.compile(rb"charset\s*=\s*[\"']?\s*([a-z0-9_:.\-]+)", re.IGNORECASE)
_XML_CLAIM = re.compile(rb"^\s*<\?xml[^>]*encoding\s*=\s*[\"']([a-z0-9_:.\-]+)", re.IGNORECASE)


def decode(body: bytes, content_type: str = "") -> tuple[str, str]:
    """Return a page's text and the charset it was read in."""
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace"), charset
    head = body[:4096]
    if head[1:80:2].count(0) > 30 and head[:80:2].count(0) == 0:
        return body.decode("utf-16-le", "replace"), "utf-16-le"
    if head[:80:2].count(0) > 30 and head[1:80:2].count(0) == 0:
        return body.decode("utf-16-be", "replace"), "utf-16-be"
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    claims = [match.group(1) for match in (_XML_CLAIM.search(head), _CLAIM.search(head)) if match]
    claims += _CLAIM.findall(content_type.encode("ascii", "replace"))
    for claim in claims:
        try:
            name = codecs.lookup(claim.decode("ascii", "replace")).name
            return body.decode(name), name
        except (LookupError, UnicodeDecodeError):
            continue
    return body.decode("utf-8", "replace"), "utf-8"
