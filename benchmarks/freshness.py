"""How soon news is stored: `python benchmarks/freshness.py [--items N] [--every N]`.

The service runs over scripted feeds (see growing_feeds.py) that are asked every N seconds; one item after the other
appears alone, each in another feed. Prints how long each took from appearing to being stored, and exits with 1 where
one took longer than an interval and five seconds.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from growing_feeds import BEGAN, PORT, Item, Web, config_text

from monitor.errors import StoreError
from monitor.store import Store

SLACK = 5.0
GIVEN_UP = 60.0
SERVICE = [sys.executable, "-c", "from monitor.cli import main; main()", "run"]


def stored(folder: Path) -> set[str]:
    """Return the addresses of all stored articles."""
    try:
        store = Store.look(folder / "data")
    except StoreError:
        return set()  # not there yet
    try:
        return set(store.read_now(lambda c: c.exec_driver_sql("SELECT url FROM articles").scalars().all()))
    finally:
        store.close()


def wait_for(folder: Path, url: str, seconds: float) -> float | None:
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if url in stored(folder):
            return time.monotonic() - began
        time.sleep(0.1)
    return None


def publish(sites: Web, host: str) -> str:
    """Let an item appear in a feed and return its address."""
    feed = sites.feeds[host]
    feed.items.append(Item(len(feed.items), (BEGAN.day + len(feed.items)) % 28))
    feed.step += 1
    return f"http://{host}:{PORT}{feed.items[-1].path}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=10)
    parser.add_argument("--every", type=int, default=10, help="seconds between two polls")
    parser.add_argument("--feeds", type=int, default=4)
    arguments = parser.parse_args()
    sites = Web(arguments.feeds, manners=("plain",))
    took: list[float | None] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = config_text(sites.feeds).replace("spacing: 0s", f"spacing: 0s\n    every: {arguments.every}s")
        (folder / "config.yaml").write_text(text, encoding="utf-8")
        first = [publish(sites, host) for host in sites.feeds]
        with (folder / "log").open("wb") as log:
            service = subprocess.Popen(SERVICE, cwd=folder, stdout=log, stderr=log)
            try:
                if any(wait_for(folder, url, GIVEN_UP) is None for url in first):
                    raise SystemExit((folder / "log").read_text(encoding="utf-8")[-3000:])
                for number in range(arguments.items):
                    time.sleep(random.uniform(0, arguments.every))
                    url = publish(sites, list(sites.feeds)[number % arguments.feeds])
                    took.append(wait_for(folder, url, arguments.every + GIVEN_UP))
            finally:
                service.send_signal(signal.SIGTERM)
                service.wait(30)
                sites.stop()
    known = sorted(one for one in took if one is not None)
    if known:
        print(
            f"{len(known)} items, asked every {arguments.every} s: median {known[len(known) // 2]:.1f} s, "
            f"longest {known[-1]:.1f} s"
        )
    late = [one for one in took if one is None or one > arguments.every + SLACK]
    print(f"{len(late)} later than an interval and {SLACK:.0f} s")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
