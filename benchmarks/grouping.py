"""How well and how fast articles are grouped into stories, beside near-duplicate hashing alone.

    python benchmarks/grouping.py --stories FILE... --pairs FILE... [--articles 10000]

Quality: B-cubed over the stories, F1 over the pairs, each file kind as one batch. `alone` asks of each pair by itself,
as when few articles are known. Speed: as many articles as asked, made from the given ones by exchanging their
sentences, so that some are retellings of one another, grouped as one batch; then one more against all of them.
Times are those of the processor, so that a busy machine does not change them.
"""

import argparse
import random
import resource
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from labelled import Batch, read_pairs, read_stories

from monitor.group import Known, Placed, group, sketch
from monitor.group.index import Index
from monitor.records import Article

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
# From this share of common word triples on, MinHash alone calls two texts one.
ALIKE = 0.3


def grouped(articles: list[Article]) -> list[int]:
    """Return the group of each article, by the product."""
    placed = [Placed(number, None, NOON, sketch(article)) for number, article in enumerate(articles)]
    return [join.root for join in group(placed, ())]


def hashed(articles: list[Article]) -> list[int]:
    """Return the group of each article, by MinHash alone."""
    index = Index()
    for article in articles:
        index.add(sketch(article))
    group_of = list(range(len(articles)))
    for one in range(len(articles)):
        for other in index.candidates(one):
            if other < one and index.resemblance(one, other) >= ALIKE:
                home, gone = group_of[other], group_of[one]
                group_of = [home if at == gone else at for at in group_of]
    return group_of


def b_cubed(batch: Batch, group_of: list[int]) -> tuple[float, float]:
    """Return B-cubed precision and recall of a batch whose every two articles are judged."""
    events: dict[int, set[int]] = {number: {number} for number in range(len(batch.articles))}
    for one, other, same in batch.judged:
        if same:
            events[one].add(other)
            events[other].add(one)
    found: defaultdict[int, set[int]] = defaultdict(set)
    for number, home in enumerate(group_of):
        found[home].add(number)
    common = [len(events[number] & found[home]) for number, home in enumerate(group_of)]
    precision = sum(c / len(found[home]) for c, home in zip(common, group_of, strict=True)) / len(common)
    recall = sum(c / len(events[number]) for number, c in enumerate(common)) / len(common)
    return precision, recall


def pairwise(batch: Batch, together: Callable[[int, int], bool]) -> tuple[float, float]:
    """Return precision and recall of "the same story" over the judged pairs."""
    judged = [(together(one, other), same) for one, other, same in batch.judged]
    hits = sum(said and same for said, same in judged)
    return hits / max(1, sum(said for said, _ in judged)), hits / max(1, sum(same for _, same in judged))


def tell(what: str, measured: tuple[float, float]) -> None:
    precision, recall = measured
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    print(f"{what:32} F1 {f1:.4f}  precision {precision:.4f}  recall {recall:.4f}")


def many(articles: list[Article], count: int) -> list[Article]:
    """Return articles made from others: each takes its sentences from two of one language, and a day in one month."""
    chance = random.Random(11)
    by_language = defaultdict(list)
    for article in articles:
        by_language[article.language].append(article)
    made = []
    for number in range(count):
        one = chance.choice(articles)
        other = chance.choice(by_language[one.language])
        sentences = one.text.split(". ") + other.text.split(". ")
        text = ". ".join(chance.sample(sentences, (len(sentences) + 1) // 2))
        published = NOON + timedelta(minutes=chance.randrange(30 * 24 * 60))
        made.append(replace(one, url=f"{number}", text=text, published=published))
    return made


def speed(articles: list[Article]) -> None:
    start = time.process_time()
    placed = [Placed(number, None, NOON, sketch(article)) for number, article in enumerate(articles)]
    sketched = time.process_time()
    joins = group(placed, ())
    done = time.process_time()
    size = sum(len(one.sketch.to_bytes()) for one in placed[:1000]) / min(1000, len(placed))
    print(
        f"{len(articles)} articles: {done - start:.1f} s in one batch, of which {sketched - start:.1f} s sketching;"
        f" {len({join.root for join in joins})} stories; {size:.0f} bytes a sketch;"
        f" {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )
    known = Known([replace(one, story=join.root) for one, join in zip(placed, joins, strict=True)])
    times = []
    for article in articles[:: max(1, len(articles) // 50)]:
        start = time.process_time()
        group([Placed(-1, None, NOON, sketch(article))], known)
        times.append((time.process_time() - start) * 1000)
    times.sort()
    print(f"one more against {len(known)}: median {times[len(times) // 2]:.1f} ms, slowest {times[-1]:.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", nargs="+", type=Path, required=True)
    parser.add_argument("--pairs", nargs="+", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=10_000)
    asked = parser.parse_args()
    stories, pairs = read_stories(asked.stories), read_pairs(asked.pairs)
    for name, method in (("ours", grouped), ("MinHash alone", hashed)):
        tell(f"stories, {name}", b_cubed(stories, method(stories.articles)))
        homes = method(pairs.articles)
        tell(f"pairs, {name}", pairwise(pairs, lambda one, other, homes=homes: homes[one] == homes[other]))
    two = lambda one, other: len(set(grouped([pairs.articles[one], pairs.articles[other]]))) == 1  # noqa: E731
    tell("pairs, ours, each alone", pairwise(pairs, two))
    speed(many(stories.articles + pairs.articles, asked.articles))


if __name__ == "__main__":
    main()
