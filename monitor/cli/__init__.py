"""The command line: what each command answers, and with which exit code.

A command imports its rooms inside its function, so that `--help` is quick, the lock is taken before anything heavy is
loaded, and workers that import the entry point stay small.
"""

from monitor.cli.app import main

__all__ = ["main"]
