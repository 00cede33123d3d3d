"""Watchlist × article → flags with the sentences that prove them.

Takes `Watchlist` and `Article` records and the user's own concepts; gives `Flag`s, explanations and the faults of
watchlists. Cares neither where articles come from nor what becomes of flags.
"""

from monitor.match.judging import Rule
from monitor.match.matcher import Explanation, Matcher, Reading, compile_watchlists
from monitor.match.terms import TermFault, WatchlistError

__all__ = ["Explanation", "Matcher", "Reading", "Rule", "TermFault", "WatchlistError", "compile_watchlists"]
