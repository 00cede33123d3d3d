"""A story's concepts and figures in the reader's language: what a headline in an unread script is about.

Takes the language-free concepts of flags ("country:VE", "topic:arms") and gives labelled lines.
"""

from collections import Counter
from collections.abc import Sequence

from monitor.digest import inert
from monitor.digest.figures import figures
from monitor.digest.frame import Frame
from monitor.digest.view import Note
from monitor.lexicon import label
from monitor.records import Flag, Telling

MOST = 5  # of one kind; more is a list, not a gloss

# The order a reader asks in: what, who, where. A kind of concept that is not named here is told under the last.
_KINDS = {"topic": "topic", "person": "people", "org": "organisations", "country": "places", "place": "places"}
_OTHER = "other"


def gloss(told: Sequence[tuple[Telling, Flag | None]], frame: Frame) -> tuple[Note, ...]:
    """Return what these tellings' verdicts found, one line a kind, the most often found first, then the figures."""
    by_kind: dict[str, list[str]] = {}
    for concept in _concepts([flag for _, flag in told if flag]):
        kind = _KINDS.get(concept.partition(":")[0], _OTHER)
        by_kind.setdefault(kind, []).append(inert.capped(label(concept, frame.language), inert.NAME))
    order = dict.fromkeys((*_KINDS.values(), _OTHER))
    notes = [(kind, tuple(dict.fromkeys(by_kind[kind]))) for kind in order if kind in by_kind]
    notes.append(("figures", _figures(told, frame)))
    return tuple(Note(frame.say(kind), " · ".join(names[:MOST])) for kind, names in notes if names)


def _concepts(flags: Sequence[Flag]) -> list[str]:
    """Return the concepts found, the most often found first.

    Of several tellings those that two agree on: a name that is a common word in one language is none in the next.
    """
    counted = Counter(concept for flag in flags for concept in dict.fromkeys(flag.concepts))
    agreed = [concept for concept, found in counted.most_common() if found > 1]
    return agreed or [concept for concept, _ in counted.most_common()]


def _figures(told: Sequence[tuple[Telling, Flag | None]], frame: Frame) -> tuple[str, ...]:
    """Return the figures, each with how many outlets tell it where one is told by several: so differences show."""
    counted = [(int(value) if value.is_integer() else value, outlets) for value, outlets in figures(told)]
    if max((outlets for _, outlets in counted), default=0) < 2:
        return tuple(frame.number(value) for value, _ in counted)
    return tuple(
        frame.say("figure_told", figure=frame.number(value), outlets=frame.count("outlets", outlets))
        for value, outlets in counted
    )
