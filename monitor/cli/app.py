"""The application: its commands' list, and what an error means to the shell.

Exit codes: 0 the command did its work, also where single inputs failed; 1 it could not, or found something; 2 wrong
usage, or a config with faults.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.errors import ConfigError, MonitorError

app = typer.Typer(
    name="monitor",
    help="Watches news sources in many languages and mails digests of the stories a watchlist describes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The config file.", metavar="FILE")]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]
DEFAULT_CONFIG = Path("config.yaml")


def main() -> None:
    """Run the command line, and turn what it raises into words and an exit code."""
    # Registered here, not at import: workers that load this module need none of it.
    from monitor.cli import examine, mail, rematching, run, sourcing, stream

    for module in (run, stream, examine, sourcing, rematching, mail):
        module.register(app)
    try:
        app()
    except ConfigError as error:
        for fault in error.faults:
            print(fault)
        print(f"{len(error.faults)} fault(s) in the config; nothing was done", file=sys.stderr)
        sys.exit(2)
    except MonitorError as error:
        print(f"monitor: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"monitor: {place}{error.strerror or error}", file=sys.stderr)
        sys.exit(1)
