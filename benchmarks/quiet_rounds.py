"""What rounds with nothing new cost: `python benchmarks/quiet_rounds.py [--sources N] [--rounds N] [--seconds N]`.

N sites, each at a loopback address of its own in a server of another process, with a feed that stays as it is and
answers 304 to who asks with its ETag. After a first round, in which everything is new, each further round asks every
source once. Prints CPU a source, memory, and how many articles were fetched (none); exits with 1 where an article was
fetched, CPU is above 10 ms a source, or memory grew by more than a tenth between the second round and the last.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import islice
from pathlib import Path

from aiohttp import web
from rich.console import Console
from rich.table import Table

from monitor import daemon, ready
from monitor.crawl import StoreDesk, crawl_run
from monitor.store import Store
from monitor.workers import Workers
from spiders.gate import Gate

MOST_CPU = 0.010
MOST_GROWTH = 1.10
PORT = 18080
PAGE = (
    "<html><head><title>Ministers sign accord {0}</title></head><body><article><h1>Ministers sign accord {0}</h1><p>"
    + "Ministers of both countries met in the capital on Monday and signed an accord on oil, gas and shipping. " * 5
    + "It is the {0}th of its kind, and the first one to name a price.</p></article></body></html>"
)


def hosts(count: int) -> list[str]:
    return list(islice((f"127.3.{high}.{low}" for high in range(1, 255) for low in range(1, 255)), count))


async def serve(count: int) -> None:
    """Serve until standard input closes; then print what was asked for."""
    asked: Counter[str] = Counter()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        kind = request.path if request.path in ("/feed.xml", "/robots.txt") else "page"
        if kind == "/robots.txt":
            return web.Response(status=404)
        if kind == "page":
            asked["page"] += 1
            return web.Response(text=PAGE.format(abs(hash(request.host)) % 1000), content_type="text/html")
        if request.headers.get("If-None-Match") == '"1"':
            asked["304"] += 1
            return web.Response(status=304, headers={"ETag": '"1"'})
        asked["200"] += 1
        item = "<item><title>Accord</title><link>/2026/11/ministers-sign-accord-48213</link></item>"
        text = f'<rss version="2.0"><channel><title>quiet</title>{item}</channel></rss>'
        return web.Response(text=text, content_type="application/rss+xml", headers={"ETag": '"1"'})

    runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0)
    await runner.setup()
    for host in hosts(count):
        await web.TCPSite(runner, host, PORT).start()
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        if line.strip() == "count":
            print(json.dumps(asked), flush=True)
    await runner.cleanup()


def config_text(count: int) -> str:
    lines = ["sources:"]
    for number, host in enumerate(hosts(count)):
        base = f"http://{host}:{PORT}"
        lines += [f"  quiet-{number}:", f"    url: {base}/", f"    feeds: {base}/feed.xml"]
        lines += ["    allow_private: true", "    spacing: 0s"]
    return "\n".join([*lines, "watchlists:", "  accords:", "    any: accord", ""])


def memory() -> float:
    """Return this process's resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


async def measure(folder: Path, count: int, rounds: int, seconds: float, server: "Server") -> int:
    (folder / "config.yaml").write_text(config_text(count), encoding="utf-8")
    config = ready.load(folder / "config.yaml")
    store = Store.open(config.data)
    workers = Workers(1, preload=daemon.PRELOAD)
    table = Table("round", "seconds", "CPU a source, ms", "memory, MB", "304", "200", "articles fetched")
    cpu, sizes, faults = [], [], []
    began, before = time.monotonic(), Counter[str]()
    try:
        async with daemon.shop(config, store, workers):
            gate = Gate()
            for number in range(rounds + 1):
                if number > 1 and time.monotonic() - began > seconds:
                    break
                started, used = time.monotonic(), time.process_time()
                desk = StoreDesk(store, workers, config.sources, once=True)
                await crawl_run(desk, config, gate).run()
                cpu.append((time.process_time() - used) / count)
                sizes.append(memory())
                asked = server.count()
                now = asked - before
                before = asked
                table.add_row(
                    str(number),
                    f"{time.monotonic() - started:.1f}",
                    f"{cpu[-1] * 1000:.2f}",
                    f"{sizes[-1]:.0f}",
                    *(str(now[kind]) for kind in ("304", "200", "page")),
                )
                if number and now["page"]:
                    faults.append(f"round {number} fetched {now['page']} articles")
    finally:
        workers.stop()
        store.close()
    Console(width=110).print(table)
    if max(cpu[1:]) > MOST_CPU:
        faults.append(f"a round took {max(cpu[1:]) * 1000:.1f} ms of CPU a source")
    if len(sizes) > 3 and sizes[-1] > sizes[2] * MOST_GROWTH:
        faults.append(f"memory grew from {sizes[2]:.0f} to {sizes[-1]:.0f} MB")
    print("\n".join(faults) or f"{count} sources, {len(cpu) - 1} rounds with nothing new: as it should be")
    return 1 if faults else 0


class Server:
    """The sites, in a process of their own, so that their CPU is not counted."""

    def __init__(self, count: int) -> None:
        program = [sys.executable, __file__, "--sources", str(count), "--serve"]
        self._process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._line()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def count(self) -> Counter[str]:
        """Return how often each kind of address was asked for so far."""
        assert self._process.stdin is not None
        self._process.stdin.write("count\n")
        self._process.stdin.flush()
        return Counter(json.loads(self._line()))

    def stop(self) -> None:
        """End it."""
        self._process.communicate()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=900.0, help="begin no further round after so long")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if arguments.serve:
        asyncio.run(serve(arguments.sources))
        return 0
    server = Server(arguments.sources)
    try:
        with tempfile.TemporaryDirectory() as folder:
            return asyncio.run(measure(Path(folder), arguments.sources, arguments.rounds, arguments.seconds, server))
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
