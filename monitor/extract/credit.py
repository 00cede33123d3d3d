"""Which outlet or agency a text credits as its origin.

Takes the text's paragraphs, its links and the page's statements; gives the credits and the text without pure credit
lines.
"""

import re
from urllib.parse import urlsplit

from monitor.extract.structured import Facts
from monitor.records import Credit
from monitor.text import one_line

_LINE = re.compile(
    r"^\W*(?:source|sources|fuente|quelle|fonte|nguồn|theo|источник|bron|kilde|källa|kaynak|źródło|sumber|zdroj)\s*[:：]\s*(.{2,120})$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def read_credits(text: str, facts: Facts, url: str) -> tuple[str, tuple[Credit, ...]]:
    """Return the text without trailing credit lines, and what they credit."""
    lines = text.split("\n")
    found: list[Credit] = []
    kept = []
    for line in lines:
        match = _LINE.match(line)
        if not match:
            kept.append(line)
            continue
        address = _ADDRESS.search(match.group(1))
        name = one_line(_ADDRESS.sub(" ", match.group(1))).strip(" .,;:()[]-–—")
        link = address.group(0).rstrip(".,;)") if address else None
        if link and link.startswith("www."):
            link = "https://" + link
        if name or link:
            found.append(Credit(name or urlsplit(link or "").hostname or "", link))
    if facts.canonical and (host := urlsplit(facts.canonical).hostname) and host != urlsplit(url).hostname:
        found.append(Credit(host, facts.canonical))
    return "\n".join(kept), tuple(dict.fromkeys(found))
