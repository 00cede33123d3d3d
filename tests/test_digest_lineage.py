"""Who told it first: copies of one agency are one origin, however the outlets name it and each other."""

import pytest
from editions import telling

from monitor.digest.lineage import Lineage, lineage
from monitor.records import Credit, Telling


def told(outlet: str, *credited: str | Credit, url: str = "") -> Telling:
    host = "".join(letter for letter in outlet.lower() if letter.isascii() and letter.isalnum())
    lines = tuple(one if isinstance(one, Credit) else Credit(one) for one in credited)
    return telling(outlet=outlet, url=url or f"https://{host}.example/1", credited=lines)


def test_an_outlet_that_credits_nobody_is_an_origin() -> None:
    """Two of them are two, and there is no chain to show."""
    assert lineage([told("Coast"), told("Hill")]) == Lineage(2)


def test_copies_of_an_agency_that_is_not_itself_among_the_tellings_count_once() -> None:
    """The agency is the origin."""
    assert lineage([told("Coast", "Wire"), told("Hill", "Wire"), told("Vale", "Wire")]) == Lineage(1, ("Wire", "Coast"))


@pytest.mark.parametrize(
    "credit",
    [
        Credit("Báo Bờ Sông"),
        Credit("bao bo song"),
        Credit("BÁO BỜ SÔNG"),
        Credit("baobosong.example"),
        Credit("www.baobosong.example"),
        Credit("the original", "https://baobosong.example/x"),
    ],
)
def test_an_outlet_is_found_by_its_name_its_domain_or_a_link(credit: Credit) -> None:
    """However a credit line writes it, with or without its accents."""
    found = lineage([told("Báo Bờ Sông", url="https://baobosong.example/1"), told("Fleuve", credit)])
    assert found.origins == 1
    assert len(found.chain) == 2
    assert found.chain[-1] == "Fleuve"


def test_the_longest_way_is_the_chain() -> None:
    """Origin first, the last copy at the end."""
    found = lineage(
        [told("Translation", "Paper"), told("Paper", "Agency"), told("Agency", "Television"), told("Other", "Paper")]
    )
    assert found == Lineage(1, ("Television", "Agency", "Paper", "Translation"))


def test_outlets_that_credit_each_other_in_a_circle_are_one_origin() -> None:
    """Nobody knows which of them began; the walk ends all the same."""
    assert lineage([told("A", "B"), told("B", "C"), told("C", "A")]).origins == 1
    assert lineage([told("A", "A")]) == Lineage(1)


def test_one_who_credits_two_agencies_has_two_origins() -> None:
    """And a copy of one of them adds none."""
    assert lineage([told("A", "Wire", "Post"), told("B", "Post")]).origins == 2


def test_hundreds_of_tellings_with_many_credits_are_walked_in_bounds() -> None:
    """Every outlet credits five others: the chain stays short enough to read."""
    names = [f"Outlet {number}" for number in range(300)]
    many = [
        told(name, *(names[(number * 7 + step) % 300] for step in range(1, 6))) for number, name in enumerate(names)
    ]
    assert len(lineage(many).chain) <= 6


def test_a_credit_without_letters_joins_nothing() -> None:
    """A dash or an empty name is nobody, and no origin either."""
    assert lineage([told("A", Credit("—"), Credit("")), told("B", Credit("—"))]) == Lineage(2)
