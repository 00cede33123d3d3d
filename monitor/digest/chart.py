"""The subject's volume by day, drawn with what every mail program shows: table cells and block letters."""

from collections.abc import Sequence
from datetime import date

from monitor.digest.frame import Frame
from monitor.digest.view import Bar, Chart

DAYS = 30
LEVELS = 40  # pixels of the tallest bar
_BLOCKS = "▁▂▃▄▅▆▇█"


def chart(volume: Sequence[tuple[str, int]], frame: Frame) -> Chart | None:
    """Return the chart of (ISO date, count) pairs, oldest first; None where there is nothing to draw."""
    days = [(day, max(0, count)) for day, count in volume[-DAYS:]]
    most = max((count for _, count in days), default=0)
    if not most:
        return None
    bars = tuple(Bar(_short(day, frame), count, _level(count, most, LEVELS)) for day, count in days)
    line = "".join(_BLOCKS[_level(count, most, len(_BLOCKS) - 1)] for _, count in days)
    # Of several equal peaks the latest: it is the one a reader remembers.
    peak = max(reversed(bars), key=lambda bar: bar.count)
    total = frame.count("matches", sum(bar.count for bar in bars))
    return Chart(bars, line, frame.say("chart_note", matches=total, day=peak.day, most=frame.number(most)))


def _short(day: str, frame: Frame) -> str:
    return frame.short_day(date.fromisoformat(day))


def _level(count: int, most: int, levels: int) -> int:
    """Scale a count; what is not nothing is at least one step high, so that it can be seen."""
    return max(1, round(count * levels / most)) if count else 0
