"""One story, one near miss, one outlet's telling → what a template shows of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.digest import inert
from monitor.digest.frame import Frame
from monitor.digest.gloss import gloss
from monitor.digest.view import Card, Item, NearMiss, Note, Sentence
from monitor.digest.weighing import Weighed, best_flag
from monitor.records import Disputed, Edition, Evidence, Flag, Status, Story, Telling

DISPUTES = 3  # of a story; more counts that differ are a sign of different things counted
CHANGES = 5  # of figures, of one story
NAMED = 3  # outlets that give one version of a count
SENTENCES = 3  # of evidence a card; the whole text is one click away
NEAR_TITLE = 160  # characters; what is no story takes no room from stories
NEAR_SENTENCE = 240
_TOO_EARLY = datetime(1995, 1, 1, tzinfo=UTC)  # before there were news sites
_CLOCKS_DIFFER = timedelta(days=1)  # a story published after we saw it, by more than any zone explains


def card(weighed: Weighed, edition: Edition, frame: Frame) -> Card:
    """Return a story's card."""
    story = weighed.story
    others = [telling for telling in story.tellings if telling is not weighed.lead]
    update = story.status is Status.UPDATE
    names = {watchlist.id: watchlist.name or watchlist.id for watchlist in edition.watchlists}
    matches = [inert.capped(names[one], inert.NAME) for one in weighed.others]
    told = [(telling, best_flag(telling, edition)) for telling in story.tellings]
    return Card(
        id=story.id,
        kind=story.status.value,
        status=frame.say(story.status.value),
        lead=item(weighed.lead, frame),
        spread=_spread(weighed, frame),
        evidence=_evidence(_beyond_headline(weighed), weighed.lead),
        gloss=gloss(told, frame),
        also=tuple(item(one, frame) for one in others if one.told or not update),
        news=tuple(item(one, frame) for one in others if update and not one.told),
        origin=tuple(inert.capped(name, inert.NAME) for name in story.lineage.chain),
        disputed=tuple(_disputed(one, frame) for one in story.lineage.disputed[:DISPUTES]),
        changed=_changed(story, frame),
        notes=tuple(_notes(story, frame)),
        also_matches=frame.say("also_matches", watchlists=frame.join(matches)) if matches else "",
        score=_score(weighed.flag, frame),
    )


def near_miss(telling: Telling, frame: Frame) -> NearMiss:
    """Return a telling that just failed, with its best verdict."""
    flag = max(telling.flags, key=lambda flag: flag.score, default=None)
    shown = item(telling, frame)
    evidence = _evidence(flag.evidence[:1] if flag else (), telling, NEAR_SENTENCE)
    return NearMiss(replace(shown, headline=inert.capped(shown.headline, NEAR_TITLE)), evidence, _score(flag, frame))


def item(telling: Telling, frame: Frame) -> Item:
    """Return one outlet's telling as a line: what it says, where, in which language, since when."""
    article = telling.article
    headline = _headline(telling) or frame.say("untitled")
    link = inert.link(article.url)
    return Item(
        headline=headline,
        lang=inert.language_tag(article.language),
        dir=inert.direction(headline),
        outlet=inert.capped(telling.outlet, inert.NAME) or link.host,
        tongue=frame.tongue(article.language),
        link=link,
        published=_published(telling, frame),
        first_seen=frame.say("first_seen", when=frame.moment(telling.first_seen)),
        marks=tuple(_mark(mark, frame) for mark in article.marks),
    )


def outlets(tellings: Iterable[Telling]) -> int:
    """Return how many different outlets tell something."""
    return len({telling.outlet for telling in tellings})


def tongues(tellings: Iterable[Telling]) -> int:
    """Return in how many known languages something is told."""
    return len({telling.article.language for telling in tellings if telling.article.language})


def _headline(telling: Telling) -> str:
    """Return the title; without one, the beginning of what else there is."""
    article = telling.article
    return inert.capped(article.title) or inert.capped(article.summary, 120) or inert.capped(article.text, 120)


def _published(telling: Telling, frame: Frame) -> str:
    """Say when an outlet claims to have published, and whether that can be: dates are evidence, not control."""
    moment = telling.article.published
    if moment is None:
        return frame.say("published_unknown")
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    when = frame.moment(moment) if moment.tzinfo else frame.say("zone_unstated", when=frame.moment(moment))
    doubtful = aware < _TOO_EARLY or aware > telling.first_seen + _CLOCKS_DIFFER
    return frame.say("published_doubtful" if doubtful else "published", when=when)


def _mark(mark: str, frame: Frame) -> str:
    """Return a mark in the reader's language; one this room does not know is shown as it is, not dropped."""
    key = "mark_" + mark.replace(" ", "_")
    return frame.say(key) if frame.knows(key) else inert.capped(mark, inert.NAME)


def _spread(weighed: Weighed, frame: Frame) -> str:
    """Return "7 outlets, 4 languages, 2 independent origins"; of a single telling there is nothing to say."""
    count = outlets(weighed.story.tellings)
    if count < 2:
        return ""
    parts = [frame.count("outlets", count)]
    languages = tongues(weighed.story.tellings)
    if languages > 1:
        parts.append(frame.count("languages", languages))
    if weighed.story.lineage.origins:
        parts.append(frame.count("origins", weighed.story.lineage.origins))
    return ", ".join(parts)


def _evidence(evidence: Sequence[Evidence], telling: Telling, limit: int = inert.SENTENCE) -> tuple[Sentence, ...]:
    tag = inert.language_tag(telling.article.language)
    return tuple(
        Sentence(inert.marked(one.text, one.terms, limit), tag, inert.direction(one.text[:limit]))
        for one in evidence[:SENTENCES]
        if one.text.strip()
    )


def _beyond_headline(weighed: Weighed) -> tuple[Evidence, ...]:
    """Return the evidence that tells more than the headline above it, which often is the first of its sentences."""
    evidence = weighed.flag.evidence if weighed.flag else ()
    title = _letters(weighed.lead.article.title)
    return tuple(one for one in evidence if _letters(one.text) != title) or evidence


def _disputed(disputed: Disputed, frame: Frame) -> Note:
    """Return ("agreement", "17 (Coast, Hill) · 19 (Vale)")."""
    versions = (
        frame.say("disputed_version", figure=_number(told.value, frame), outlets=_few(told.outlets, frame))
        for told in disputed.versions[:NAMED]
    )
    return Note(inert.capped(disputed.what, inert.NAME), " · ".join(versions))


def _changed(story: Story, frame: Frame) -> tuple[str, ...]:
    """Return what edits made of figures that the reader was told: "agreement: 17 → 19"."""
    lines = []
    for what, before, now in (change for telling in story.tellings for change in telling.changes):
        change = frame.say("changed_figure", before=inert.capped(before, inert.NAME), now=inert.capped(now, inert.NAME))
        lines.append(frame.say("labelled", label=inert.capped(what, inert.NAME), text=change) if what else change)
    return tuple(dict.fromkeys(lines))[:CHANGES]


def _notes(story: Story, frame: Frame) -> Iterator[str]:
    """Yield how the reader stands to a story: who took it back, what told it already, what would have told it."""
    gone = [telling.outlet for telling in story.tellings if telling.gone]
    if gone:
        yield frame.say("taken_down", outlets=_few(tuple(dict.fromkeys(gone)), frame))
    if story.status is Status.TOLD and story.told_at is not None:
        when = frame.moment(story.told_at)
        yield frame.say("told_by_alert" if story.told_by_alert else "told_by_digest", when=when)
    if any(telling.held for telling in story.tellings):
        yield frame.say("held_back")


def _number(value: float, frame: Frame) -> str:
    return frame.number(int(value) if value.is_integer() else value)


def _few(names: Sequence[str], frame: Frame) -> str:
    """Return the first of some outlets, and how many more there are."""
    shown = [inert.isolated(inert.capped(name, inert.NAME)) for name in names[:NAMED]]
    more = len(names) - len(shown)
    return frame.join([*shown, frame.count("more_outlets", more)] if more else shown)


def _letters(text: str) -> str:
    return "".join(letter for letter in text[: inert.TITLE * 2].casefold() if letter.isalnum())


def _score(flag: Flag | None, frame: Frame) -> str:
    return frame.say("score", score=frame.number(round(flag.score, 2))) if flag else ""
