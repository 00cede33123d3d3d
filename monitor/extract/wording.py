"""The room's word lists: text files beside the code, in [sections], a line each; "# " begins a note.

Takes a file's name; gives its sections. Read once, at import: a missing or broken list must fail at the start.
"""

from pathlib import Path

_FOLDER = Path(__file__).with_name("data")


def sections(name: str) -> dict[str, tuple[str, ...]]:
    """Return a list's sections with their lines, in order."""
    found: dict[str, list[str]] = {}
    here: list[str] = []
    for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            here = found.setdefault(line[1:-1], [])
        elif line and not line.startswith("# "):
            here.append(line)
    return {section: tuple(lines) for section, lines in found.items()}
