"""The matcher: compiled watchlists, asked about one article at a time.

`compile_watchlists` takes watchlists as their editor wrote them and the user's own concepts, and gives a `Matcher`;
everything that cannot be meant is a fault, and all faults are told at once. A matcher gives flags with the sentences
that prove them, explanations of every rule, and checks the watchlists' own examples. It reads no clock, file or store.
"""

from dataclasses import dataclass

from monitor.lexicon.tables import countries_of
from monitor.match.evidence import MOST, evidence
from monitor.match.index import TermIndex
from monitor.match.relation import Pieces, Relation, Span, relate
from monitor.match.rules import Compiler, Concepts, Rules
from monitor.match.scan import Scan, Sentence
from monitor.match.sightings import Sightings, outside
from monitor.match.terms import Kind, Term, TermFault, WatchlistError
from monitor.match.weigh import NEAR_MISS, THRESHOLDS, score, shares
from monitor.records import Article, Flag, Watchlist

_NOISE = ("topic:sport", "topic:show")
_COMPARISON = "topic:comparison"
_OPINION = "topic:opinion"
_MOST_CONCEPTS = 24


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a watchlist and whether it held in an article; `why` is for people, `found` words as they stand."""

    key: str
    held: bool
    why: str
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every rule of one watchlist for one article. `flag` is None where there was nothing to score."""

    watchlist: str
    name: str
    passed: bool
    score: float
    threshold: float
    rules: tuple[Rule, ...]
    flag: Flag | None = None


@dataclass(frozen=True, slots=True)
class _Verdict:
    rules: tuple[Rule, ...]
    flag: Flag | None = None


def compile_watchlists(watchlists: tuple[Watchlist, ...], concepts: Concepts = ()) -> "Matcher":
    """Return a matcher for watchlists; `concepts` extend the lexicon.

    Raises:
        WatchlistError: with every fault in every list; a ConfigError.
    """
    compiler = Compiler(concepts)
    rules = tuple(compiler.compile(watchlist) for watchlist in watchlists)
    terms = compiler.finish()
    matcher = Matcher(rules, terms, compiler.forms)
    if blind := matcher.blind():
        raise WatchlistError(blind)
    return matcher


class Matcher:
    """Watchlists ready to be asked. Made by `compile_watchlists`; asking changes nothing."""

    def __init__(self, rules: tuple[Rules, ...], terms: tuple[Term, ...], forms: dict[int, str]) -> None:
        self._rules = rules
        self._terms = terms
        self._forms = forms
        self._index = TermIndex(terms)
        self._concepts = {term.body: number for number, term in enumerate(terms) if term.kind is Kind.CONCEPT}

    def match(self, article: Article) -> tuple[Flag, ...]:
        """Return the flags of an article, near misses with `passed` False among them, in the watchlists' order."""
        sightings = self._look(article)
        verdicts = (_judge(rules, sightings, article.source) for rules in self._rules)
        flags = (verdict.flag for verdict in verdicts if verdict.flag is not None)
        return tuple(flag for flag in flags if flag.passed or _near(flag, self._threshold(flag.watchlist)))

    def explain(self, article: Article) -> tuple[Explanation, ...]:
        """Return for every watchlist each rule, whether it held and why."""
        sightings = self._look(article)
        return tuple(_explanation(rules, _judge(rules, sightings, article.source)) for rules in self._rules)

    def features(self, article: Article) -> dict[str, dict[str, float]]:
        """Return watchlist → the features of its relation, for fitting; only where all its sides stand."""
        sightings = self._look(article)
        found = {}
        for rules in self._rules:
            ignored = sightings.of_all(rules.ignore)
            sides = tuple(sightings.of_all(numbers, ignored) for _, numbers in rules.sides)
            if sides and all(sides):
                found[rules.watchlist.id] = relate(_pieces(rules, sightings, sides, ignored), sightings.scan).features
        return found

    def check(self) -> tuple[TermFault, ...]:
        """Return the watchlists' own examples that fail: a must_match that is not flagged, a must_not_match that is."""
        return tuple(fault for rules in self._rules for fault in self._failing_examples(rules))

    def blind(self) -> tuple[TermFault, ...]:
        """Return the groups of terms that strike one another out, so that their watchlist can never match."""
        found = []
        for rules in self._rules:
            groups = [(f"all.{name}", numbers) for name, numbers in rules.sides] or [("any", rules.any)]
            for key, numbers in groups:
                if not any(self._can_be_seen(rules, number) for number in numbers):
                    message = "ignore: or unless: strikes out every one of its terms, so it can never match"
                    found.append(TermFault(rules.watchlist.id, key, None, message))
        return tuple(found)

    def _look(self, article: Article) -> Sightings:
        scan = Scan(article)
        return Sightings(scan, self._index.find(scan), self._forms, self._concepts)

    def _threshold(self, watchlist: str) -> float:
        return next(THRESHOLDS[r.watchlist.sensitivity] for r in self._rules if r.watchlist.id == watchlist)

    def _can_be_seen(self, rules: Rules, number: int) -> bool:
        """Return whether a text that is the term itself shows it."""
        term = self._terms[number]
        if term.kind in (Kind.CONCEPT, Kind.REGEX) or not (rules.ignore or rules.unless):
            return number not in rules.ignore and number not in rules.unless
        sightings = self._look(Article("", text=term.body, language="en"))
        ignored = sightings.of_all(rules.ignore)
        return bool(sightings.of_all(frozenset([number]), ignored)) and not sightings.of_all(rules.unless, ignored)

    def _failing_examples(self, rules: Rules) -> list[TermFault]:
        found = []
        written = rules.watchlist
        for key, examples, wanted in (
            ("must_match", written.must_match, True),
            ("must_not_match", written.must_not_match, False),
        ):
            for index, example in enumerate(examples):
                source = written.sources[0] if written.sources else ""
                verdict = _judge(rules, self._look(Article("", text=example)), source, example=True)
                flagged = verdict.flag is not None and verdict.flag.passed
                if flagged is not wanted:
                    found.append(TermFault(written.id, key, index, _failure(verdict, wanted)))
        return found


def _failure(verdict: _Verdict, wanted: bool) -> str:
    reached = f"it scores {verdict.flag.score:.2f}" if verdict.flag else _first_failure(verdict)
    return f"this example {'is not' if wanted else 'is'} flagged: {reached}"


def _first_failure(verdict: _Verdict) -> str:
    return next((f"{rule.key}: {rule.why}" for rule in verdict.rules if not rule.held), "no rule says why")


def _near(flag: Flag, threshold: float) -> bool:
    return flag.score >= threshold * NEAR_MISS


def _explanation(rules: Rules, verdict: _Verdict) -> Explanation:
    flag = verdict.flag
    return Explanation(
        rules.watchlist.id,
        rules.watchlist.name,
        flag is not None and flag.passed,
        flag.score if flag else 0.0,
        THRESHOLDS[rules.watchlist.sensitivity],
        verdict.rules,
        flag,
    )


def _judge(rules: Rules, sightings: Sightings, source: str, *, example: bool = False) -> _Verdict:
    """Return one watchlist's verdict: its rules in the order they are asked, and the flag where all could be met."""
    told = list(_narrowed(rules, sightings.scan, source, example=example))
    if not all(rule.held for rule in told):
        return _Verdict(tuple(told))
    ignored = sightings.of_all(rules.ignore)
    if ignored:
        told.append(Rule("ignore", True, "struck out before anything was matched", _words(sightings.scan, ignored)))
    if rules.unless:
        stops = sightings.of_all(rules.unless, ignored)
        told.append(_rule("unless", not stops, sightings.scan, stops, "none of its terms stands here", "stands here"))
    words = sightings.of_all(rules.any, ignored)
    if rules.watchlist.any:
        told.append(_rule("any", bool(words), sightings.scan, words, "found", "none of its terms stands here"))
    sides = tuple(sightings.of_all(numbers, ignored) for _, numbers in rules.sides)
    for (name, _), places in zip(rules.sides, sides, strict=True):
        told.append(
            _rule(f"all.{name}", bool(places), sightings.scan, places, "found", "none of its terms stands here")
        )
    if not all(rule.held for rule in told):
        return _Verdict(tuple(told))
    return _scored(rules, sightings, told, words, sides, ignored)


def _narrowed(rules: Rules, scan: Scan, source: str, *, example: bool) -> list[Rule]:
    told = []
    sources, languages = rules.watchlist.sources, rules.watchlist.languages
    if sources and not example:
        told.append(Rule("sources", source in sources, f"the story is from {source or 'no known source'}"))
    if languages and not example:
        told.append(Rule("languages", scan.language in languages, f"the story is in {scan.language or 'none known'}"))
    return told


def _rule(key: str, held: bool, scan: Scan, places: tuple[Span, ...], yes: str, no: str) -> Rule:
    return Rule(key, held, yes if held else no, _words(scan, places))


def _words(scan: Scan, places: tuple[Span, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(scan.text[start:end] for start, end in places))


def _scored(
    rules: Rules,
    sightings: Sightings,
    told: list[Rule],
    words: tuple[Span, ...],
    sides: tuple[tuple[Span, ...], ...],
    ignored: tuple[Span, ...],
) -> _Verdict:
    """Return the verdict on an article in which every group of terms stands."""
    threshold = THRESHOLDS[rules.watchlist.sensitivity]
    parts: tuple[tuple[str, float], ...] = ()
    total = 1.0
    chosen: list[Sentence] = []
    marks = list(words)
    if rules.sides:
        pieces = _pieces(rules, sightings, sides, ignored)
        relation = relate(pieces, sightings.scan)
        total, parts = score(relation.features), shares(relation.features)
        chosen += _proof(relation, sightings.scan)
        marks += [span for side in sides for span in side] + [(start, end) for start, end, _ in pieces.ties]
        marks += [*pieces.stances, *pieces.fields]
        if rules.watchlist.about:
            told.append(_tied(sightings.scan, relation))
    if rules.watchlist.any:
        total = min(total, _word_score(sightings.scan, words))
        chosen += [s for s in sightings.scan.sentences if any(s.start <= start < s.end for start, _ in words)]
    passed = total >= threshold
    told.append(Rule("score", passed, f"{total:.2f} of {threshold:.2f} needed ({rules.watchlist.sensitivity})"))
    flag = Flag(
        rules.watchlist.id,
        total,
        evidence(sightings.scan, chosen, marks),
        passed,
        parts,
        _concepts(sightings, chosen[:MOST], sides),
    )
    return _Verdict(tuple(told), flag)


def _tied(scan: Scan, relation: Relation) -> Rule:
    best = relation.windows[0]
    cues = tuple(sorted([*((start, end) for start, end, _ in best.ties), *best.stances, *best.fields]))
    return _rule("about", bool(cues), scan, cues, "found where the sides meet", "no cue word where the sides meet")


def _word_score(scan: Scan, words: tuple[Span, ...]) -> float:
    """Return how sure a plain word makes us: more in the title than once in the text."""
    if scan.titled and scan.sentences and words[0][0] < scan.sentences[0].end:
        return 1.0
    return 0.9 if len(words) > 1 else 0.8


def _pieces(
    rules: Rules, sightings: Sightings, sides: tuple[tuple[Span, ...], ...], ignored: tuple[Span, ...]
) -> Pieces:
    acts_for = countries_of()
    taken = {span for side in sides for span in side}
    others: set[tuple[int, int, str]] = set()
    ties: set[tuple[int, int, str]] = set()
    groups: dict[str, set[Span]] = {name: set() for name in ("stances", "fields", "noise", "comparisons", "opinions")}
    group_of = _groups(rules)
    for found in sightings.found:
        span = (found.start, found.end)
        if ignored and not outside([span], ignored):
            continue
        country = acts_for.get(found.concept, found.concept)
        if country.startswith("country:"):
            if country not in rules.countries and span not in taken:
                others.add((*span, country))
        elif found.concept in rules.ties:
            ties.add((*span, found.concept))
        elif found.concept in group_of:
            groups[group_of[found.concept]].add(span)
    return Pieces(
        sides,
        ties=tuple(sorted(ties)),
        others=tuple(sorted(others)),
        asks=bool(rules.watchlist.about),
        **{name: tuple(sorted(spans)) for name, spans in groups.items()},
    )


def _groups(rules: Rules) -> dict[str, str]:
    """Return topic → which pieces of a relation its places are."""
    kinds = {"stances": rules.stances, "fields": rules.fields, "noise": _NOISE}
    groups = {topic: name for name, topics in kinds.items() for topic in topics}
    return {_COMPARISON: "comparisons", _OPINION: "opinions"} | groups


def _proof(relation: Relation, scan: Scan) -> list[Sentence]:
    """Return the sentences to show: those in which the sides meet, else those of the paragraphs in which they do."""
    told = (scan.around(piece.start) for window in relation.windows for piece in window.sentences)
    return list(dict.fromkeys(told))


def _concepts(sightings: Sightings, chosen: list[Sentence], sides: tuple[tuple[Span, ...], ...]) -> tuple[str, ...]:
    """Return what stands in the sentences shown and on the sides, most frequent first."""
    on_sides = {span for side in sides for span in side}
    count: dict[str, int] = {}
    for found in sightings.found:
        shown = any(sentence.start <= found.start < sentence.end for sentence in chosen)
        if shown or (found.start, found.end) in on_sides:
            count[found.concept] = count.get(found.concept, 0) + 1
    acts_for = countries_of()
    for concept in list(count):
        if concept in acts_for:
            count[acts_for[concept]] = count.get(acts_for[concept], 0) + count[concept]
    return tuple(sorted(count, key=lambda concept: (-count[concept], concept))[:_MOST_CONCEPTS])
