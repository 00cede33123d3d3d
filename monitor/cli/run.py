"""Commands that act: init, check, once, run, demo."""

import asyncio
import logging
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption
from monitor.errors import MonitorError


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    for command in (init, check, once, run, demo):
        app.command()(command)


def init(
    folder: Annotated[Path, typer.Argument(help="Where to write config.yaml.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
    templates: Annotated[
        bool, typer.Option("--templates", help="Copy the templates and words of mail beside config.yaml instead.")
    ] = False,
) -> None:
    """Write an annotated config.yaml to start from, or the templates of mail to change."""
    from monitor.config import starter

    if templates:
        copy_templates(folder / "templates", force=force)
        return
    path = folder / "config.yaml"
    if path.exists() and not force:
        raise MonitorError(f"{path} is there already; --force overwrites it")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(starter().read_bytes())
    print(f"written: {path}")
    print("next: edit it, then `monitor check`, `monitor once`, `monitor run`", file=sys.stderr)


def copy_templates(folder: Path, *, force: bool) -> None:
    """Copy the built-in templates and words into a folder of the user's own, and say how they come into use."""
    from monitor.digest import builtin_templates

    if folder.exists() and not force:
        raise MonitorError(f"{folder} is there already; --force overwrites the files in it")
    shutil.copytree(builtin_templates(), folder, dirs_exist_ok=True)
    print(f"written: {folder}")
    print(
        "next: delete what you do not change, name the folder in config.yaml (`templates: templates`), then\n"
        "`monitor check` and `monitor digest --preview out.html`",
        file=sys.stderr,
    )


def check(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """List every fault of the config as file:line:column: key: message."""
    from monitor import ready

    loaded = ready.load(config)
    print(
        f"{config}: no faults ({len(loaded.sources)} sources, {len(loaded.watchlists)} watchlists, "
        f"{len(loaded.recipients)} recipients)"
    )


def once(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Do one full cycle: every source, match, group, and the digests that are due."""
    from monitor import ready
    from monitor.cli import show
    from monitor.cli.summary import show_done

    loaded = ready.load(config)
    show.logs(json_lines=False, level=logging.ERROR)
    done = asyncio.run(_cycle(loaded))
    show_done(loaded, done, as_json=as_json)


async def _cycle(loaded, *, compose_all: bool = False):  # type: ignore[no-untyped-def]
    from monitor import daemon
    from monitor.cli import show
    from monitor.store import Store

    store = Store.open(loaded.data)
    try:
        with show.progress(len(loaded.sources)) as progress:
            async with daemon.shop(loaded, store) as opened:
                return await daemon.once(opened, progress=progress, compose_all=compose_all)
    finally:
        store.close()


def run(
    config: ConfigOption = DEFAULT_CONFIG,
    json_logs: Annotated[bool, typer.Option("--json-logs", help="Log as JSON lines.")] = False,
) -> None:
    """Run the service until SIGTERM or Ctrl-C."""
    from monitor import ready
    from monitor.store import Store

    loaded = ready.load(config)
    store = Store.open(loaded.data)
    try:
        from monitor import daemon
        from monitor.cli import show

        show.logs(json_lines=json_logs)
        asyncio.run(daemon.serve(loaded, store))
    finally:
        store.close()


def demo(
    folder: Annotated[Path, typer.Argument(help="Where the demo's config, database and mails go.")] = Path("demo"),
) -> None:
    """Run the whole product offline against the bundled newsroom."""
    from monitor.cli import show
    from monitor.cli.demo import run_demo

    show.logs(json_lines=False, level=logging.ERROR)
    print(f"digest: {asyncio.run(run_demo(folder))}")
