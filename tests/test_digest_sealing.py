"""A sealed mail has the headers that were meant and no others, in final bytes that a retry repeats."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from editions import edition, story, telling
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.digest import Envelope, compose, references, sample_alert, sample_edition, seal
from monitor.errors import MonitorError, Refused
from monitor.records import Letter, Message, Recipient, Status

ENVELOPE = Envelope(
    sender="monitor@news.example",
    host="news.example",
    date=datetime(2026, 11, 24, 6, 30, tzinfo=UTC),
    key="digest/morning/2026-11-24T07:30",
)
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Precedence",
    "List-Id",
    "List-Unsubscribe",
    "MIME-Version",
    "Content-Type",
]
WORDS = (
    "new",
    "·",
    "update",
    "—",
    "Россия",
    "Rectificación:",
    "[a/b]",
    "24",
    "…",
    "(x)",
    '"q"',
    "汉字",
    "a@b.c",
    "<x>",
)
SAMPLE = sample_edition()
PLAIN = Letter("Subject", "text\n", "<p>html</p>\n")


def parsed(message: Message) -> EmailMessage:
    return message_from_bytes(message.raw, _class=EmailMessage, policy=policy.SMTP)


def sealed(letter: Letter = PLAIN, **changes: object) -> Message:
    return seal(letter, SAMPLE, replace(ENVELOPE, **changes))  # type: ignore[arg-type]


def test_the_headers_are_those_of_a_good_citizen_among_machines() -> None:
    """One recipient, no autoresponder loop, a stable list id, a way to leave."""
    mail = parsed(seal(compose(sample_edition()), sample_edition(), ENVELOPE))
    assert list(mail) == HEADERS
    assert mail["From"] == "News Monitor <monitor@news.example>"
    assert mail["To"] == "ana@example.org"
    assert mail["Date"] == "Tue, 24 Nov 2026 06:30:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Precedence"] == "bulk"
    assert mail["List-Id"] == "<morning.news-monitor.news.example>"
    assert mail["List-Unsubscribe"] == "<mailto:monitor@news.example?subject=unsubscribe%20morning%20ana>"


def test_the_text_comes_first_and_both_parts_are_whole() -> None:
    """multipart/alternative, plain text then HTML, each as it was composed."""
    letter = compose(sample_edition())
    mail = parsed(seal(letter, sample_edition(), ENVELOPE))
    parts = list(mail.iter_parts())
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part.get_content().replace("\r\n", "\n").strip() for part in parts] == [
        letter.text.strip(),
        letter.html.strip(),
    ]


def test_the_same_mail_sealed_again_is_the_same_bytes() -> None:
    """A retry after a doubtful answer can be recognised as a copy."""
    assert sealed().raw == sealed().raw


def test_another_day_or_another_reader_makes_another_message_id() -> None:
    """The id follows the key and the recipient; the address does not stand in it."""
    ids = {sealed().message_id, sealed(key="digest/morning/2026-11-25T07:30").message_id}
    other = replace(sample_edition(), recipient=Recipient("ben", "ben@example.org"))
    ids.add(seal(PLAIN, other, ENVELOPE).message_id)
    assert len(ids) == 3
    assert not any("ana" in one or "ben" in one for one in ids)
    assert all(one.startswith("<digest.morning.") and one.endswith("@news.example>") for one in ids)


def test_lines_end_as_smtp_wants_them_and_none_is_too_long() -> None:
    """CRLF everywhere, and no line of more than 998 bytes, though the HTML has longer ones."""
    letter = replace(compose(sample_edition()), html="<p>" + "a" * 5_000 + "</p>")
    raw = sealed(letter).raw
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.isascii()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("plain ascii\n", "7bit"),
        ("Un port français, une grue et un navire.\n" * 50, "quoted-printable"),
        ("Каракас\n" * 50, "base64"),
    ],
)
def test_each_part_has_the_encoding_that_is_shortest_for_it(text: str, encoding: str) -> None:
    """Measured over the whole part: Python looks at its first ten lines only."""
    (first, _) = parsed(sealed(Letter("s", text, "<p>x</p>"))).iter_parts()
    assert first["Content-Transfer-Encoding"] == encoding
    (late, _) = parsed(sealed(Letter("s", "ascii\n" * 20 + text, "<p>x</p>"))).iter_parts()
    assert late.get_content().replace("\r\n", "\n") == "ascii\n" * 20 + text


ENCODED_WORD = "=?utf-8?q?x=0D=0ABcc:_victim@evil.example=0D=0A=0D=0A<h1>pwn</h1>?="


@settings(max_examples=200, deadline=None)
@example(ENCODED_WORD)
@example(f"news {ENCODED_WORD} {ENCODED_WORD}")
@example("=?utf-8?b?QmNjOiB2QGV2aWwuZXhhbXBsZQ0KDQo=?=")
@example("==??utf-8?q?x=0D=0ABcc:_v@evil.example?=")
@example("a\r\nBcc: v@evil.example\r\n\r\n<h1>")
@example("a\x0bb\x0cc\x85d\u2028e\u2029f\x00g\ud800h")
@example("\u202eevil\u2066")
@example("я" * 100_000)
@example("x" * 100_000)
@example("")
@example('a  b   c ,;:"<>@()[]\\')
@example("é" * 40 + " " + "=?" * 30)
@given(st.text(max_size=300))
def test_no_words_of_an_outlet_become_a_header(title: str) -> None:
    """Line breaks, controls, lone surrogates, encoded words: the header set is the one that was meant."""
    mail = parsed(sealed(Letter(title, "text\n", "<p>html</p>\n")))
    assert list(mail) == HEADERS
    assert "evil.example" not in str(mail["To"])
    assert len(str(mail["Subject"])) <= 90
    assert len(list(mail.iter_parts())) == 2


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1))
def test_a_subject_arrives_as_it_was_written(parts: list[str]) -> None:
    """Every space of it, in whatever mixture of scripts: the standard library's fold loses some."""
    subject = " ".join(parts)[:90].strip()
    assert parsed(sealed(Letter(subject, "text\n", "<p>html</p>\n")))["Subject"] == subject


@pytest.mark.parametrize("title", [ENCODED_WORD, "a\r\nBcc: v@evil.example"])
def test_an_attack_in_a_story_reaches_the_inbox_as_words(title: str) -> None:
    """Composed and sealed: the mail is sent, with the attack readable in its subject and body."""
    made = edition(story(telling(title)))
    message = seal(compose(made), made, ENVELOPE)
    mail = parsed(message)
    assert list(mail) == HEADERS
    assert "evil.example" in str(mail["Subject"])
    assert b"\r\nBcc:" not in message.raw


@pytest.mark.parametrize("name", ["a\r\nBcc: v@evil.example", ENCODED_WORD, "утро", "a/b c", "", "x" * 200])
def test_a_digest_of_any_name_has_a_list_id_that_mail_programs_can_read(name: str) -> None:
    """Names are the user's; an id is letters, digits and hyphens, and differs where names differ."""
    made = sample_edition()
    named = replace(made, channel=replace(made.channel, id=name, name=name))
    mail = parsed(seal(compose(named), named, ENVELOPE))
    assert list(mail) == HEADERS
    label = str(mail["List-Id"]).removeprefix("<").split(".")[0]
    assert label
    assert set(label) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(label) <= 63


def test_ids_and_addresses_stay_plain_however_long() -> None:
    """The standard library would make encoded words of tokens longer than a line, which are ids to nobody."""
    host = "a-very-long-host-name-of-a-department." * 4 + "example"
    roots = tuple(f"<alert.flash.{number:064}@{host}>" for number in range(3))
    raw = sealed(host=host, sender=f"monitor@{host}", references=roots).raw
    assert b"=?" not in raw
    mail = message_from_bytes(raw, policy=policy.SMTP)
    assert str(mail["References"]).split() == list(roots)
    assert str(mail["In-Reply-To"]).split() == [roots[-1]]
    assert raw.count(b"References: <") == 1


def test_an_alert_about_a_story_told_before_continues_its_first_mail() -> None:
    """Updates thread under it; a digest, or an alert about several stories, continues nothing."""
    root = "<alert.flash.0@news.example>"
    alert = sample_alert()
    update = replace(alert, stories=(replace(alert.stories[0], status=Status.UPDATE, root_message_id=root),))
    assert references(update) == (root,)
    assert references(alert) == ()
    assert references(replace(update, stories=update.stories * 2)) == ()
    assert references(replace(sample_edition(), stories=update.stories)) == ()
    mail = parsed(seal(compose(update), update, replace(ENVELOPE, references=references(update))))
    assert mail["References"] == root
    assert mail["In-Reply-To"] == root
    assert str(mail["Message-ID"]).startswith("<alert.flash.")


def test_domains_in_other_scripts_are_written_in_ascii() -> None:
    """A recipient at a Cyrillic domain gets mail without SMTPUTF8."""
    made = replace(sample_edition(), recipient=Recipient("r", "r@пример.example"))
    assert parsed(seal(PLAIN, made, ENVELOPE))["To"] == "r@xn--e1afmkfd.example"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b\r\nBcc: v@evil.example",
        "почта@example.org",
        "a@b@c",
        "a@",
        "@b.example",
        "a b@c.example",
        "a@..",
    ],
)
def test_an_address_that_cannot_be_written_to_is_refused_by_name(address: str) -> None:
    """It is never sent to something like it."""
    made = replace(sample_edition(), recipient=Recipient("r", address))
    with pytest.raises(Refused, match="address"):
        seal(PLAIN, made, ENVELOPE)


def test_bytes_that_parse_as_another_mail_are_not_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the library ever writes another header than was meant, nothing is sent."""
    monkeypatch.setattr("monitor.digest.sealing.inert_words", lambda text, _: text)
    with pytest.raises((MonitorError, ValueError)):
        sealed(Letter(ENCODED_WORD, "text\n", "<p>html</p>\n"))
