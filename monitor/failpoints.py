"""Where the tests may kill the process: one function, armed by nothing but an environment variable.

MONITOR_FAILPOINT=NAME kills the process the first time it reaches NAME, NAME#3 the third time; MONITOR_FAILPOINT_LOG
names a file that every name reached is appended to. Without them a failpoint costs one look at an empty string.
"""

import os
import signal
from collections import Counter
from pathlib import Path

_ARMED, _, _TIMES = os.environ.get("MONITOR_FAILPOINT", "").partition("#")
_LOG = os.environ.get("MONITOR_FAILPOINT_LOG", "")
_reached: Counter[str] = Counter()


def reach(name: str) -> None:
    """Note that the process is here; die if this is where it was to die."""
    if not (_ARMED or _LOG):
        return
    _reached[name] += 1
    if _LOG:
        with Path(_LOG).open("a", encoding="utf-8") as log:
            log.write(f"{name}\n")
    if name == _ARMED and _reached[name] == int(_TIMES or 1):
        os.kill(os.getpid(), signal.SIGKILL)
