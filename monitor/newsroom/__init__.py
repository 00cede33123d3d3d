"""Bundled news sites and their server: a small web of outlets that does not exist, for the demo and the tests.

async with serve(load()) as running:
    running.site("bao-song-hong").edit("...", title="...")
    running.site("meridian-dispatch").answer(status=503, Retry_After="120")
    running.config(folder)      # the config.yaml that watches it
    running.log                 # what was asked, and what was answered
"""

from monitor.newsroom.faults import Part
from monitor.newsroom.render import Printed
from monitor.newsroom.running import Hit, RunningSite
from monitor.newsroom.server import Running, serve
from monitor.newsroom.stories import (
    NAMES_BOTH,
    Block,
    BlockKind,
    Newsroom,
    NewsroomError,
    Origin,
    Site,
    Story,
    StoryKind,
    load,
    parse_body,
)

__all__ = [
    "NAMES_BOTH",
    "Block",
    "BlockKind",
    "Hit",
    "Newsroom",
    "NewsroomError",
    "Origin",
    "Part",
    "Printed",
    "Running",
    "RunningSite",
    "Site",
    "Story",
    "StoryKind",
    "load",
    "parse_body",
    "serve",
]
