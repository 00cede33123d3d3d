"""What is known of languages, as data: names with their forms, cue words, folding, stems, sentence ends.

Owns the data files and what reads them. Takes text and a language's code, gives concepts with their places, folded
text with the way back, sentences, stems, labels. Knows nothing of watchlists, articles or stories.
"""

from monitor.lexicon.finder import Found, find
from monitor.lexicon.folding import Folded, fold
from monitor.lexicon.labels import label
from monitor.lexicon.languages import base_language, detect
from monitor.lexicon.sentence_ends import sentences
from monitor.lexicon.stems import stem
from monitor.lexicon.tables import countries_of, known_languages, topic_sets

__all__ = [
    "Folded",
    "Found",
    "base_language",
    "countries_of",
    "detect",
    "find",
    "fold",
    "known_languages",
    "label",
    "sentences",
    "stem",
    "topic_sets",
]
