"""Grouping: which articles tell one event, and what a story knows of its tellings.

The front door: what other rooms may use of this one.
"""

from monitor.group.clustering import Join, Known, Placed, group
from monitor.group.figures import figures_of
from monitor.group.lineage import changed_figures, lineage
from monitor.group.news_words import named
from monitor.group.sketching import Sketch, sketch

__all__ = [
    "Join",
    "Known",
    "Placed",
    "Sketch",
    "changed_figures",
    "figures_of",
    "group",
    "lineage",
    "named",
    "sketch",
]
