"""How the data files write a word, and what each way of writing lets match.

A form is read from text: `word` these words alone; `word*` words that begin so; `*part*` anywhere in a word (in
compounds); `first* second*` a phrase of beginnings; `^Word` only with this very capital and these very accents; `~Name`
a proper name with the language's endings, with a capital where it is short, and `=Name` the same name whole; `?Name`
one that others bear too: it counts where the country it acts for is named otherwise as well. Takes the text of a form,
gives what the automaton needs to know of it.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import IntEnum

from monitor.lexicon.folding import as_read, folded_text

# Scripts that put no space between words: a form may stand anywhere.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
# A name of so few letters is often also a word: Chad, Mali, Peru.
_SHORT_NAME = 6
# What a name keeps when its ending goes: Wien must not become "wie".
_SHORTEST_ROOT = 4


class Rest(IntEnum):
    """What may follow the pattern inside its word."""

    NOTHING = 0
    ANYTHING = 1
    ENDING = 2


@dataclass(frozen=True, slots=True)
class Form:
    """One pattern over folded text, and what must hold where it is found.

    `pattern` begins with a space where a word must begin, and ends with one where it must end. `written` is the form
    with its accents where these must stand in the text too. `capital` asks for an upper-case first letter. `stub`: the
    pattern is a name without its end, so that something must follow. `following` are the words that come after it:
    folded, with a star where only their beginning is given.
    """

    pattern: str
    rest: Rest
    written: str = ""
    capital: bool = False
    clitics: bool = False
    following: tuple[str, ...] = ()
    weak: bool = False
    stub: bool = False


@dataclass(frozen=True, slots=True)
class Grammar:
    """What a language file says of its language.

    Names: what is `strip`ped of their end, and the `endings` that may follow (`bare`: or none); `clitics` that may
    stand before a word. Stems of any word, where no stemmer exists: `suffixes`, and letters that may be `prefixes`.
    `abbreviations` end no sentence. `tones`: accents tell words apart. `compounds`: words are written together.
    """

    strip: tuple[str, ...] = ()
    endings: frozenset[str] = frozenset()
    bare: bool = False
    clitics: frozenset[str] = frozenset()
    suffixes: frozenset[str] = frozenset()
    prefixes: str = ""
    abbreviations: frozenset[str] = frozenset()
    tones: bool = False
    compounds: bool = False


def read_form(text: str, grammar: Grammar) -> Form | None:
    """Return the form a data file's entry stands for; None where nothing of it can be found in a text."""
    weak = text.startswith("?")
    text = text.removeprefix("?")
    mark, body = (text[0], text[1:]) if text[:1] in "^~=" else ("", text)
    folded = folded_text(body.strip("*"))
    # Where nothing is stripped of a name, `~` finds it whole already.
    if mark == "=" and _stripped(folded, grammar) == folded:
        return None
    # A name of one letter (Italy, in Vietnamese) is found everywhere.
    if not folded or (mark == "~" and folded.isascii() and len(folded) == 1):
        return None
    written = unicodedata.normalize("NFC", body.strip("*")) if mark == "^" or grammar.tones else ""
    if UNSPACED.search(folded):
        return Form(folded, Rest.NOTHING, written if mark == "^" else "", weak=weak)
    if body.startswith("*"):
        return Form(folded, Rest.ANYTHING, weak=weak)
    return replace(_spaced(mark, body, folded, grammar), written=written, weak=weak)


def _spaced(mark: str, body: str, folded: str, grammar: Grammar) -> Form:
    """Return the form of a word or phrase in a script that parts its words."""
    before = "" if grammar.clitics else " "
    clitics = bool(grammar.clitics)
    if " " in body and "*" in body[:-1]:
        return _phrase(before, body, grammar)
    if mark == "~":
        stem = _stripped(folded, grammar)
        stub = stem != folded and not grammar.bare
        return Form(before + stem, Rest.ENDING, capital=short_name(body, folded), clitics=clitics, stub=stub)
    if mark == "=":
        return Form(before + folded + " ", Rest.NOTHING, capital=short_name(body, folded), clitics=clitics)
    rest, end = (Rest.ANYTHING, "") if body.endswith("*") else (Rest.NOTHING, " ")
    return Form(before + folded + end, rest, capital=mark == "^", clitics=clitics)


def short_name(written: str, folded: str) -> bool:
    """Return whether a name is so short that only its capital tells it from a word."""
    return len(folded) <= _SHORT_NAME and written[0].isupper()


def _phrase(before: str, body: str, grammar: Grammar) -> Form:
    """Return the form of several words of which some are beginnings only."""
    first, *more = body.split()
    following = tuple(folded_text(word.strip("*")) + "*" * word.endswith("*") for word in more)
    rest, end = (Rest.ANYTHING, "") if first.endswith("*") else (Rest.NOTHING, " ")
    pattern = before + folded_text(first.strip("*")) + end
    return Form(pattern, rest, clitics=bool(grammar.clitics), following=following)


def _stripped(name: str, grammar: Grammar) -> str:
    for ending in grammar.strip:
        if name.endswith(ending) and len(name) - len(ending) >= _SHORTEST_ROOT:
            return name[: -len(ending)]
    return name


_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


def same_marks(one: str, other: str) -> bool:
    """Return whether two spellings have the same accents, wherever in a syllable the tone mark is set.

    Vietnamese writes both "hoà" and "hòa"; a text typed without any mark at all is taken at its letters.
    """
    if one.casefold() == other.casefold():
        return True
    one, other = (
        unicodedata.normalize("NFD", as_read(text).casefold().replace("đ", "d\u0335")) for text in (one, other)
    )
    return _parted(one) == _parted(other)


def _parted(decomposed: str) -> list[tuple[str, str]]:
    return [(_TONES.sub("", word), "".join(_TONES.findall(word))) for word in decomposed.split()]
