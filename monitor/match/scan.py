"""An article read once: folded, cut into sentences, its concepts found. Every watchlist then asks the same scan."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from monitor.lexicon import Folded, base_language, detect, fold, sentences
from monitor.lexicon.finder import Found, finder
from monitor.records import Article

_WORD = re.compile("[^ ]+")
_LINE = re.compile("[^\n]+")
# A line that ends as a sentence does, quotation marks and brackets aside.
_WHOLE = re.compile("[.!?…:;。！？｡؟।॥۔][\"'»”’)\\]」』）\\s]*$")
_LAST_SIGNS = 16
_FEWEST_WHOLE = 3
_LONGEST_LOOSE = 250
# The Greek question mark is a semicolon too, but then it ends a sentence anyway.
_CLAUSE_END = re.compile("[;；؛]")


class Sentence(NamedTuple):
    """A sentence's place, the number of its paragraph; paragraph 0 is the title where there is one.

    A tuple, for dozens are made of every story.
    """

    start: int
    end: int
    paragraph: int


class Scan:
    """What is known of one article before any watchlist is asked.

    `text` is title and body joined by a line break; all places are offsets in it. `titled` says that the first
    paragraph is a title.
    """

    def __init__(self, article: Article) -> None:
        body = article.text or article.summary
        self.titled = bool(article.title.strip())
        self.text = f"{article.title}\n{body}" if self.titled else body
        told = base_language(article.language)
        self.language = told or detect(self.text)

    @cached_property
    def folded(self) -> Folded:
        """The folded text."""
        return fold(self.text)

    @cached_property
    def found(self) -> tuple[Found, ...]:
        """Every concept of the lexicon, in order."""
        return finder(self.language).find(self.folded)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences in order, with the paragraphs they stand in."""
        found: list[Sentence] = []
        paragraph, last = 0 if self.titled else 1, 0
        for start, end in sentences(self.text, self.language):
            if found and "\n" in self.text[last:start]:
                paragraph += 1
            found.append(Sentence(start, end, paragraph))
            last = end
        return tuple(found)

    @cached_property
    def clauses(self) -> tuple[Sentence, ...]:
        """The sentences, cut at semicolons: what stands beyond one is another matter."""
        if _CLAUSE_END.search(self.text) is None:
            return self.sentences
        return tuple(clause for sentence in self.sentences for clause in self._cut(sentence))

    def _cut(self, sentence: Sentence) -> Iterator[Sentence]:
        start = sentence.start
        for stop in _CLAUSE_END.finditer(self.text, sentence.start, sentence.end):
            yield Sentence(start, stop.end(), sentence.paragraph)
            start = stop.end()
        if start < sentence.end:
            yield Sentence(start, sentence.end, sentence.paragraph)

    @cached_property
    def loose(self) -> tuple[tuple[int, int], ...]:
        """The places of lines that are no sentences in a text of sentences: teasers, captions, counters, subheads.

        Pages put links to other stories between and below the paragraphs, and not all of them are told from the text.
        """
        lines = [match.span() for match in _LINE.finditer(self.text)][self.titled :]
        whole = [span for span in lines if _WHOLE.search(self.text, max(span[0], span[1] - _LAST_SIGNS), span[1])]
        if len(whole) < _FEWEST_WHOLE or len(whole) * 2 < len(lines):
            return ()
        return tuple(span for span in lines if span not in set(whole) and span[1] - span[0] < _LONGEST_LOOSE)

    def around(self, place: int) -> Sentence:
        """Return the sentence that holds a place."""
        return self.sentences[bisect_right(self.sentences, place, key=lambda sentence: sentence.start) - 1]

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Every word as it stands, in the order of `word_places`."""
        return self.folded.words()

    @cached_property
    def word_places(self) -> list[tuple[int, int]]:
        """The (start, end) of every word in the folded text."""
        return [match.span() for match in _WORD.finditer(self.folded.text)]
