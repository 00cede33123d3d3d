"""What templates see: the mail as plain words, already in the reader's language and zone, already safe.

Text and HTML are rendered from the same `Mail`, so they cannot tell different stories. Every string is inert text;
every address is http or https. A template needs nothing else than `mail` and the `frame` it is said in.
"""

from dataclasses import dataclass

from monitor.digest.inert import Link, Span


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of evidence in its own language, its counting words marked."""

    spans: tuple[Span, ...]
    lang: str
    dir: str


@dataclass(frozen=True, slots=True)
class Item:
    """One outlet's telling. `tongue` is its language's name in the reader's language; `marks` what to know of it."""

    headline: str
    lang: str
    dir: str
    outlet: str
    tongue: str
    link: Link
    published: str
    first_seen: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A labelled line: ("Places", "Russia, Venezuela")."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """One story as the reader meets it. `kind` is "new", "update", "retracted" or "told".

    `lead` is the telling shown, `also` are the others; `news` those that came since the last mail, of an update.
    `notes` are sentences on how the reader stands to it; `changed` says what an edit made of which figure.
    `disputed` says of what outlets give different counts, and who gives which.
    """

    id: int
    kind: str
    status: str
    lead: Item
    spread: str
    evidence: tuple[Sentence, ...]
    gloss: tuple[Note, ...]
    also: tuple[Item, ...]
    news: tuple[Item, ...]
    origin: tuple[str, ...]
    disputed: tuple[Note, ...]
    changed: tuple[str, ...]
    notes: tuple[str, ...]
    also_matches: str
    score: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its stories. `note` explains it or is empty."""

    title: str
    cards: tuple[Card, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A story that just failed to match: shown so that a reader can judge the bar."""

    item: Item
    evidence: tuple[Sentence, ...]
    score: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the chart: `height` is 0 to `Chart.levels`."""

    day: str
    count: int
    height: int


@dataclass(frozen=True, slots=True)
class Chart:
    """The subject's volume by day, oldest first. `line` draws it in one line of text, `note` says it in words."""

    bars: tuple[Bar, ...]
    line: str
    note: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was read for this mail, as sentences; `failing` and `silent` name sources with why and since when."""

    short: str
    lines: tuple[str, ...]
    failing: tuple[Note, ...] = ()
    silent: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Rest:
    """The stories that have no room for a card: `titles` names them, `unnamed` says how many not even that."""

    heading: str = ""
    titles: tuple[Item, ...] = ()
    linked: bool = True
    unnamed: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """All of one mail. `kind` is "digest" or "alert"."""

    kind: str
    subject: str
    preheader: str
    title: str
    day: str
    summary: str
    sections: tuple[Section, ...]
    near_misses: tuple[NearMiss, ...]
    chart: Chart | None
    receipt: Receipt
    closing: tuple[str, ...]
    notices: tuple[str, ...] = ()
    rest: Rest = Rest()
