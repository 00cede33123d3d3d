"""One key for all spellings of an address, the host politeness counts by, trackers, canonical links."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.urls import (
    absolute,
    believable_canonical,
    brand,
    edition,
    entry_address,
    has_page,
    identity,
    registrable_host,
    without_trackers,
)

STORY = "https://www.example.org/2026/11/accord-signed"

same = pytest.mark.parametrize(
    ("one", "other"),
    [
        (STORY, "http://www.example.org/2026/11/accord-signed"),
        (STORY, "https://example.org/2026/11/accord-signed"),
        (STORY, "https://EXAMPLE.org./2026/11/accord-signed"),
        (STORY, "https://m.example.org/2026/11/accord-signed"),
        (STORY, "https://amp.example.org/2026/11/accord-signed"),
        (STORY, "https://www.example.org:443/2026/11/accord-signed"),
        (STORY, "http://www.example.org:80/2026/11/accord-signed"),
        (STORY, STORY + "/"),
        (STORY, STORY + "#comments"),
        (STORY, STORY + "#publisher=newsstand"),
        (STORY, STORY + "?utm_source=rss&utm_medium=feed"),
        (STORY, STORY + "?fbclid=abc&gclid=1&at_medium=RSS"),
        (STORY, STORY + "?ref=rss"),
        (STORY, STORY + "/amp"),
        (STORY, STORY + "/amp/"),
        (STORY, STORY + "?amp=1"),
        (STORY, STORY + "?outputType=amp"),
        (STORY, "https://www.example.org/amp/2026/11/accord-signed"),
        (STORY, "https://www.example.org/m/2026/11/accord-signed"),
        (STORY, "https://www.example.org//2026/./11/x/../accord-signed"),
        (STORY, "https://www.example.org/2026/11/accord%2Dsigned"),
        (STORY, "https://www.example.org/2026/11/accord-signed;jsessionid=0A1B"),
        (STORY, "  https://www.example.org/2026/11/accord-\n signed "),
        (STORY, "https://cache.example.net/c/s/www.example.org/2026/11/accord-signed"),
        (STORY, "https://search.example.net/url?sa=t&url=https%3A%2F%2Fexample.org%2F2026%2F11%2Faccord-signed&x=1"),
        ("https://example.org/a.html", "https://example.org/a.amp.html"),
        ("https://example.org/a.html", "https://example.org/a.html/amp"),
        ("https://example.org/?b=2&a=1", "https://example.org/index.php?a=1&b=2"),
        ("https://example.org/?a=1", "https://example.org/?a=1&a=1"),
        ("https://example.org/?q=a+b", "https://example.org/?q=a%20b"),
        ("https://example.org/caf%c3%a9", "https://example.org/café"),
        ("https://www.portal.intranet/x", "https://portal.intranet/x"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://президент.рф/", "http://xn--d1abbgf6aiiy.xn--p1ai"),
    ],
)


@same
def test_spellings_of_one_address_have_one_key(one: str, other: str) -> None:
    assert identity(one) == identity(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/story?id=7", "https://example.org/story?id=8"),
        ("https://example.org/story?id=7", "https://example.org/story"),
        ("https://example.org/?p=12", "https://example.org/?p=13"),
        ("https://example.org/a/Story", "https://example.org/a/story"),
        ("https://example.org/view?source=4711", "https://example.org/view?source=4712"),
        ("https://example.org/view?cid=1", "https://example.org/view?cid=2"),
        ("https://example.org:8080/a", "https://example.org/a"),
        ("https://es.example.org/a", "https://fr.example.org/a"),
        ("https://example.org/fr/a", "https://example.org/a"),
        ("https://example.org/#!/a", "https://example.org/#!/b"),
        ("https://example.org/#/a", "https://example.org/#/b"),
        ("https://example.org/m/a", "https://example.org/a"),
        ("https://amp.dev/a-1", "https://dev/a-1"),
        ("https://m.co/a-1", "https://co/a-1"),
        ("https://www.co.uk/a-1", "https://co.uk/a-1"),
        ("https://www.intranet/a-1", "https://intranet/a-1"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("http://127.0.0.1:8801/a", "http://127.0.0.1:8802/a"),
        ("http://127.0.0.1/a", "http://127.0.0.2/a"),
    ],
)
def test_what_may_be_two_articles_keeps_two_keys(one: str, other: str) -> None:
    assert identity(one) != identity(other)


addresses = st.one_of(
    st.text(max_size=60),
    st.builds(
        "http{}://{}/{}?{}#{}".format,
        st.sampled_from(["", "s"]),
        st.sampled_from(["example.org", "www.пример.рф", "[::1]", "127.0.0.1:80", "m.a.co.uk", "a..b", "x:99999"]),
        st.text(max_size=20),
        st.text(max_size=20),
        st.text(max_size=8),
    ),
)


@given(addresses)
def test_any_text_has_a_key_and_a_host_without_an_error(url: str) -> None:
    assert isinstance(identity(url), str)
    assert isinstance(registrable_host(url), str)
    assert isinstance(without_trackers(url), str)
    assert isinstance(believable_canonical(url, STORY, STORY), bool)
    made = absolute(url, STORY)
    assert made is None or made.startswith(("http://", "https://"))


@given(addresses)
def test_cleaning_an_address_does_not_change_whose_it_is(url: str) -> None:
    made = absolute(url)
    if made is not None:
        assert identity(without_trackers(made)) == identity(made)
        assert without_trackers(without_trackers(made)) == without_trackers(made)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://news.bbc.example.co.uk/x", "example.co.uk"),
        ("https://a.b.example.com.vn/", "example.com.vn"),
        ("example.org", "example.org"),
        ("http://127.0.0.1:8800/x", "127.0.0.1"),
        ("http://[2001:db8::1]/x", "2001:db8::1"),
        ("http://localhost:8080/", "localhost"),
        ("http://intranet/", "intranet"),
        ("http://news.intranet/", "news.intranet"),
        ("https://сайт.пример.рф/", "xn--e1afmkfd.xn--p1ai"),
        ("", ""),
    ],
)
def test_politeness_is_counted_by_what_an_owner_registered(url: str, host: str) -> None:
    assert registrable_host(url) == host


def test_the_suffix_list_is_the_bundled_one_nothing_is_dialled_and_nothing_is_written(tmp_path: Path) -> None:
    """In a process of its own, since the list is read once."""
    code = (
        "import socket\n"
        "def refuse(*_): raise SystemExit('dialled')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from monitor.urls import registrable_host\n"
        "print(registrable_host('https://a.fresh-name.com.ve/'))\n"
    )
    environment = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("fresh-name.com.ve", 0), done.stderr
    assert not list(tmp_path.rglob("*"))


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        (STORY + "?utm_source=x&id=7&b=&utm_medium=y", STORY + "?id=7&b="),
        (STORY + "?z=1&a=2", STORY + "?z=1&a=2"),
        (STORY + "?fbclid=1#top", STORY),
        (STORY + "?source=4711", STORY + "?source=4711"),
        ("https://example.org/#!/a", "https://example.org/#!/a"),
        (f"https://alerts.example.net/url?rct=j&url={STORY}&ct=ga", STORY),
        ("https://example.org/share?url=/relative", "https://example.org/share?url=/relative"),
        ("mailto:ana@example.org", "mailto:ana@example.org"),
    ],
)
def test_trackers_go_and_all_else_stays(url: str, clean: str) -> None:
    assert without_trackers(url) == clean


@pytest.mark.parametrize(
    ("link", "base", "made"),
    [
        ("/a/b", STORY, "https://www.example.org/a/b"),
        ("//cdn.example.org/a", STORY, "https://cdn.example.org/a"),
        ("https://example.org/a\n  b", "", "https://example.org/ab"),
        ("javascript:void(0)", STORY, None),
        ("mailto:a@example.org", STORY, None),
        ("/a", "", None),
        ("http://[::1", STORY, None),
        ("http://example.org:99999/", STORY, None),
        ("https://example.org/" + "a" * 3000, "", None),
    ],
)
def test_a_link_becomes_an_absolute_web_address_or_nothing(link: str, base: str, made: str | None) -> None:
    assert absolute(link, base) == made


def test_an_entry_without_a_page_has_an_address_of_its_own_that_says_so() -> None:
    one, two = entry_address("https://example.org/feed#x", "k1"), entry_address("https://example.org/feed", "k2")
    assert identity(one) != identity(two)
    assert not has_page(one)
    assert has_page(STORY)
    assert without_trackers(one) == one


class TestCanonical:
    @pytest.mark.parametrize(
        ("canonical", "asked", "final"),
        [
            (STORY, STORY + "?utm_source=x", STORY + "?utm_source=x"),
            (STORY, "https://example.org/s/123456", "https://example.org/s/123456"),
            ("https://example.org/news/accord-signed-4711023", "", "https://example.org/2026/accord-4711023?from=a"),
            ("https://example.org/a/long-story", "", "https://example.org/a/long-story/2"),
            (
                "https://example.org/a/two-countries-sign-an-accord",
                "",
                "https://example.org/a/two-countries-sign-an-accord?s=9",
            ),
            # an address that redirected to another host of the owner
            ("https://news.example.org/x-y-z", "https://example.org/x-y-z", "https://news.example.org/x-y-z"),
        ],
    )
    def test_the_same_article_under_a_better_name_is_believed(self, canonical: str, asked: str, final: str) -> None:
        assert believable_canonical(canonical, asked or final, final)

    @pytest.mark.parametrize(
        ("canonical", "final"),
        [
            ("https://other.example.net/2026/11/accord-signed", STORY),
            ("https://www.example.org/", STORY),
            ("https://www.example.org/2026/11", STORY),
            ("https://www.example.org/vi/ky-ket-hiep-dinh", "https://www.example.org/fr/ky-ket-hiep-dinh"),
            ("https://www.example.org/ky-ket-hiep-dinh", "https://www.example.org/fr/ky-ket-hiep-dinh"),
            ("https://example.org/article.php", "https://example.org/article.php?id=7"),
            # It may be a session's, but an article too many costs less than one too few.
            ("https://example.org/a/long-story", "https://example.org/a/long-story?s=9f"),
            (
                "https://example.org/ministers-open-a-new-hospital-today",
                "https://example.org/two-countries-sign-an-accord-on-oil",
            ),
            ("/2026/11/accord-signed", STORY),
            ("javascript:alert(1)", STORY),
            ("", STORY),
        ],
    )
    def test_what_would_make_one_of_several_articles_is_not_believed(self, canonical: str, final: str) -> None:
        assert not believable_canonical(canonical, final, final)


@pytest.mark.parametrize(
    ("url", "label"),
    [
        ("https://www.example.org/fr/x", "fr"),
        ("https://www.example.org/pt_BR/x", "pt-br"),
        ("https://fr.example.org/x", "fr"),
        ("https://www.example.org/news/x", ""),
        ("https://example.org/", ""),
    ],
)
def test_a_language_edition_is_named_by_the_first_folder_or_label(url: str, label: str) -> None:
    assert edition(url) == label


def test_an_outlet_is_known_by_the_first_label_of_its_host_and_a_number_by_itself():
    assert brand("bbc.co.uk") == "bbc"
    assert brand("localhost") == "localhost"
    assert brand("127.0.10.6") == "127.0.10.6"
    assert brand("::1") == "::1"
