"""What depends on two places of config.yaml at once: names that must exist, keys that need or exclude each other.

Works on the plain data before anything is validated, and asks each question only of what has the shape for it: so a
recipient that does not exist is told even where another field of the same digest is wrong.
"""

from collections.abc import Iterator
from typing import Any

from monitor.config import values
from monitor.config.shape import Shaped
from monitor.config.terms import CONCEPTS
from monitor.config.tree import Path

Finding = tuple[Path, str]

_REFERENCES = (
    ("watchlists", "sources", "sources"),
    ("digests", "watchlists", "watchlists"),
    ("digests", "to", "recipients"),
    ("digests", "sources", "sources"),
    ("alerts", "watchlists", "watchlists"),
    ("alerts", "to", "recipients"),
)
_ONE = {"sources": "source", "watchlists": "watchlist", "recipients": "recipient"}
_LISTINGS = ("feeds", "sitemaps", "front_pages")


def findings(shaped: Shaped, lost: frozenset[str] = frozenset(), *, cut: bool = False) -> Iterator[Finding]:
    """Yield the path and message of every fault between keys.

    `lost` are keys that stand in the file and could not be read, `cut` tells that there may be others.
    """
    data = shaped.data if isinstance(shaped.data, dict) else {}
    if not cut:
        yield from _references(data, shaped, lost)
    for source, entry in _entries(data, "sources"):
        yield from _source(("sources", source), entry)
    for watchlist, entry in _entries(data, "watchlists"):
        yield from _watchlist(("watchlists", watchlist), entry, shaped)
    yield from _concepts(data)
    yield from _mail(_table(data.get("mail")))


def _references(data: dict[str, Any], shaped: Shaped, lost: frozenset[str]) -> Iterator[Finding]:
    for place, wanted, target in _wanted(data):
        known = data.get(target, {})
        unsure = not isinstance(known, dict) or target in lost
        if unsure or wanted in known or wanted in lost or (target, wanted) in shaped.keys:
            continue
        more = values.suggestion(wanted, list(known)) or f"; it must stand under {target}:"
        yield place, f'there is no {_ONE[target]} "{wanted}"{more}'


def _wanted(data: dict[str, Any]) -> Iterator[tuple[Path, str, str]]:
    """Yield the place of every name that must exist, the name, and the section it must stand in."""
    for section, key, target in _REFERENCES:
        for name, entry in _entries(data, section):
            alone = not isinstance(entry.get(key), list)
            for position, wanted in _names(entry.get(key)):
                yield (section, name, key) if alone else (section, name, key, position), wanted, target
    if isinstance(data.get("operator"), str):
        yield ("operator",), data["operator"], "recipients"


def _source(path: Path, entry: dict[str, Any]) -> Iterator[Finding]:
    private = entry.get("allow_private") in ("true", "True", "yes", "on")
    spacing = _span(entry.get("spacing"))
    if spacing == 0 and not private:
        yield (
            (*path, "spacing"),
            "0s only with allow_private: true, for sites of your own; others get a pause, as in 5s",
        )
    every = _span(entry.get("every"))
    if every is not None and 0 < every < 60 and not private:
        yield (*path, "every"), "at least 1m, so that no site is bothered; less only with allow_private: true"
    seen: dict[str, str] = {}
    for key in _LISTINGS:
        for position, address in _names(entry.get(key), apart=False):
            if address in seen:
                yield (*path, key, position), f"the same address stands under {seen[address]} already"
            seen[address] = key
    yield from _login(path, entry)


def _login(path: Path, entry: dict[str, Any]) -> Iterator[Finding]:
    if "user" in entry and "password_file" not in entry:
        yield (*path, "user"), "needs a password_file"
    if "password_file" in entry and "user" not in entry:
        yield (*path, "password_file"), "needs a user"


def _watchlist(where: Path, entry: dict[str, Any], shaped: Shaped) -> Iterator[Finding]:
    sides = entry.get("all")
    if not entry.get("any") and not sides and not any(shaped.told((*where, key)) for key in ("any", "all")):
        yield where, "has no terms: write them under any: (one is enough) or all: (each side)"
    if isinstance(sides, dict):
        if len(sides) == 1 and not any(path[:3] == (*where, "all") for path in shaped.empty):
            yield (*where, "all"), "has one side only; name another, or write its terms under any:"
        for side, lines in sides.items():
            if lines == [] and not shaped.told((*where, "all", side)):
                yield (*where, "all", side), "has no terms"


def _concepts(data: dict[str, Any]) -> Iterator[Finding]:
    for name, _ in _entries(data, "concepts"):
        kind, colon, rest = name.partition(":")
        if kind not in CONCEPTS or not rest:
            near = values.suggestion(kind, list(CONCEPTS)) if colon else ""
            kinds = ", ".join(f"{known}:" for known in CONCEPTS)
            yield ("concepts", name), f"a concept begins with one of {kinds} as in org:Sidor{near}"


def _mail(mail: dict[str, Any]) -> Iterator[Finding]:
    if mail.get("transport") == "smtp":
        if "host" not in mail:
            yield ("mail", "transport"), "smtp needs a host: the name of the mail server"
        if "from" not in mail and values.sender_of(mail.get("user")) is None:
            yield ("mail", "transport"), "smtp needs a from: the sender's address"
    if mail.get("tls") == "none" and "user" in mail:
        yield ("mail", "tls"), "a login is sent over TLS only: write starttls or implicit, or remove user"


def _entries(data: dict[str, Any], section: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, entry in _table(data.get(section)).items():
        if isinstance(entry, dict):
            yield name, entry


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _names(value: Any, *, apart: bool = True) -> Iterator[tuple[int, str]]:
    """Yield the names of a list, or of one text (`ana, ben`)."""
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")] if apart else [value]
    if isinstance(value, list):
        yield from ((number, name) for number, name in enumerate(value) if isinstance(name, str))


def _span(value: Any) -> float | None:
    """Return seconds, or None where the value is absent or wrong in itself."""
    try:
        return values.span(value).total_seconds() if isinstance(value, str) else None
    except ValueError:
        return None
