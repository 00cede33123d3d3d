"""The matcher: compiled watchlists, asked about one article at a time.

`compile_watchlists` takes watchlists as their editor wrote them and the user's own concepts, and gives a `Matcher`;
everything that cannot be meant is a fault, and all faults are told at once. A matcher gives flags with the sentences
that prove them, explanations of every rule, and checks the watchlists' own examples. It reads no clock, file or store.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from monitor.match.index import TermIndex
from monitor.match.judging import Rule, Verdict, judge, relation_of
from monitor.match.rules import Compiler, Forms, Rules
from monitor.match.scan import Scan
from monitor.match.sightings import Sightings, merged
from monitor.match.terms import Kind, Term, TermFault, WatchlistError
from monitor.match.weigh import NEAR_MISS, THRESHOLDS
from monitor.records import Article, Concept, Flag, Watchlist

_FEWEST_ARTICLES = 20


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
class Reading:
    """One article's flags, and the numbers of the terms that stand in it, for counting how often each does."""

    flags: tuple[Flag, ...]
    terms: tuple[int, ...]


def compile_watchlists(watchlists: tuple[Watchlist, ...], concepts: tuple[Concept, ...] = ()) -> "Matcher":
    """Return a matcher for watchlists; `concepts` extend the lexicon.

    Raises:
        WatchlistError: with every fault in every list; a ConfigError.
    """
    compiler = Compiler(concepts)
    rules = tuple(compiler.compile(watchlist) for watchlist in watchlists)
    terms = compiler.finish()
    matcher = Matcher(rules, terms, compiler.forms, tuple(compiler.written))
    if blind := matcher.blind():
        raise WatchlistError(blind)
    return matcher


class Matcher:
    """Watchlists ready to be asked. Made by `compile_watchlists`; asking changes nothing."""

    def __init__(
        self,
        rules: tuple[Rules, ...],
        terms: tuple[Term, ...],
        forms: Forms,
        written: tuple[tuple[int, TermFault], ...],
    ) -> None:
        self._rules = rules
        self._written = written
        self._terms = terms
        self._forms = forms
        self._index = TermIndex(terms)
        self._concepts = {term.body: number for number, term in enumerate(terms) if term.kind is Kind.CONCEPT}

    def match(self, article: Article) -> tuple[Flag, ...]:
        """Return the flags of an article, near misses with `passed` False among them, in the watchlists' order."""
        return self._flags(self._look(article), article.source)

    def read(self, article: Article) -> Reading:
        """Return the flags of an article as `match` does, and which terms stand in it."""
        sightings = self._look(article)
        return Reading(self._flags(sightings, article.source), tuple(sightings.numbers()))

    def _flags(self, sightings: Sightings, source: str) -> tuple[Flag, ...]:
        verdicts = (judge(rules, sightings, source) for rules in self._rules)
        flags = (verdict.flag for verdict in verdicts if verdict.flag is not None)
        return tuple(flag for flag in flags if flag.passed or _near(flag, self._threshold(flag.watchlist)))

    def explain(self, article: Article) -> tuple[Explanation, ...]:
        """Return for every watchlist each rule, whether it held and why."""
        sightings = self._look(article)
        return tuple(_explanation(rules, judge(rules, sightings, article.source)) for rules in self._rules)

    def features(self, article: Article) -> dict[str, dict[str, float]]:
        """Return watchlist → the features of its relation, for fitting; only where all its sides stand."""
        sightings = self._look(article)
        relations = {rules.watchlist.id: relation_of(rules, sightings) for rules in self._rules}
        return {watchlist: relation.features for watchlist, relation in relations.items() if relation is not None}

    def check(self) -> tuple[TermFault, ...]:
        """Return the watchlists' own examples that fail: a must_match that is not flagged, a must_not_match that is."""
        return tuple(fault for rules in self._rules for fault in self._failing_examples(rules))

    def boilerplate(self, hits: Mapping[int, int], articles: int) -> tuple[TermFault, ...]:
        """Return the terms of `any` and `all` that stand in more than half of one source's articles.

        `hits` counts, by term (see `read`), in how many of so many `articles` it stands. A word on so many pages of a
        source is mostly part of the page, not of the story. Fewer than twenty articles say nothing.
        """
        if articles < _FEWEST_ARTICLES:
            return ()
        often = {number: count for number, count in hits.items() if count * 2 > articles}
        return tuple(
            replace(place, message=f"{_share(often[number], articles)}: probably part of its pages")
            for number, place in self._written
            if number in often and place.key.partition(".")[0] in ("any", "all")
        )

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
        ignored = merged(sightings.of_all(rules.ignore))
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
                verdict = judge(rules, self._look(Article("", text=example)), source, example=True)
                flagged = verdict.flag is not None and verdict.flag.passed
                if flagged is not wanted:
                    found.append(TermFault(written.id, key, index, _failure(verdict, wanted)))
        return found


def _share(count: int, articles: int) -> str:
    return f"it stands in {count} of {articles} stories of this source ({100 * count // articles} %)"


def _failure(verdict: Verdict, wanted: bool) -> str:
    reached = f"it scores {verdict.flag.score:.2f}" if verdict.flag else _first_failure(verdict)
    return f"this example {'is not' if wanted else 'is'} flagged: {reached}"


def _first_failure(verdict: Verdict) -> str:
    return next((f"{rule.key}: {rule.why}" for rule in verdict.rules if not rule.held), "no rule says why")


def _near(flag: Flag, threshold: float) -> bool:
    return flag.score >= threshold * NEAR_MISS


def _explanation(rules: Rules, verdict: Verdict) -> Explanation:
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
