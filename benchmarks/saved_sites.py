"""Serve saved pages on loopback as small news sites: `python benchmarks/saved_sites.py COPIES FOLDER...`.

A FOLDER holds pages (.html.gz) and truth.jsonl with, for each, `file`, `url` and, where known, `title`, `published`.
The pages of one host become one site with a loopback address of its own, a feed, a news sitemap and a front page;
each page has COPIES addresses, since a site of one page is all robots.txt and listings.
Prints one JSON line, {"sites": [address, ...], "pages": n}, and serves until standard input closes.
"""

import asyncio
import hashlib
import html
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

# An address that looks like an article's, as front pages are read by the shape of their links.
PATH = "/2026/11/01/a-saved-page-"


def saved(folders: list[Path]) -> Iterator[dict[str, str]]:
    """Yield each saved page's row, its file with the folder before it."""
    for folder in folders:
        for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield row | {"file": str(folder / row["file"])}


def feed(base: str, rows: list[dict[str, str]]) -> str:
    items = "".join(
        f"<item><title>{html.escape(row.get('title') or 'untitled')}</title><link>{base}{PATH}{n}.html</link></item>"
        for n, row in enumerate(rows)
    )
    return (
        f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>saved</title>{items}</channel></rss>"
    )


def sitemap(base: str, rows: list[dict[str, str]]) -> str:
    urls = "".join(f"<url><loc>{base}{PATH}{n}.html</loc></url>" for n in range(len(rows)))
    return (
        "<?xml version='1.0' encoding='utf-8'?>"
        f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>"
    )


def front(rows: list[dict[str, str]]) -> str:
    links = "".join(
        f"<li><a href='{PATH}{n}.html'>{html.escape(row.get('title') or 'A page saved without its title')}</a></li>"
        for n, row in enumerate(rows)
    )
    return f"<!doctype html><html><head><title>saved</title></head><body><ul>{links}</ul></body></html>"


def site(base: str, rows: list[dict[str, str]]) -> web.Application:
    bodies = {row["file"]: Path(row["file"]).read_bytes() for row in rows}
    listings = {"/feed.xml": feed(base, rows), "/sitemap.xml": sitemap(base, rows), "/": front(rows)}

    async def answer(request: web.Request) -> web.Response:
        if request.path in listings:
            body = listings[request.path].encode()
            tag = hashlib.sha256(body).hexdigest()[:16]
            if request.headers.get("If-None-Match") == f'"{tag}"':
                return web.Response(status=304)
            kind = "text/html" if request.path == "/" else "application/xml"
            return web.Response(body=body, content_type=kind, charset="utf-8", headers={"ETag": f'"{tag}"'})
        number = request.path.removeprefix(PATH).removesuffix(".html")
        if not number.isdigit() or int(number) >= len(rows):
            return web.Response(status=404)
        packed = bodies[rows[int(number)]["file"]]
        return web.Response(body=packed, content_type="text/html", headers={"Content-Encoding": "gzip"})

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    return application


async def serve(copies: int, folders: list[Path]) -> None:
    by_host: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in [row for row in saved(folders) for _ in range(copies)]:
        by_host[urlsplit(row.get("url") or "").hostname or "unknown"].append(row)
    addresses, runners = [], []
    for number, rows in enumerate(by_host.values()):
        host = f"127.1.{1 + number // 200}.{1 + number % 200}"
        base = f"http://{host}:8811"
        runner = web.AppRunner(site(base, rows), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, host, 8811).start()
        runners.append(runner)
        addresses.append(base)
    print(json.dumps({"sites": addresses, "pages": sum(map(len, by_host.values()))}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for runner in runners:
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), [Path(folder) for folder in sys.argv[2:]]))
