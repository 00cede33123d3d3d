"""Which language a story is in: from its text, checked against what page and feed declare.

Takes the text and the declarations; gives an ISO 639-1 code. Declarations are templates' habits and often wrong; text
decides as soon as there is enough of it.
"""

from monitor.extract.structured import Facts, strings
from monitor.lexicon import base_language, detect
from monitor.records import Entry

# Fewer letters than this may be a name or a heading: then what is declared weighs more.
_ENOUGH = 200
# Close relatives that a small model takes for one another; here a declaration of the other one is believed.
_RELATIVES = (
    frozenset({"nb", "da"}), frozenset({"hr", "sr", "sl"}), frozenset({"cs", "sk"}), frozenset({"es", "gl", "ca"}),
    frozenset({"pt", "gl"}), frozenset({"bg", "mk"}), frozenset({"nl", "af"}), frozenset({"xh", "zu", "ss", "nr"}),
    frozenset({"hi", "mr", "ne"}), frozenset({"de", "lb"}), frozenset({"id", "ms"}),
)  # fmt: skip


def read_language(text: str, headline: str, facts: Facts, entry: Entry | None) -> tuple[str | None, str]:
    """Return the language and where it was found ("text", "page", "feed"), or None and an empty string."""
    declared = _declared(facts, entry)
    found = detect(f"{headline}\n{text}")
    if found is None:
        return declared[0] if declared else (None, "")
    for code, origin in declared:
        alike = any(code in family and found in family for family in _RELATIVES)
        if code == found or alike or (len(text) < _ENOUGH and origin == "page"):
            return code, origin if code != found else "text"
    return found, "text"


def _declared(facts: Facts, entry: Entry | None) -> list[tuple[str, str]]:
    """Return what is declared, each code once, the page's own word first."""
    stated = [
        (facts.language, "page"),
        *((text, "page") for text in strings(facts.article.get("inLanguage"))),
        (facts.meta("og:locale", "content-language", "language", "dc.language"), "page"),
        (entry.language if entry else None, "feed"),
    ]
    found: dict[str, str] = {}
    for text, origin in stated:
        code = base_language(text)
        if code and len(code) == 2 and code.isalpha():
            found.setdefault(code, origin)
    return list(found.items())
