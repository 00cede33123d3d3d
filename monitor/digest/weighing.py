"""What comes first, and under which heading: pure decisions over stories and one reader's watchlists."""

from dataclasses import dataclass
from math import log2

from monitor.records import Edition, Flag, Status, Story, Telling

# The keys of the sections for what a source's first crawl found, and for what another mail told; no watchlist's id
# has a space or is empty.
NEW_SOURCE, TOLD = "", "told already"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A story with what its place rests on: a watchlist's id, NEW_SOURCE or TOLD. `flag` is the lead's verdict."""

    story: Story
    lead: Telling
    flag: Flag | None
    place: str
    others: tuple[str, ...]
    weight: float


def weigh(edition: Edition) -> tuple[Weighed, ...]:
    """Return the edition's stories, the weightiest first; equal weights keep the order in which we saw them."""
    weighed = [_weighed(story, edition) for story in edition.stories if story.tellings]
    return tuple(sorted(weighed, key=lambda one: (-one.weight, one.story.tellings[0].first_seen, one.story.id)))


def best_flag(telling: Telling, edition: Edition) -> Flag | None:
    """Return the strongest verdict that passed on a watchlist of this edition."""
    wanted = {watchlist.id for watchlist in edition.watchlists}
    flags = [flag for flag in telling.flags if flag.passed and flag.watchlist in wanted]
    return max(flags, key=lambda flag: flag.score, default=None)


def _weighed(story: Story, edition: Edition) -> Weighed:
    lead = _lead(story, edition)
    flag = best_flag(lead, edition)
    matched = _matched(story, edition)
    home = flag.watchlist if flag else next(iter(matched), edition.watchlists[0].id if edition.watchlists else "")
    outlets = len({telling.outlet for telling in story.tellings})
    # Relevance first; then corroboration, which grows ever more slowly: ten outlets are not ten times the news.
    weight = (flag.score if flag else 0.0) + 0.1 * log2(max(1, story.lineage.origins)) + 0.03 * log2(outlets)
    # A reader who believed the first mail must meet its retraction before anything else.
    weight += 10.0 if story.status is Status.RETRACTED else 0.0
    if story.status is Status.TOLD:
        return Weighed(story, lead, flag, TOLD, tuple(one for one in matched if one != home), weight - 10.0)
    place = NEW_SOURCE if _is_baseline(story, edition) else home
    return Weighed(story, lead, flag, place, tuple(one for one in matched if one != home), weight)


def _lead(story: Story, edition: Edition) -> Telling:
    """Choose the telling to show.

    Of a retraction what was taken down, of an update one that is new or changed; then one that matched, in the
    reader's language, the surest, the earliest.
    """
    fresh = [telling for telling in story.tellings if not telling.told or telling.changes]
    if story.status is Status.RETRACTED:
        fresh = [telling for telling in story.tellings if telling.gone]
    candidates = fresh if story.status in (Status.UPDATE, Status.RETRACTED) and fresh else list(story.tellings)

    def rank(telling: Telling) -> tuple[bool, bool, float]:
        flag = best_flag(telling, edition)
        readable = (telling.article.language or "")[:2] == edition.recipient.language[:2]
        return flag is not None, readable, flag.score if flag else 0.0

    return max(candidates, key=rank)


def _matched(story: Story, edition: Edition) -> tuple[str, ...]:
    found = {flag.watchlist for telling in story.tellings for flag in telling.flags if flag.passed}
    return tuple(watchlist.id for watchlist in edition.watchlists if watchlist.id in found)


def _is_baseline(story: Story, edition: Edition) -> bool:
    """Tell whether all that a story tells this reader was found by a source's first crawl.

    In the very first mail everything was, so there it is simply news.
    """
    untold = [telling for telling in story.tellings if not telling.told]
    first_mail = edition.since is None
    return not first_mail and story.status is Status.NEW and bool(untold) and all(one.baseline for one in untold)
