"""How fast the whole is, beside its parts: `python benchmarks/end_to_end.py FOLDER... [--rounds N] [--copies N]`.

In one run, over the same saved pages (see saved_sites.py) and the same worker pool, pages a second for
1. trafilatura with metadata alone,
2. our extraction alone,
3. end to end: listings and pages fetched over HTTP from a server in another process, extracted, stored, matched.
Ratios of one run are worth quoting; seconds of a shared machine are not.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import trafilatura
from rich.console import Console
from rich.table import Table
from saved_sites import saved

from monitor import daemon, jobs, ready, rounds
from monitor.bodies import PAGE_LIMIT, unpack
from monitor.crawl import StoreDesk, crawl_run
from monitor.records import Entry, Source
from monitor.store import Store
from monitor.workers import Workers

SOURCE = Source("saved", "saved", "http://saved.invalid/")
SECONDS = 60.0
# How the sites are read, in turn.
KINDS = ("feeds: [{base}/feed.xml]", "sitemaps: [{base}/sitemap.xml]", "front_pages: [{base}/]")


def with_trafilatura(packed: bytes) -> None:
    trafilatura.bare_extraction(unpack(packed, "gzip", PAGE_LIMIT), with_metadata=True)


def with_ours(packed: bytes) -> None:
    page = jobs.Packed(packed, "gzip", "text/html", SOURCE.url)
    jobs.read_page(page, SOURCE, Entry(SOURCE.url), datetime.now(UTC))


def alone(workers: Workers, function: object, pages: list[bytes]) -> float:
    started = time.monotonic()
    for _ in workers.map_ordered(function, pages, chunk=2, seconds=SECONDS):  # type: ignore[arg-type]
        pass
    return len(pages) / (time.monotonic() - started)


def config_text(sites: list[str]) -> str:
    lines = ["sources:"]
    for number, base in enumerate(sites):
        listing = KINDS[number % len(KINDS)].format(base=base)
        lines += [
            f"  site-{number}:",
            f"    url: {base}/",
            f"    {listing}",
            "    allow_private: true",
            "    spacing: 0s",
        ]
    lines += ["watchlists:", "  accords:", "    all:", "      russia: |", "        country:RU", "      venezuela: |"]
    lines += ["        country:VE", "    about: cooperation", ""]
    return "\n".join(lines)


async def end_to_end(workers: Workers, sites: list[str], folder: Path) -> tuple[float, dict[str, int]]:
    (folder / "config.yaml").write_text(config_text(sites), encoding="utf-8")
    config = ready.load(folder / "config.yaml")
    store = Store.open(config.data)
    try:
        async with daemon.shop(config, store, workers) as shop:
            started = time.monotonic()
            desk = StoreDesk(store, workers, config.sources, once=True)
            await crawl_run(desk, config).run()
            await rounds.match(shop)
            seconds = time.monotonic() - started
    finally:
        store.close()
    return sum(desk.tally.outcomes.values()) / seconds, dict(desk.tally.outcomes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=1, help="run the three this often, in turn")
    parser.add_argument("--copies", type=int, default=1, help="give every page this many addresses on its site")
    arguments = parser.parse_args()
    pages = [Path(row["file"]).read_bytes() for row in saved(arguments.folders)]
    workers = Workers(preload=daemon.PRELOAD)
    server = subprocess.Popen(
        [
            sys.executable,
            str(Path(__file__).with_name("saved_sites.py")),
            str(arguments.copies),
            *map(str, arguments.folders),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    sites = json.loads(server.stdout.readline())["sites"]
    table = Table("what", "pages a second", "of our extraction alone")
    try:
        alone(workers, with_ours, pages[:20])
        asyncio.run(measure(arguments.rounds, workers, pages, sites, table))
    finally:
        workers.stop()
        server.communicate()
    Console(width=120).print(table)


async def measure(times: int, workers: Workers, pages: list[bytes], sites: list[str], table: Table) -> None:
    for _ in range(times):
        base = await asyncio.to_thread(alone, workers, with_trafilatura, pages)
        ours = await asyncio.to_thread(alone, workers, with_ours, pages)
        with tempfile.TemporaryDirectory() as folder:
            whole, outcomes = await end_to_end(workers, sites, Path(folder))
        table.add_row("trafilatura with metadata", f"{base:.1f}", f"{base / ours:.2f}")
        table.add_row("our extraction", f"{ours:.1f}", "1.00")
        table.add_row(f"end to end {outcomes}", f"{whole:.1f}", f"{whole / ours:.2f}")


if __name__ == "__main__":
    main()
