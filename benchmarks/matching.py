"""How fast matching is, as ratios measured in one run.

    python benchmarks/matching.py [STORIES.jsonl...]

Compares word terms with what Python's `re` offers on the same text: one alternation of all terms, and one search a
term. Then ten times the terms, stories a second with every lexicon loaded, and the loading itself. STORIES give real
text (language, title, text); without them text is made up from a fixed seed, with the terms strewn in.
"""

import argparse
import json
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

from monitor.lexicon import known_languages
from monitor.lexicon.finder import finder
from monitor.match import compile_watchlists
from monitor.records import Article, Watchlist

STORY = 3_000
SYLLABLES = ["ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "zu", "bre", "sto"]
RELATION = Watchlist(
    "relation",
    "A relation",
    sides=(("one", ("country:RU", "Rosneft")), ("other", ("country:VE", "PDVSA"))),
    about=("cooperation",),
)


def word(dice: random.Random) -> str:
    return "".join(dice.choice(SYLLABLES) for _ in range(dice.randint(3, 5)))


def story(dice: random.Random, terms: tuple[str, ...]) -> str:
    # No term begins with a q, so that nothing but the terms strewn in is found.
    words = [dice.choice(terms) if dice.random() < 0.01 else "q" + word(dice) for _ in range(STORY // 8)]
    return " ".join(words)[:STORY]


def seconds(work: Callable[[], object], at_least: float = 0.5) -> float:
    """Return the CPU time of one run, from as many runs as take half a second."""
    work()
    runs, start = 0, time.process_time()
    while (spent := time.process_time() - start) < at_least:
        work()
        runs += 1
    return spent / runs


def read(files: list[Path]) -> list[Article]:
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    return [Article("", title=row.get("title") or "", text=row["text"], language=row.get("lang")) for row in rows]


def against_re(dice: random.Random) -> None:
    terms = tuple({word(dice) for _ in range(11_000)})[:10_000]
    # The same words are found with few terms and with many: what is compared is the number of terms alone.
    article = Article("", text=story(dice, terms[:1_000]), language="en")
    ours = compile_watchlists((Watchlist("w", "W", any=terms),))
    few = compile_watchlists((Watchlist("w", "W", any=terms[:1_000]),))
    alternation = re.compile(r"\b(?:" + "|".join(map(re.escape, terms)) + r")\b", re.IGNORECASE)
    each = [re.compile(rf"\b{re.escape(term)}\b", re.IGNORECASE) for term in terms]
    mine = seconds(lambda: ours.match(article))
    joined = seconds(lambda: alternation.findall(article.text))
    single = seconds(lambda: [pattern.search(article.text) for pattern in each])
    print(f"10,000 terms, one story of {STORY} characters: {mine * 1e3:.2f} ms")
    print(f"  a re alternation takes {joined / mine:.0f} times as long, one search a term {single / mine:.0f} times")
    print(f"  ten times the terms cost {mine / seconds(lambda: few.match(article)):.2f} times the time")


def throughput(articles: list[Article]) -> None:
    made = compile_watchlists((RELATION,))
    spent = seconds(lambda: [made.match(article) for article in articles])
    characters = sum(len(article.title) + len(article.text) for article in articles)
    print(f"relation and lexicons: {characters / STORY / spent:.0f} stories of {STORY} characters a second on one core")


def loading() -> None:
    start = time.process_time()
    for language in known_languages():
        finder(language)
    print(f"loading the lexicons of {len(known_languages())} languages: {time.process_time() - start:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stories", nargs="*", type=Path)
    args = parser.parse_args()
    dice = random.Random(1)
    loading()
    against_re(dice)
    made_up = [Article("", text=story(dice, ("Russia", "Venezuela", "signed")), language="en") for _ in range(50)]
    throughput(read(args.stories) or made_up)


if __name__ == "__main__":
    main()
