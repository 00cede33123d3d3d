"""Terms: what one line of a watchlist means.

Takes the text of a term as its editor typed it, gives a `Term`; what cannot be meant is a `TermError` that says what
to write instead. Knows the lexicon's concepts, no articles.
"""

import difflib
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

import re2

from monitor.errors import ConfigError, Fault, MonitorError
from monitor.lexicon import fold
from monitor.lexicon.forms import UNSPACED

# A term is a few words; what is longer was pasted by mistake and would only cost time.
LONGEST_TERM = 500
# Memory one regular expression's automaton may take, in bytes; larger ones are refused when they are compiled.
_REGEX_MEMORY = 8 << 20
_PREFIX = re.compile(r"([a-z]{2,20}):(?!//)\s*(.*)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NOT_FIRST = {
    "*": "put the asterisk at the end of the word: word*",
    "=": "write exact:WORD for these very letters",
    "/": "write regex:PATTERN for a regular expression",
}
# Texts that have nothing to do with one another: a pattern found in all of them would be found everywhere.
_PROBES = ("a", "0", "Ж", "水", "- .", "the quick brown fox", "шум и ярость")


class Kind(StrEnum):
    """How a term is searched for."""

    WORDS = "words"
    BEGINNING = "beginning"
    LETTERS = "letters"
    EXACT = "exact"
    REGEX = "regex"
    CONCEPT = "concept"


@dataclass(frozen=True, slots=True)
class Term:
    """A term as typed (`text`), how it is searched for, and what is searched for (`body`)."""

    text: str
    kind: Kind
    body: str


class TermError(MonitorError):
    """A term that cannot be meant; its text says what to write instead."""


@dataclass(frozen=True, slots=True)
class TermFault:
    """Where a watchlist is at fault: its id, the key path inside it ("any", "all.russia"), the term's index, and why.

    `index` is None where the whole key is at fault.
    """

    watchlist: str
    key: str
    index: int | None
    message: str

    def __str__(self) -> str:
        place = self.key if self.index is None else f"{self.key}[{self.index}]"
        return f"watchlists.{self.watchlist}.{place}: {self.message}"


class WatchlistError(ConfigError):
    """Watchlists have faults. `terms` says where, for a caller that knows lines and columns."""

    def __init__(self, terms: tuple[TermFault, ...]) -> None:
        self.terms = terms
        super().__init__(tuple(_fault(term) for term in terms))

    def __reduce__(self) -> tuple[type["WatchlistError"], tuple[tuple[TermFault, ...]]]:
        """Cross process borders whole."""
        return type(self), (self.terms,)


def _fault(term: TermFault) -> Fault:
    place = term.key if term.index is None else f"{term.key}[{term.index}]"
    return Fault("", 0, 0, f"watchlists.{term.watchlist}.{place}", term.message)


def read_term(text: str, concepts: frozenset[str]) -> Term:
    """Return what a term means. `concepts` are the known ones.

    Raises:
        TermError: it is empty, malformed or names an unknown concept.
    """
    typed = unicodedata.normalize("NFC", text).strip()
    _refuse_the_unreadable(typed)
    prefixed = _PREFIX.fullmatch(typed)
    if prefixed is None:
        return _plain(typed)
    prefix, body = prefixed[1], prefixed[2].strip()
    if not body:
        raise TermError(f"nothing follows {prefix}:")
    if prefix == "exact":
        return Term(typed, Kind.EXACT, body)
    if prefix == "regex":
        return Term(typed, Kind.REGEX, _checked_regex(body))
    return _concept(typed, prefix, body, concepts)


def _refuse_the_unreadable(typed: str) -> None:
    if not typed:
        raise TermError("an empty term would match everything")
    if len(typed) > LONGEST_TERM:
        raise TermError(f"a term of {len(typed)} characters; the longest allowed has {LONGEST_TERM}")
    if control := _CONTROL.search(typed):
        raise TermError(
            f"the control character U+{ord(control[0]):04X} stands in it; in a double-quoted string a backslash starts"
            " an escape: use single quotes or a block (any: |)"
        )
    if typed[0] in _NOT_FIRST:
        raise TermError(f"a term cannot begin with {typed[0]}: {_NOT_FIRST[typed[0]]}")


def _plain(typed: str) -> Term:
    body = typed[:-1].rstrip() if typed.endswith("*") else typed
    if "*" in body:
        raise TermError("an asterisk can only stand at the end: word*; for more use regex:")
    folded = fold(body).text.strip()
    if not folded:
        raise TermError("it has neither letter nor digit; use exact: for signs")
    if UNSPACED.search(folded):
        return Term(typed, Kind.LETTERS, body)
    if typed.endswith("*"):
        if len(folded) < 2:
            raise TermError("the beginning of a word needs two letters at least")
        return Term(typed, Kind.BEGINNING, body)
    # C++, C#: the sign is part of the word.
    return Term(typed, Kind.EXACT if body[-1] in "+#" else Kind.WORDS, body)


def _checked_regex(pattern: str) -> str:
    try:
        compiled = compile_regex(pattern)
    except re2.error as error:
        raise TermError(f"not a regular expression re2 can run: {_reason(error)}") from error
    if compiled.search("") or all(compiled.search(probe) for probe in _PROBES):
        raise TermError("the regular expression matches every text")
    return pattern


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else error
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)


def compile_regex(pattern: str) -> "re2._Regexp":
    """Return a compiled linear-time regular expression.

    Raises:
        re2.error: it cannot be compiled, or not within the memory allowed.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _REGEX_MEMORY
    return re2.compile(pattern, options)


def _concept(typed: str, prefix: str, body: str, concepts: frozenset[str]) -> Term:
    kinds = {concept.partition(":")[0] for concept in concepts}
    if prefix not in kinds:
        known = sorted(kinds | {"exact", "regex"})
        near = difflib.get_close_matches(prefix, known, 1)
        hint = f"did you mean {near[0]}:?" if near else f"known are {', '.join(f'{kind}:' for kind in known)}"
        raise TermError(f"unknown prefix {prefix}: — {hint}")
    name = f"{prefix}:{body.upper() if prefix == 'country' else body.lower()}"
    if name not in concepts:
        near = difflib.get_close_matches(name, concepts, 1)
        hint = f"; did you mean {near[0]}?" if near else "; add its forms under concepts:"
        raise TermError(f"nothing is known of {name}{hint}")
    return Term(typed, Kind.CONCEPT, name)
