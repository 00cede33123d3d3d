"""How answers look: tables for people, JSON for programs, progress where a person waits.

Lines that programs read are printed whole: never wrapped, coloured only on a terminal.
"""

import contextlib
import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from monitor.crawl import Tally

WIDE = 160


def console() -> Console:
    """Return where tables go; as wide as they need where nobody's terminal sets a width."""
    return Console(width=None if sys.stdout.isatty() else WIDE, soft_wrap=False, highlight=False)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table."""
    made = Table(*columns, title=title or None, title_justify="left", header_style="bold")
    for row in rows:
        made.add_row(*("" if cell is None else Text(str(cell)) for cell in row))
    console().print(made)


def as_json(answer: Any) -> None:
    """Print one JSON document."""
    print(json.dumps(answer, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"not for JSON: {value!r}")


@contextlib.contextmanager
def progress(sources: int) -> Iterator[Callable[[str, Tally], None]]:
    """Show how far a cycle is, on standard error, where that is a terminal."""
    shown = Console(stderr=True)
    if not shown.is_terminal:
        yield lambda _stage, _tally: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=shown, transient=True) as bar:
        task = bar.add_task("starting", total=sources)

        def update(stage: str, tally: Tally) -> None:
            pages = sum(tally.outcomes.values())
            bar.update(task, completed=tally.turns, description=f"{stage}: {tally.turns} sources, {pages} pages")

        yield update


@contextlib.contextmanager
def steps(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show how many of how many things are done, on standard error, where that is a terminal."""
    shown = Console(stderr=True)
    if not shown.is_terminal:
        yield lambda _done, _total: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=shown, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def logs(*, json_lines: bool, level: int = logging.INFO) -> None:
    """Send every library's log records and ours, in one form, to standard error.

    Scrapy puts the whole item into a record's extras; those are not shown.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json_lines
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # These tell of every request; ours say what came of it.
    for name in ("scrapy", "twisted", "trafilatura", "htmldate", "charset_normalizer", "asyncio"):
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    # It warns of every wake-up that finds its round still at work, which is as it should be.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
