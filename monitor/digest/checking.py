"""A user's templates, judged when a config is loaded: every fault with its file and line, before a mail needs them."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from jinja2 import TemplateError
from jinja2.meta import find_referenced_templates

from monitor.digest import catalogue
from monitor.digest.building import draft
from monitor.digest.finding import BrokenTemplateError, builtin_templates, folders
from monitor.digest.fitting import fit_html, fit_text
from monitor.digest.rendering import Press, press
from monitor.digest.sample import sample_alert, sample_edition
from monitor.errors import Fault

ROOTS = ("digest.html", "digest.txt", "alert.html", "alert.txt")


def check_templates(folder: Path) -> tuple[Fault, ...]:
    """Return every fault of a user's templates and words.

    The sample digest and alert are rendered, with all their stories and with most of them as titles only. Runs the
    user's code: call it in a worker with a limit.
    """
    if not folder.is_dir():
        return (Fault(str(folder), 0, 0, "templates", "there is no such folder"),)
    faults = [fault for path in sorted((folder / "words").glob("*.toml")) for fault in catalogue.faults(path)]
    templates = press(folder)
    faults += _rendered(templates)
    # What cannot be parsed may use the files that seem unused.
    return tuple(dict.fromkeys(faults or _unused(templates, folder)))


def _rendered(templates: Press) -> Iterator[Fault]:
    words = catalogue.load("en", folders(None))
    for edition in (sample_edition(), sample_alert()):
        made = draft(edition, words, ("…",))
        short = made.cut(1, len(made.cards) - 1)
        yield from _fault(partial(fit_text, made, templates))
        yield from _fault(partial(fit_html, made, templates))
        yield from _fault(partial(templates.text, short, made.frame))
        yield from _fault(partial(templates.html, short, made.frame))


def _fault(render: Callable[[], str]) -> Iterator[Fault]:
    try:
        render()
    except BrokenTemplateError as broken:
        yield broken.fault


def _unused(templates: Press, folder: Path) -> Iterator[Fault]:
    """Yield the files nothing uses: a misspelt name would otherwise be ignored without a word."""
    used = _used(templates)
    for path in sorted(folder.iterdir()):
        if path.suffix in (".html", ".txt", ".css") and path.name not in used:
            known = ", ".join(sorted(one.name for one in builtin_templates().iterdir() if one.is_file()))
            yield Fault(str(path), 0, 0, "templates", f"nothing uses this file; the built-in ones are {known}")


def _used(templates: Press) -> frozenset[str]:
    """Return the names of all files the four mails are made of, followed through extends, include and import."""
    used: set[str] = set()
    waiting = list(ROOTS)
    while waiting:
        name = waiting.pop()
        if name in used:
            continue
        used.add(name)
        waiting += [other for other in _references(templates, name) if other]
    return frozenset(used)


def _references(templates: Press, name: str) -> Iterator[str | None]:
    loader = templates.sandbox.loader
    assert loader is not None
    try:
        source, _, _ = loader.get_source(templates.sandbox, name)
    except TemplateError:
        return iter(())
    return find_referenced_templates(templates.sandbox.parse(source, name))
