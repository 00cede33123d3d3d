"""Edition → what templates see: every story a card in the reader's language and zone, and the frame around them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.digest import inert
from monitor.digest.cards import card, item, near_miss, outlets, tongues
from monitor.digest.catalogue import Catalogue
from monitor.digest.chart import chart
from monitor.digest.frame import Frame
from monitor.digest.view import Card, Mail, Note, Receipt, Rest, Section
from monitor.digest.weighing import NEW_SOURCE, TOLD, Weighed, weigh
from monitor.records import Alert, Coverage, Edition, Status, Story

NEAR_MISSES = 3
SOURCES = 12  # named of those that fail and of those that are silent; `monitor status` has all
SUBJECT = 90  # characters; phones show half of it, so counts come first
PREHEADER = 90  # characters an inbox shows of it
_HEADLINE_IN_SUBJECT = 20  # characters a headline needs to be worth beginning

_STATUS_COUNTS = {
    Status.NEW: "new_stories",
    Status.UPDATE: "updates",
    Status.RETRACTED: "retractions",
    Status.TOLD: "told_before",
}
_SUBJECT_COUNTS = {**_STATUS_COUNTS, Status.NEW: "subject_new"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail before its size is known.

    `mail` is without its stories; `cards` are all of them by weight, `places` the key of the section each stands in,
    `headings` the sections as (key, title, note) in the order of the mail.
    """

    mail: Mail
    frame: Frame
    cards: tuple[Card, ...]
    places: tuple[str, ...]
    headings: tuple[tuple[str, str, str], ...]

    def cut(self, full: int, named: int, unnamed: str = "unnamed", *, linked: bool = True) -> Mail:
        """Return the mail with the first `full` stories as cards and the next `named` as titles.

        The titles carry their addresses if `linked`; `unnamed` is the counted phrase for those beyond.
        """
        shown = tuple(zip(self.places[:full], self.cards[:full], strict=True))
        sections = (
            Section(title, tuple(card for place, card in shown if place == key), note)
            for key, title, note in self.headings
        )
        return replace(
            self.mail,
            sections=tuple(section for section in sections if section.cards),
            rest=self._rest(full, named, unnamed, linked=linked),
        )

    def _rest(self, full: int, named: int, unnamed: str, *, linked: bool) -> Rest:
        titles = tuple(card.lead for card in self.cards[full : full + named])
        left = len(self.cards) - full - len(titles)
        return Rest(
            heading=self.frame.count("more_stories", len(self.cards) - full) if full < len(self.cards) else "",
            titles=titles,
            linked=linked,
            unnamed=self.frame.count(unnamed, left) if left else "",
        )


def draft(edition: Edition, words: Catalogue, notices: tuple[str, ...] = ()) -> Draft:
    """Return all that can be said of an edition in these words, with `notices` a reader should have."""
    frame = Frame.of(words, edition)
    weighed = weigh(edition)
    stories = [one.story for one in weighed]
    mail = Mail(
        kind="alert" if isinstance(edition.channel, Alert) else "digest",
        subject=_subject(edition, weighed, frame),
        preheader=_preheader(edition, weighed, frame),
        title=name_of(edition),
        day=frame.day(edition.until),
        summary=_summary(stories, edition.coverage, frame),
        sections=(),
        near_misses=tuple(near_miss(telling, frame) for telling in edition.near_misses[:NEAR_MISSES]),
        chart=chart(edition.volume, frame),
        receipt=_receipt(edition.coverage, frame),
        closing=_closing(edition, frame),
        notices=((frame.say("late"),) if edition.late else ()) + notices,
    )
    cards = tuple(card(one, edition, frame) for one in weighed)
    return Draft(mail, frame, cards, tuple(one.place for one in weighed), _headings(edition, frame))


def name_of(edition: Edition) -> str:
    """Return what a reader knows this mail by: its name, its only watchlist's, or its key in config.yaml."""
    named = edition.channel.name
    if not named and len(edition.watchlists) == 1:
        named = edition.watchlists[0].name
    return inert.capped(named or edition.channel.id, inert.NAME)


def _headings(edition: Edition, frame: Frame) -> tuple[tuple[str, str, str], ...]:
    """Return the sections a mail may have; one that would repeat the mail's own title is called otherwise."""
    names = ((one.id, inert.capped(one.name or one.id, inert.NAME)) for one in edition.watchlists)
    lists = ((key, name if name != name_of(edition) else frame.say("the_stories"), "") for key, name in names)
    new_source = (NEW_SOURCE, frame.say("new_source"), frame.say("new_source_note"))
    return (*lists, new_source, (TOLD, frame.say("told"), ""))


def _counts(stories: Sequence[Story], keys: dict[Status, str], frame: Frame) -> tuple[str, ...]:
    numbers = {status: sum(story.status is status for story in stories) for status in Status}
    return tuple(frame.count(keys[status], number) for status, number in numbers.items() if number)


def _summary(stories: Sequence[Story], coverage: Coverage, frame: Frame) -> str:
    """Return the one line that says it all."""
    covered = _short_coverage(coverage, frame)
    if not stories:
        return f"{frame.say('quiet')} {covered}".strip()
    what = frame.join(_counts(stories, _STATUS_COUNTS, frame))
    told = [telling for story in stories for telling in story.tellings]
    languages = tongues(told)
    if not languages:
        return f"{frame.say('summary_plain', what=what)} {covered}".strip()
    spread = {"outlets": frame.count("outlets", outlets(told)), "languages": frame.count("languages", languages)}
    return f"{frame.say('summary', what=what, **spread)} {covered}".strip()


def _subject(edition: Edition, weighed: Sequence[Weighed], frame: Frame) -> str:
    """Return the counts, the day, and how the weightiest headline begins.

    An alert about one story always has the same subject, whatever is new in it: mail programs thread by it.
    """
    name = inert.capped(name_of(edition), 32)
    if isinstance(edition.channel, Alert) and len(weighed) == 1:
        # The first telling stays the first whatever comes later; the one shown may change.
        first = item(weighed[0].story.tellings[0], frame).headline
        return inert.capped(f"[{name}] {first}", SUBJECT)
    counts = ", ".join(_counts([one.story for one in weighed], _SUBJECT_COUNTS, frame)) or frame.say("subject_quiet")
    start = f"[{name}] {counts} · {frame.short_day(edition.until)}"
    room = SUBJECT - len(start) - len(" · ")
    if weighed and room >= _HEADLINE_IN_SUBJECT:
        return f"{start} · {inert.capped(item(weighed[0].lead, frame).headline, room)}"
    return inert.capped(start, SUBJECT)


def _preheader(edition: Edition, weighed: Sequence[Weighed], frame: Frame) -> str:
    """Return what an inbox shows beside the subject: what that does not say.

    That is the second headline, of a single story its first sentence of evidence, of none what was covered.
    """
    if len(weighed) > 1:
        return inert.capped(item(weighed[1].lead, frame).headline, PREHEADER)
    if weighed and weighed[0].flag and weighed[0].flag.evidence:
        return inert.capped(weighed[0].flag.evidence[0].text, PREHEADER)
    return inert.capped(_summary([one.story for one in weighed], edition.coverage, frame), PREHEADER)


def _short_coverage(coverage: Coverage, frame: Frame) -> str:
    if not coverage.sources:
        return ""
    return frame.say("coverage_short", read=frame.number(coverage.read), sources=frame.number(coverage.sources))


def _receipt(coverage: Coverage, frame: Frame) -> Receipt:
    """Return what was covered; nothing where the caller gave no coverage, as an alert may not."""
    if coverage == Coverage():
        return Receipt("", ())
    numbers = {
        "due": coverage.sources,
        "read": coverage.read,
        "failing": len(coverage.failing),
        "silent": len(coverage.silent),
    }
    articles = frame.count("articles", coverage.articles)
    languages = frame.count("languages", len(coverage.languages))
    read = (
        frame.say("coverage_read", articles=articles, languages=languages)
        if coverage.languages
        else frame.say("coverage_articles", articles=articles)
    )
    line = frame.say("coverage_line", **{key: frame.number(number) for key, number in numbers.items()})
    return Receipt(
        _short_coverage(coverage, frame), (line, read), _named(coverage.failing, frame), _named(coverage.silent, frame)
    )


def _named(sources: Sequence[tuple[str, str]], frame: Frame) -> tuple[Note, ...]:
    notes = tuple(Note(inert.capped(name, inert.NAME), inert.capped(why, 120)) for name, why in sources[:SOURCES])
    more = len(sources) - len(notes)
    return (*notes, Note("…", frame.count("more_sources", more))) if more else notes


def _closing(edition: Edition, frame: Frame) -> tuple[str, ...]:
    """Return what stands at the end: the window, the zone, when the next one comes, how to leave."""
    lines = [] if isinstance(edition.channel, Alert) else [_window(edition, frame)]
    lines.append(frame.say("zone", zone=frame.zone()))
    if edition.next_at is not None:
        lines.append(frame.say("next", when=frame.moment(edition.next_at)))
    recipient = inert.capped(edition.recipient.id, inert.NAME)
    return (*lines, frame.say("leave", channel=name_of(edition), recipient=recipient))


def _window(edition: Edition, frame: Frame) -> str:
    until = frame.moment(edition.until)
    if edition.since is None:
        return frame.say("window_first", until=until)
    return frame.say("window", since=frame.moment(edition.since), until=until)
