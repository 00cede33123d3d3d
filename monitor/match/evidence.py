"""The sentences that prove a flag, as they stand, with the words that count."""

from bisect import bisect_left
from collections.abc import Iterable

from monitor.match.scan import Scan, Sentence
from monitor.records import Evidence

# A reader is convinced by three sentences or not at all.
MOST = 3
# A sentence longer than this is no sentence (a table, a text without stops): what stands around the words is shown.
_LONGEST = 700
_AROUND = 250


def evidence(scan: Scan, chosen: Iterable[Sentence], marks: Iterable[tuple[int, int]]) -> tuple[Evidence, ...]:
    """Return up to three sentences in the order given, each with the marked words in it."""
    places = sorted(set(marks))
    found: dict[str, Evidence] = {}
    for sentence in chosen:
        first, last = bisect_left(places, (sentence.start,)), bisect_left(places, (sentence.end,))
        inside = [(start, end) for start, end in places[first:last] if end <= sentence.end]
        if inside:
            text = _cut(scan.text, sentence, inside)
            terms = tuple(dict.fromkeys(scan.text[start:end] for start, end in inside))
            found.setdefault(text, Evidence(text, tuple(term for term in terms if term in text)))
        if len(found) == MOST:
            break
    return tuple(found.values())


def _cut(text: str, sentence: Sentence, marks: list[tuple[int, int]]) -> str:
    if sentence.end - sentence.start <= _LONGEST:
        return text[sentence.start : sentence.end]
    start = max(sentence.start, marks[0][0] - _AROUND)
    end = min(sentence.end, max(marks[0][1] + _AROUND, start + _LONGEST))
    before = "…" if start > sentence.start else ""
    after = "…" if end < sentence.end else ""
    return f"{before}{text[start:end].strip()}{after}"
