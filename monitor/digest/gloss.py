"""A story's concepts in the reader's language: what a headline in an unread script is about.

Takes the language-free concepts of flags ("country:VE", "topic:arms") and gives labelled lines.
"""

from collections import Counter
from collections.abc import Iterable

from monitor.digest.catalogue import Frame
from monitor.digest.view import Note
from monitor.lexicon import label
from monitor.records import Flag

MOST = 5  # of one kind; more is a list, not a gloss

# The order a reader asks in: what, who, where.
_KINDS = {"topic": "topic", "person": "people", "org": "organisations", "country": "places", "place": "places"}


def gloss(flags: Iterable[Flag], frame: Frame) -> tuple[Note, ...]:
    """Return what these flags found, one line a kind, the most often found first."""
    counted = Counter(concept for flag in flags for concept in dict.fromkeys(flag.concepts))
    by_kind: dict[str, list[str]] = {}
    for concept, _ in counted.most_common():
        kind = _KINDS.get(concept.partition(":")[0])
        if kind:
            by_kind.setdefault(kind, []).append(label(concept, frame.language))
    order = dict.fromkeys(_KINDS.values())
    return tuple(
        Note(frame.say(kind), " · ".join(dict.fromkeys(by_kind[kind][:MOST]))) for kind in order if kind in by_kind
    )
