"""What a cycle did, as a table or as JSON."""

from monitor.cli import show
from monitor.config import Config
from monitor.daemon import Done


def show_done(config: Config, done: Done, *, as_json: bool) -> None:
    """Print what one full cycle did; sources that could not be read are named with their reason."""
    names = {source.id: source.name for source in config.sources}
    answer = {
        "sources": {"configured": len(config.sources), "read": done.tally.turns - len(done.tally.failed)},
        "failed": {names.get(source, source): reason for source, reason in sorted(done.tally.failed.items())},
        "pages": dict(done.tally.outcomes),
        "refused": dict(done.tally.reasons),
        "listings": dict(done.tally.listings),
        "flags": done.flags,
        "stories": done.stories,
        "mails": {"composed": len(done.composed), **done.mail},
        "seconds": round(done.seconds, 1),
    }
    if as_json:
        show.as_json(answer)
        return
    pages = done.tally.outcomes
    rows: list[tuple[str, object]] = [
        ("sources read", f"{answer['sources']['read']} of {len(config.sources)}"),  # type: ignore[index]
        ("pages", sum(pages.values())),
        *((f"  {fate}", count) for fate, count in sorted(pages.items())),
        *((f"    {reason}", count) for reason, count in done.tally.reasons.most_common()),
        ("flags", done.flags),
        ("stories", done.stories),
        ("mails composed", len(done.composed)),
        *((f"  {state}", count) for state, count in sorted(done.mail.items())),
        ("seconds", f"{done.seconds:.1f}"),
    ]
    show.table("", ("what", "how many"), rows)
    if done.tally.failed:
        show.table("not read", ("source", "reason"), list(answer["failed"].items()))  # type: ignore[attr-defined]
