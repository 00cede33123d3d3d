"""Remove each protection in turn and see its test fail: `python tests/guards.py [WORD...]`.

Works on a copy of the tree. A guard whose line is no longer found exactly once, or whose test passes without it, is a
fault; so is a test that fails with the guard in place. WORDs choose guards by what they protect.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = ("monitor", "spiders", "templates", "tests", "config.yaml", "pyproject.toml", "scrapy.cfg")


def main() -> int:
    """Check every guard and return how many are at fault."""
    wanted = [word.casefold() for word in sys.argv[1:]]
    guards = tomllib.loads((ROOT / "tests" / "guards.toml").read_text(encoding="utf-8"))["guard"]
    chosen = [guard for guard in guards if all(word in guard["what"].casefold() for word in wanted)]
    faults = 0
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch)
        for name in COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
        for test in sorted({guard["test"] for guard in chosen}):
            if run(test, copy) != 0:
                faults += 1
                print(f"FAULT  {test}: fails with every guard in place")
        for guard in chosen:
            fault = check(guard, copy)
            faults += bool(fault)
            print(f"{'FAULT' if fault else 'ok   '}  {guard['what']}{f': {fault}' if fault else ''}", flush=True)
    print(f"{len(chosen) - faults} passed, {faults} failed")
    return faults


def check(guard: dict[str, str], copy: Path) -> str:
    """Take one guard away, run its test, put it back; return what is wrong, or nothing."""
    file = copy / guard["file"]
    text = file.read_text(encoding="utf-8")
    if (count := text.count(guard["line"])) != 1:
        return f"its line stands {count} times in {guard['file']}"
    file.write_text(text.replace(guard["line"], guard["without"]), encoding="utf-8")
    try:
        return "" if run(guard["test"], copy) == 1 else "its test does not fail without it"
    finally:
        file.write_text(text, encoding="utf-8")


def run(test: str, copy: Path) -> int:
    """Run pytest in the copy; 0 passed, 1 failed."""
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *test.split()]
    environment = os.environ | {"PYTHONPATH": str(copy)}
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, check=False, timeout=180).returncode


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
