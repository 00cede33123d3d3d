"""A mail in a real browser: nothing is asked of the network, nothing runs off the side, day and night."""

import html
import re
import shutil
import socketserver
import subprocess
import threading
from pathlib import Path

import pytest
from editions import edition, story, telling

from monitor.digest import compose, sample_alert, sample_edition
from monitor.records import Evidence

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LONG = telling("W" * 290, outlet="O" * 80, evidence=(Evidence("x" * 400 + " sign", ("sign",)),))
MAILS = {"digest": sample_edition(), "alert": sample_alert(), "unbroken": edition(story(LONG))}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
]


class Proxy:
    """Where the browser sends every request: it notes what is asked for and answers nothing."""

    def __init__(self) -> None:
        asked = self.asked = []  # type: list[str]

        class Note(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                asked.append(self.rfile.readline().decode("latin-1"))

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Note)
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> "Proxy":
        self._thread.start()
        return self

    def __exit__(self, *reason: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def browse(self, page: Path, *flags: str) -> str:
        """Load a page and return the document as it was after loading."""
        address = f"--proxy-server=http://127.0.0.1:{self._server.server_address[1]}"
        command = [str(CHROMIUM), *QUIET, f"--user-data-dir={page.parent / 'profile'}", address, *flags, "--dump-dom"]
        done = subprocess.run([*command, page.as_uri()], capture_output=True, timeout=90, check=True)
        return done.stdout.decode()

    def asked_for_the_page(self) -> list[str]:
        """Return what was asked for that is in the page; the browser itself calls its maker."""
        return [line for line in self.asked if ".example" in line]


def framed(mail: str, width: int) -> str:
    """Return a page that shows a mail in a frame of a width, and writes into its title how it came out."""
    return (
        '<!DOCTYPE html><meta charset="utf-8">'
        f'<iframe width="{width}" height="900" srcdoc="{html.escape(mail)}"></iframe>'
        "<script>document.querySelector('iframe').onload = event => {"
        "const inner = event.target.contentDocument;"
        "document.title = [inner.documentElement.scrollWidth, inner.documentElement.clientWidth,"
        "getComputedStyle(inner.body).backgroundColor].join('|') }</script>"
    )


@pytest.mark.parametrize("scheme", [0, 1], ids=["dark", "light"])
@pytest.mark.parametrize("width", [360, 800])
@pytest.mark.parametrize("name", MAILS)
def test_a_mail_fits_its_window_and_asks_for_nothing(tmp_path: Path, name: str, width: int, scheme: int) -> None:
    """In a frame of that width its content is no wider, its colours are those of the scheme, and no request leaves."""
    page = tmp_path / "page.html"
    page.write_text(framed(compose(MAILS[name]).html, width), encoding="utf-8")
    with Proxy() as proxy:
        dom = proxy.browse(page, f"--blink-settings=preferredColorScheme={scheme}")
        assert proxy.asked_for_the_page() == []
    found = re.search(r"<title>(\d+)\|(\d+)\|(rgb\([\d, ]+\))</title>", dom)
    assert found, dom[:500]
    content, window, paper = found.groups()
    assert int(content) <= int(window)
    assert int(window) >= width - 20
    assert paper == ("rgb(28, 27, 25)" if scheme == 0 else "rgb(251, 250, 247)")


def test_the_witness_would_see_a_request_and_a_wide_table(tmp_path: Path) -> None:
    """A mail with a pixel and an unbroken line is caught: the two checks above can fail."""
    page = tmp_path / "page.html"
    page.write_text(framed('<img src="http://pixel.example/x.gif"><pre>' + "x" * 900, 360), encoding="utf-8")
    with Proxy() as proxy:
        dom = proxy.browse(page)
        assert any("pixel.example" in line for line in proxy.asked_for_the_page())
    found = re.search(r"<title>(\d+)\|(\d+)\|", dom)
    assert found
    assert int(found[1]) > int(found[2])
