"""`python -m monitor.newsroom`: print the sites' addresses and serve them until Ctrl-C."""

import asyncio
import contextlib

from monitor.newsroom.server import serve
from monitor.newsroom.stories import load


async def _main() -> None:
    async with serve(load()) as running:
        for site in running.sites.values():
            print(f"{site.base}/  {site.site.language}  {site.site.name}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main())
