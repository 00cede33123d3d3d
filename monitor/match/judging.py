"""One watchlist's verdict on one article: its rules in the order they are asked, the score, the flag.

Takes compiled rules and what was sighted in the article, gives every rule with the words it held on, and a flag where
there was something to score. Pure: it knows neither other watchlists nor what becomes of a flag.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from monitor.lexicon.tables import countries_of, relative
from monitor.match.evidence import MOST, evidence
from monitor.match.relation import Pieces, Relation, Span, relate
from monitor.match.rules import Rules
from monitor.match.scan import Scan, Sentence
from monitor.match.sightings import Sightings, merged, outside
from monitor.match.weigh import THRESHOLDS, score, shares
from monitor.records import Flag

_NOISE = ("topic:sport", "topic:show")
_COMPARISON = "topic:comparison"
_OPINION = "topic:opinion"
_MOST_CONCEPTS = 24
# How sure a plain word makes us: in the title, several times in the text, once, only in lines that are no sentences.
_IN_TITLE, _OFTEN, _ONCE, _LOOSE = 1.0, 0.9, 0.8, 0.3


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a watchlist and whether it held in an article; `why` is for people, `found` words as they stand."""

    key: str
    held: bool
    why: str
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rules that were asked, in order. `flag` is None where one failed before there was anything to score."""

    rules: tuple[Rule, ...]
    flag: Flag | None = None


@dataclass(frozen=True, slots=True)
class _Places:
    """Where a watchlist's groups of terms stand, what is ignored already gone."""

    ignored: tuple[Span, ...]
    stops: tuple[Span, ...]
    words: tuple[Span, ...]
    sides: tuple[tuple[Span, ...], ...]

    def firm(self, scan: Scan) -> "_Places":
        """Return the places without those in loose lines, which are mostly about other stories."""
        return replace(
            self,
            words=tuple(outside(self.words, scan.loose)),
            sides=tuple(tuple(outside(side, scan.loose)) for side in self.sides),
        )


@dataclass(frozen=True, slots=True)
class _Proof:
    """A score, its parts, the sentences that prove it, best first, and the words that count in them."""

    score: float
    parts: tuple[tuple[str, float], ...]
    sentences: tuple[Sentence, ...]
    marks: tuple[Span, ...]


def judge(rules: Rules, sightings: Sightings, source: str, *, example: bool = False) -> Verdict:
    """Return one watchlist's verdict. An `example` is from no source, and in whatever language."""
    narrowed = () if example else _narrowed(rules, sightings.scan, source)
    if not all(rule.held for rule in narrowed):
        return Verdict(narrowed)
    places = _places(rules, sightings)
    asked = (*narrowed, *_asked(rules, sightings.scan, places))
    if not all(rule.held for rule in asked):
        return Verdict(asked)
    firm = places.firm(sightings.scan)
    if rules.sides and not all(firm.sides):
        return Verdict((*asked, Rule("loose lines", False, "a side stands only in lines that are no sentences")))
    return _scored(rules, sightings, replace(firm, words=firm.words or places.words), asked)


def relation_of(rules: Rules, sightings: Sightings) -> Relation | None:
    """Return how the sides of a watchlist stand to one another in an article; None where one does not stand in it."""
    places = _places(rules, sightings).firm(sightings.scan)
    if not places.sides or not all(places.sides):
        return None
    return relate(_pieces(rules, sightings, places), sightings.scan)


def _places(rules: Rules, sightings: Sightings) -> _Places:
    ignored = merged(sightings.of_all(rules.ignore))
    return _Places(
        ignored,
        sightings.of_all(rules.unless, ignored),
        sightings.of_all(rules.any, ignored),
        tuple(sightings.of_all(numbers, ignored) for _, numbers in rules.sides),
    )


def _narrowed(rules: Rules, scan: Scan, source: str) -> tuple[Rule, ...]:
    """Return the rules on where a story is from and which language it is in."""
    told = []
    sources, languages = rules.watchlist.sources, rules.watchlist.languages
    if sources:
        told.append(Rule("sources", source in sources, f"the story is from {source or 'no known source'}"))
    if languages:
        told.append(Rule("languages", scan.language in languages, f"the story is in {scan.language or 'none known'}"))
    return tuple(told)


def _asked(rules: Rules, scan: Scan, places: _Places) -> Iterable[Rule]:
    """Yield the rules on terms."""
    if places.ignored:
        yield Rule("ignore", True, "struck out before anything was matched", _words(scan, places.ignored))
    if rules.unless:
        why = "stands here" if places.stops else "none of its terms stands here"
        yield Rule("unless", not places.stops, why, _words(scan, places.stops))
    if rules.watchlist.any:
        yield _found("any", scan, places.words)
    for (name, _), side in zip(rules.sides, places.sides, strict=True):
        yield _found(f"all.{name}", scan, side)


def _found(key: str, scan: Scan, places: tuple[Span, ...]) -> Rule:
    return Rule(key, bool(places), "found" if places else "none of its terms stands here", _words(scan, places))


def _words(scan: Scan, places: tuple[Span, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(scan.text[start:end] for start, end in places))


def _scored(rules: Rules, sightings: Sightings, places: _Places, asked: tuple[Rule, ...]) -> Verdict:
    """Return the verdict on an article in which every group of terms stands."""
    scan = sightings.scan
    threshold = THRESHOLDS[rules.watchlist.sensitivity]
    proofs = []
    if rules.sides:
        relation = relate(pieces := _pieces(rules, sightings, places), scan)
        proofs.append(_tie_proof(relation, pieces, scan))
        if rules.watchlist.about:
            asked = (*asked, _tied(scan, relation))
    if rules.watchlist.any:
        proofs.append(_word_proof(scan, places.words))
    total = min(proof.score for proof in proofs)
    passed = total >= threshold
    sentences = tuple(sentence for proof in proofs for sentence in proof.sentences)
    flag = Flag(
        rules.watchlist.id,
        total,
        evidence(scan, sentences, (mark for proof in proofs for mark in proof.marks)),
        passed,
        tuple(part for proof in proofs for part in proof.parts),
        _concepts(sightings, sentences[:MOST], places.sides),
    )
    last = Rule("score", passed, f"{total:.2f} of {threshold:.2f} needed ({rules.watchlist.sensitivity})")
    return Verdict((*asked, last), flag)


def _tie_proof(relation: Relation, pieces: Pieces, scan: Scan) -> _Proof:
    """Return the proof of a relation: sentences in which the sides meet, else those of the paragraphs they share."""
    told = (scan.around(piece.start) for window in relation.windows for piece in window.sentences)
    marks = [span for side in pieces.sides for span in side] + [(start, end) for start, end, _ in pieces.ties]
    return _Proof(
        score(relation.features),
        shares(relation.features),
        tuple(dict.fromkeys(told)),
        (*marks, *pieces.stances, *pieces.fields),
    )


def _word_proof(scan: Scan, words: tuple[Span, ...]) -> _Proof:
    in_title = scan.titled and words[0][0] < scan.sentences[0].end
    sure = _IN_TITLE if in_title else _OFTEN if len(words) > 1 else _ONCE
    if not outside(words, scan.loose):
        sure = _LOOSE
    return _Proof(sure, (), tuple(dict.fromkeys(scan.around(start) for start, _ in words)), words)


def _tied(scan: Scan, relation: Relation) -> Rule:
    best = relation.windows[0]
    cues = tuple(sorted([*((start, end) for start, end, _ in best.ties), *best.stances, *best.fields]))
    if relative(scan.language) is None:
        return Rule("about", True, f"no cue words are known of the language {scan.language or 'unknown'}")
    why = "found where the sides meet" if cues else "no cue word where the sides meet"
    return Rule("about", bool(cues), why, _words(scan, cues))


def _pieces(rules: Rules, sightings: Sightings, places: _Places) -> Pieces:
    """Sort everything found into what the relation of the sides is judged by."""
    acts_for = countries_of()
    taken = {span for side in places.sides for span in side}
    group_of = _groups(rules)
    groups: dict[str, set[Span]] = {name: set() for name in ("stances", "fields", "noise", "comparisons", "opinions")}
    others: set[tuple[int, int, str]] = set()
    ties: set[tuple[int, int, str]] = set()
    for found in sightings.without(merged((*places.ignored, *sightings.scan.loose))):
        span = (found.start, found.end)
        country = acts_for.get(found.concept, found.concept)
        if country.startswith("country:"):
            if country not in rules.countries and span not in taken:
                others.add((*span, country))
        elif found.concept in rules.ties:
            ties.add((*span, found.concept))
        elif found.concept in group_of:
            groups[group_of[found.concept]].add(span)
    return Pieces(
        places.sides,
        ties=tuple(sorted(ties)),
        others=tuple(sorted(others)),
        # Where no cue word of a language is known, none can be asked for: that the sides meet must do.
        asks=bool(rules.watchlist.about) and relative(sightings.scan.language) is not None,
        **{name: tuple(sorted(spans)) for name, spans in groups.items()},
    )


def _groups(rules: Rules) -> dict[str, str]:
    """Return topic → which pieces of a relation its places are."""
    kinds = {"stances": rules.stances, "fields": rules.fields, "noise": _NOISE}
    groups = {topic: name for name, topics in kinds.items() for topic in topics}
    return {_COMPARISON: "comparisons", _OPINION: "opinions"} | groups


def _concepts(
    sightings: Sightings, shown: tuple[Sentence, ...], sides: tuple[tuple[Span, ...], ...]
) -> tuple[str, ...]:
    """Return what stands in the sentences shown and on the sides, most frequent first."""
    on_sides = {span for side in sides for span in side}
    seen = [(sentence.start, sentence.end) for sentence in shown]
    acts_for = countries_of()
    count: dict[str, int] = {}
    for found in sightings.found:
        place = found.start
        for start, end in seen:
            if start <= place < end:
                break
        else:
            if (place, found.end) not in on_sides:
                continue
        concept = found.concept
        count[concept] = count.get(concept, 0) + 1
        if concept in acts_for:
            country = acts_for[concept]
            count[country] = count.get(country, 0) + 1
    return tuple(sorted(count, key=lambda concept: (-count[concept], concept))[:_MOST_CONCEPTS])
