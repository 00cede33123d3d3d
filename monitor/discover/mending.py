"""Mend the XML of a feed or sitemap before it is parsed, so that a strict and quick parser can read it.

What a strict parser stumbles over most is not structure: it is bare ampersands, HTML's entities, control characters
and what a server printed in front of the prolog. Mended here, in linear time, most broken feeds never reach the slow
and lenient parser, which needs quadratic time for some of what an attacker can write.
"""

import re
from html import entities, escape

_DECLARATION = re.compile(r"<\?xml[^>]*\?>")
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CHARACTER = re.compile(r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]));")
# A picture inside its own tag (a data: address), or an attack on parsers; no text is lost with it.
_GIANT_TAG = re.compile(r"<[A-Za-z!/?][^<>]{20000,}>?")
_CDATA_OR_AMPERSAND = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(#?\w{1,31};)?", re.DOTALL)
_XML_ENTITIES = frozenset(("amp;", "lt;", "gt;", "quot;", "apos;"))

_ENTITY = re.compile(r"""<!ENTITY\s+[\w.-]+\s+(?:"([^"]*)"|'([^']*)')""")
_NESTED = re.compile(r"&(?!#|(?:amp|lt|gt|quot|apos);)[\w.-]+;")
_LONGEST_ENTITY = 500  # characters; honest ones hold a namespace or a letter


def mend(text: str) -> str:
    """Return a document without XML declaration (it is text already) in which every ampersand is well-formed."""
    text = text.lstrip("\ufeff \t\r\n")
    declaration = _DECLARATION.match(text)
    text = _NOT_XML.sub("", text[declaration.end() :] if declaration else text)
    return _CDATA_OR_AMPERSAND.sub(_mended, _CHARACTER.sub("", _GIANT_TAG.sub("", text)))


def _mended(match: re.Match[str]) -> str:
    name = match[1]
    if name is None:
        return "&amp;" if match[0] == "&" else match[0]
    if name in _XML_ENTITIES:
        return match[0]
    if name.startswith("#"):
        return match[0] if re.fullmatch(r"#(?:\d{1,7}|[xX][0-9a-fA-F]{1,6});", name) else f"&amp;{name}"
    # A name that HTML does not know may be one the document declares itself.
    character = entities.html5.get(name)
    return match[0] if character is None else escape(character)


def is_entity_bomb(text: str) -> bool:
    """Return whether a document's own entities expand into one another, or into a flood."""
    head, _, _ = text.partition("]>")
    if "<!ENTITY" not in head:
        return False
    values = [match[1] or match[2] or "" for match in _ENTITY.finditer(head)]
    return any(len(value) > _LONGEST_ENTITY or _NESTED.search(value) for value in values)
