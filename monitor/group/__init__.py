"""Grouping: which articles tell one event, and what a story knows of its tellings.

The front door: what other rooms may use of this one.
"""

from monitor.group.clustering import Join, Known, Placed, group
from monitor.group.lineage import Disputed, Lineage, Told, lineage
from monitor.group.sketching import Sketch, sketch

__all__ = ["Disputed", "Join", "Known", "Lineage", "Placed", "Sketch", "Told", "group", "lineage", "sketch"]
