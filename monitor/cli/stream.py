"""Commands that answer line by line: extract, match, group with --jsonl."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from monitor.cli.app import ConfigOption

if TYPE_CHECKING:
    from monitor import lines
    from monitor.workers import Workers

T = TypeVar("T")
A = TypeVar("A")

JsonlOption = Annotated[bool, typer.Option("--jsonl", help="Read JSON lines, answer JSON lines, in order.")]
# One page may take this long; one story, given as text, this long.
PAGE_SECONDS = 10.0
STORY_SECONDS = 10.0


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    for command in (extract, match, group):
        app.command()(command)


def extract(
    pages: Annotated[list[str] | None, typer.Argument(help="Files or addresses; with --jsonl none.")] = None,
    jsonl: JsonlOption = False,
) -> None:
    """Extract article text and metadata from saved pages or addresses."""
    if bool(pages) == jsonl:
        raise typer.BadParameter("name pages, or use --jsonl and give them on standard input")
    with _pool() as workers:
        from monitor import lines

        asked = list(_lines()) if jsonl else [_page_line(page) for page in pages or ()]
        addresses = [lines.asked_address(line) for line in asked]
        wanted = tuple(dict.fromkeys(address for address in addresses if address))
        fetched = _fetched(wanted) if wanted else {}
        tasks = [(line, fetched.get(address or "")) for line, address in zip(asked, addresses, strict=True)]
        for answer in _answers(workers, lines.extract_line, lines.lost_extract, tasks, chunk=4, seconds=PAGE_SECONDS):
            _say(answer if jsonl else json.dumps(json.loads(answer), ensure_ascii=False, indent=2))


def _fetched(addresses: tuple[str, ...]) -> "dict[str, lines.Fetched]":
    """Fetch addresses politely; Scrapy is loaded for those who need it."""
    from monitor.crawl import fetch_pages

    return asyncio.run(fetch_pages(addresses))


def match(config: ConfigOption | None = None, jsonl: JsonlOption = False) -> None:
    """Run the watchlists over stories given as JSON lines."""
    _only_jsonl(given=jsonl)
    with _pool() as workers:
        from monitor import lines, ready

        loaded = ready.load_or_starter(config)
        answer = partial(lines.match_line, loaded.watchlists, loaded.concepts)
        for text in _answers(workers, answer, lines.lost_match, _lines(), chunk=16, seconds=STORY_SECONDS):
            _say(text)


def group(jsonl: JsonlOption = False) -> None:
    """Group stories given as JSON lines, all of them one batch: one event, one story."""
    _only_jsonl(given=jsonl)
    with _pool() as workers:
        from monitor import lines

        read = list(_answers(workers, lines.sketch_line, lines.lost_sketch, _lines(), chunk=32, seconds=STORY_SECONDS))
        for text in lines.group_lines(read):
            _say(text)


@contextlib.contextmanager
def _pool() -> "Iterator[Workers]":
    """Start the workers before anything else: they load their modules while the command loads its own."""
    from monitor.workers import Workers

    workers = Workers(preload=("monitor.lines",))
    try:
        yield workers
    finally:
        workers.stop()


def _answers(
    workers: "Workers",
    function: Callable[[T], A],
    lost: Callable[[T, Exception], A],
    items: Iterable[T],
    *,
    chunk: int,
    seconds: float,
) -> Iterator[A]:
    """Yield an answer for each item, in order, from all cores."""
    asked: list[T] = []

    def noted() -> Iterator[T]:
        for item in items:
            asked.append(item)
            yield item

    for number, answer in enumerate(workers.map_ordered(function, noted(), chunk=chunk, seconds=seconds)):
        yield lost(asked[number], answer) if isinstance(answer, Exception) else answer


def _page_line(page: str) -> bytes:
    key = "url" if page.startswith(("http://", "https://")) else "file"
    return json.dumps({key: page}).encode()


def _only_jsonl(*, given: bool) -> None:
    if not given:
        raise typer.BadParameter("this command reads JSON lines from standard input: --jsonl")


def _lines() -> Iterator[bytes]:
    r"""Yield the lines of standard input; a line ends at `\n` alone."""
    for line in sys.stdin.buffer:
        yield line.rstrip(b"\n")


def _say(text: str) -> None:
    sys.stdout.buffer.write(text.encode() + b"\n")
