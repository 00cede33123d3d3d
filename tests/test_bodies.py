"""Bodies come out as the server meant them, and never larger than asked for."""

import gzip
import tracemalloc
import zlib

import brotli
import pytest

from monitor import bodies
from monitor.bodies import unpack
from monitor.errors import Refused

zstd = bodies.zstd
TEXT = "<html>Accord signé à Caracas — договор</html>".encode() * 50
LIMIT = 1024 * 1024


def raw_deflate(data: bytes) -> bytes:
    return zlib.compress(data)[2:-4]


PACKERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("coding", PACKERS)
def test_every_coding_we_say_we_accept_is_opened(coding):
    assert unpack(PACKERS[coding](TEXT), coding, LIMIT) == TEXT
    assert unpack(PACKERS[coding](TEXT), f" {coding.upper()} ", LIMIT) == TEXT


def test_the_accept_header_names_only_codings_that_are_opened():
    assert set(bodies.ACCEPTED.split(", ")) <= set(PACKERS)


def test_deflate_without_its_zlib_frame_is_opened_as_well():
    assert unpack(raw_deflate(TEXT), "deflate", LIMIT) == TEXT


def test_stacked_codings_are_undone_from_the_last_to_the_first():
    assert unpack(brotli.compress(gzip.compress(TEXT)), "gzip, br", LIMIT) == TEXT


def test_a_gzip_file_without_a_content_encoding_is_opened_by_its_magic():
    assert unpack(gzip.compress(TEXT), "", LIMIT) == TEXT
    assert unpack(gzip.compress(gzip.compress(TEXT)), "gzip", LIMIT) == TEXT, "a .gz file behind a compressing proxy"


def test_several_gzip_members_are_one_body_and_padding_after_them_is_ignored():
    assert unpack(gzip.compress(TEXT) + gzip.compress(b"more") + b"\0" * 40, "gzip", LIMIT) == TEXT + b"more"


def test_several_zstd_frames_are_one_body():
    assert unpack(zstd.compress(TEXT) + zstd.compress(b"more"), "zstd", LIMIT) == TEXT + b"more"


@pytest.mark.parametrize("encoding", ["", "identity", "none", "utf-8", "gzip", "br"])
def test_a_plain_body_comes_back_as_it_is_whatever_the_header_claims(encoding):
    assert unpack(b"\xef\xbb\xbf\r\n" + TEXT, encoding, LIMIT) == b"\xef\xbb\xbf\r\n" + TEXT
    assert unpack(b"", encoding, LIMIT) == b""


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(TEXT)[:-20], "gzip"),
        (gzip.compress(TEXT)[:-20], ""),
        (zlib.compress(TEXT)[:-20], "deflate"),
        (brotli.compress(TEXT)[:-5], "br"),
        (zstd.compress(TEXT)[:-5], "zstd"),
        (b"\x00\x01garbage" * 9, "gzip"),
        (b"\x00\x01garbage" * 9, "deflate"),
        (b"\x00\x01garbage" * 9, "br"),
        (b"\x00\x01garbage" * 9, "zstd"),
        (TEXT, "aws-chunked"),
        (gzip.compress(TEXT), "gzip, gzip, gzip, gzip"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_opened_is_refused_as_bad_encoding(body, encoding):
    with pytest.raises(Refused) as refused:
        unpack(body, encoding, LIMIT)
    assert refused.value.reason == "bad encoding"


BOMB = b"<p>" + b"0" * (16 * LIMIT)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        *((pack(BOMB), coding) for coding, pack in PACKERS.items() if coding != "br"),
        (brotli.compress(BOMB, quality=1), "br"),
        (gzip.compress(BOMB), ""),
        (gzip.compress(gzip.compress(BOMB)), "gzip, gzip"),
        (gzip.compress(gzip.compress(BOMB)), "gzip"),
        (gzip.compress(b"<p>" + b"0" * (LIMIT - 3)) * 9, "gzip"),
        (zstd.compress(b"<p>" + b"0" * (LIMIT - 3)) * 9, "zstd"),
        (TEXT * 1000, ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_p23_a_bomb_is_refused_as_too_large_and_costs_no_more_memory_than_the_limit(body, encoding):
    tracemalloc.start()
    try:
        with pytest.raises(Refused) as refused:
            unpack(body, encoding, LIMIT)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refused.value.reason == "too large"
    assert peak < 5 * LIMIT


def test_a_zstd_frame_that_asks_for_a_huge_window_is_refused():
    wide = zstd.compress(
        BOMB, options={zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.content_size_flag: 0}
    )
    with pytest.raises(Refused) as refused:
        unpack(wide, "zstd", 100 * LIMIT)
    assert refused.value.reason == "bad encoding"


def test_a_body_of_exactly_the_limit_passes():
    exact = b"<" + b"x" * (LIMIT - 1)
    for coding, pack in PACKERS.items():
        assert unpack(pack(exact), coding, LIMIT) == exact
    with pytest.raises(Refused):
        unpack(exact + b"x", "", LIMIT)
