"""Where templates and words come from: the user's own folder first, then the built-in one."""

from pathlib import Path

from monitor.errors import Fault, MonitorError


class BrokenTemplateError(MonitorError):
    """A template or a file of words cannot be used. Route: the built-in ones serve, and the fault is shown."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))

    def __reduce__(self) -> tuple[type["BrokenTemplateError"], tuple[Fault]]:
        """Cross process borders whole: the default would rebuild it from the text."""
        return type(self), (self.fault,)


def builtin_templates() -> Path:
    """Return the folder of the built-in templates.

    In an installed package it lies beside the rooms, in a checkout beside the package.
    """
    package = Path(__file__).parents[1]
    packaged = package / "templates"
    return packaged if packaged.is_dir() else package.parent / "templates"


def folders(user: Path | None) -> tuple[Path, ...]:
    """Return the folders to look in, in order."""
    return (user, builtin_templates()) if user else (builtin_templates(),)
