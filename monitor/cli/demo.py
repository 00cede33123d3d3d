"""The demo: the whole product, offline, on the bundled newsroom."""

import shutil
from pathlib import Path

from monitor import daemon, newsroom, ready
from monitor.cli import show
from monitor.cli.summary import show_done
from monitor.errors import MonitorError
from monitor.store import Store

# What a demo leaves in its folder, and may therefore replace.
LEFT = ("config.yaml", "data")


async def run_demo(folder: Path) -> Path:
    """Serve the newsroom on loopback, run one full cycle over it, and return the digest's path.

    The folder is the demo's own: what an earlier demo left in it is replaced, anything else is refused.
    """
    folder = _make_room(folder)
    async with newsroom.serve(newsroom.load()) as running:
        (folder / "config.yaml").write_text(running.config(folder), encoding="utf-8")
        config = ready.load(folder / "config.yaml")
        store = Store.open(config.data)
        try:
            with show.progress(len(config.sources)) as progress:
                async with daemon.shop(config, store) as opened:
                    done = await daemon.once(opened, progress=progress, compose_all=True)
        finally:
            store.close()
    show_done(config, done, as_json=False)
    mails = sorted((config.data / "mail").glob("*.eml"))
    if not mails:
        raise MonitorError("the demo made no digest; the table above tells what was read and flagged")
    return mails[0]


def _make_room(folder: Path) -> Path:
    """Return the folder, absolute, emptied of what an earlier demo left."""
    folder.mkdir(parents=True, exist_ok=True)
    strangers = sorted(path.name for path in folder.iterdir() if path.name not in LEFT)
    if strangers:
        raise MonitorError(f"{folder} holds {strangers[0]}, which no demo made; name an empty folder")
    shutil.rmtree(folder / "data", ignore_errors=True)
    return folder.resolve()
