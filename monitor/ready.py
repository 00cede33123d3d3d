"""All that must hold before a config takes effect; every fault at once.

A config that loads may still have patterns that do not compile, concepts nobody knows, examples that fail, templates
that break. Here it is compiled, its examples are run and its templates rendered, without touching store or network.
"""

from collections.abc import Iterator
from pathlib import Path

from monitor import jobs
from monitor.config import Config, sound_part, starter
from monitor.config import load as read
from monitor.errors import ConfigError, Fault, WorkerLost
from monitor.match import TermFault, WatchlistError, compile_watchlists
from monitor.workers import Workers

TEMPLATE_SECONDS = 20.0


def load(path: Path) -> Config:
    """Return a config that may take effect; raises ConfigError with all its faults."""
    try:
        config = read(path)
    except ConfigError as error:
        raise ConfigError(tuple(sorted({*error.faults, *_further_faults(path, error)}))) from None
    faults = (*_watchlist_faults(config), *_template_faults(config))
    if faults:
        raise ConfigError(tuple(sorted(set(faults))))
    return config


def _further_faults(path: Path, error: ConfigError) -> tuple[Fault, ...]:
    """Return the faults of what is well formed in a file that is not: so that one repair mends all."""
    known = {(fault.line, fault.column) for fault in error.faults}
    if known <= {(0, 0)} or (sound := sound_part(path)) is None:
        return ()
    return tuple(fault for fault in _watchlist_faults(sound) if (fault.line, fault.column) not in known)


def load_or_starter(path: Path | None) -> Config:
    """Return the named config, else the one in the current folder, else the one that ships with the product."""
    here = Path("config.yaml")
    return load(path or (here if here.exists() else starter()))


def _watchlist_faults(config: Config) -> tuple[Fault, ...]:
    try:
        matcher = compile_watchlists(config.watchlists, config.concepts)
    except WatchlistError as error:
        return tuple(_placed(config, fault) for fault in error.terms)
    return tuple(_placed(config, fault) for fault in matcher.check())


def _placed(config: Config, fault: TermFault) -> Fault:
    """Say where in the file a watchlist's fault stands. Faults of the user's own concepts name no watchlist."""
    keys: list[str | int] = ["watchlists", fault.watchlist] if fault.watchlist else []
    keys += _keys(fault)
    if fault.index is not None:
        keys.append(fault.index)
    return config.fault(*keys, message=fault.message)


def _keys(fault: TermFault) -> Iterator[str]:
    """Yield the keys that lead to a faulty term: a side's name and a concept's may have full stops in them."""
    head, _, name = fault.key.partition(".")
    yield head
    if not fault.watchlist:
        concept, _, language = name.rpartition(".")
        yield from (concept, language)
    elif name:
        yield name


def _template_faults(config: Config) -> tuple[Fault, ...]:
    """Render the sample with the user's templates, where a loop in one can be stopped."""
    if config.templates is None:
        return ()
    workers = Workers(1, preload=("monitor.jobs",))
    try:
        for found in workers.map_ordered(jobs.check_templates, [config.templates], chunk=1, seconds=TEMPLATE_SECONDS):
            if isinstance(found, WorkerLost):
                return (Fault(str(config.templates), 0, 0, "templates", f"rendering the sample {found}"),)
            if isinstance(found, Exception):
                raise found
            return tuple(found)
    finally:
        workers.stop()
    return ()
