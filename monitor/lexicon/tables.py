"""The data files: what each language calls countries, people, organisations, topics.

Reads `data/` beside this module, gives the forms of each concept by language, as written. Lines are
`concept  form, form, form`; a line that begins with `#` is a note, one that begins with `@` tells the language's
grammar. Loaded once a process, a language only when asked for. Knows nothing of how forms are searched for.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from monitor.lexicon.folding import folded_text
from monitor.lexicon.forms import Grammar

_DATA = Path(__file__).parent / "data"
_LANGUAGES = _DATA / "languages"
# How the files mark homonyms: nothing else counts inside one ("montaña rusa" is no Russia), and `not:RU` also casts
# doubt on the country elsewhere in the text.
HOMONYM = "not"
# Among a language's endings: that a name may also lose its end and get none (the Polish "Chin", of China).
_BARE = "-"

# A language without a file of its own reads that of one its readers understand.
_RELATIVES = {"sk": "cs", "gl": "pt", "ca": "es", "af": "nl", "lb": "de", "be": "ru", "mo": "ro"}

Entry = tuple[str, str]  # concept, form as written


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (first word, rest) of every line that says something."""
    for line in path.read_text(encoding="utf-8").split("\n"):
        head, _, rest = line.strip().partition(" ")
        if head and not head.startswith("#"):
            yield head, rest.strip()


def _forms(rest: str) -> list[str]:
    return [form for part in rest.split(",") if (form := part.strip())]


@cache
def known_languages() -> tuple[str, ...]:
    """Return the languages with a data file of their own, in alphabetical order."""
    return tuple(sorted(path.stem for path in _LANGUAGES.glob("*.txt")))


@cache
def grammar(language: str) -> Grammar:
    """Return what the language's file says of its grammar; an empty one for a language without a file."""
    said = {head[1:]: rest.split() for head, rest in language_lines(language) if head.startswith("@")}
    return Grammar(
        strip=tuple(sorted(said.get("strip", ()), key=len, reverse=True)),
        endings=frozenset(said.get("endings", ())) - {_BARE} | {""},
        bare=_BARE in said.get("endings", ()),
        clitics=frozenset((*said["clitics"], "")) if "clitics" in said else frozenset(),
        suffixes=frozenset(said.get("suffixes", ())),
        prefixes="".join(said.get("prefixes", ())),
        abbreviations=frozenset(said.get("abbreviations", ())),
        tones="tones" in said,
        compounds="compounds" in said,
    )


@cache
def language_lines(language: str) -> tuple[tuple[str, str], ...]:
    """Return the lines of a language's file."""
    path = _LANGUAGES / f"{language}.txt"
    return tuple(_lines(path)) if language in known_languages() else ()


@cache
def doubtful_names(language: str) -> frozenset[str]:
    """Return the names, folded, that are words or names of others too in a language."""
    lines = dict(_lines(_DATA / "doubtful_names.txt"))
    return frozenset(folded_text(name) for name in _forms(lines.get(language, "")))


@cache
def language_entries(language: str) -> tuple[Entry, ...]:
    """Return what a language's own file says, country names of CLDR included."""
    doubtful = doubtful_names(language)
    own = [(head, form) for head, rest in language_lines(language) if head[0] != "@" for form in _forms(rest)]
    names = [
        (f"country:{code}", f"{'?' * (folded_text(name) in doubtful)}{mark}{name}")
        for table in (country_names(language), capital_names(language))
        for code, spellings in table.items()
        for name in spellings
        for mark in "~="
    ]
    return tuple(own + names)


def relative(language: str | None) -> str | None:
    """Return the language whose file is read for a language: itself, one close to it, or None."""
    language = language or ""
    return language if language in known_languages() else _RELATIVES.get(language)


@cache
def _named() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return (concept, country or "", forms) of people, organisations and things: the same in every language."""
    found = []
    for path in sorted(_DATA.glob("named_*.txt")):
        for concept, rest in _lines(path):
            country, _, forms = rest.partition(" ")
            found.append((concept, "" if country == "-" else country, tuple(_forms(forms))))
    return tuple(found)


@cache
def shared_entries() -> tuple[Entry, ...]:
    """Return the entries that hold in every language."""
    return tuple((concept, form) for concept, _, forms in _named() for form in forms)


@cache
def countries_of() -> dict[str, str]:
    """Return concept → the country it acts for: "person:maduro" → "country:VE"."""
    return {concept: f"country:{country}" for concept, country, _ in _named() if country}


@cache
def topic_sets() -> dict[str, tuple[frozenset[str], frozenset[str], frozenset[str]]]:
    """Return what `about:` may name → topics that tie two parties, that show a stance, that only name a field."""
    sets = {}
    for name, rest in _lines(_DATA / "topic_sets.txt"):
        ties, stances, fields = (_topics(group) for group in rest.split("|"))
        sets[name] = (ties, stances, fields)
    return sets


def _topics(names: str) -> frozenset[str]:
    return frozenset(f"topic:{name}" for name in names.split())


@cache
def _table_lines(name: str) -> dict[str, str]:
    lines = (_DATA / name).read_text(encoding="utf-8").split("\n")
    return dict(line.split("\t", 1) for line in lines if line)


def _table_row(name: str, language: str) -> dict[str, tuple[str, ...]]:
    pairs = (entry.split("=", 1) for entry in _table_lines(name).get(language, "").split(";") if entry)
    return {code: tuple(names.split("|")) for code, names in pairs}


@cache
def country_names(language: str) -> dict[str, tuple[str, ...]]:
    """Return country code → its names in a language, the usual one first; empty for an unknown language."""
    return _table_row("countries.txt", language)


@cache
def capital_names(language: str) -> dict[str, tuple[str, ...]]:
    """Return country code → its capital's names in a language, where CLDR knows them."""
    return _table_row("capitals.txt", language)


@cache
def labels(language: str) -> dict[str, str]:
    """Return concept → label of the topics, in the languages that have labels."""
    path = _DATA / "labels" / f"{language}.txt"
    return dict(_lines(path)) if path.is_file() else {}


@cache
def known_concepts() -> frozenset[str]:
    """Return every concept that has a form in some language."""
    countries = (f"country:{code}" for code in country_names("en"))
    heads = {head for language in known_languages() for head, _ in language_lines(language)}
    topics = (head for head in heads if ":" in head and not head.startswith(HOMONYM))
    return frozenset((*countries, *topics, *(concept for concept, _, _ in _named())))
