"""What two names of organisations are to each other."""

import pytest

from mdm.core.matching.frequencies import Frequencies
from mdm.core.matching.names import LABELS, name_comparison

COMMON = "metal metall metallbau maschinenbau logistics steel engineering international"
FREQUENCIES = Frequencies.of(dict.fromkeys(COMMON.split(), 0.01) | {"and": 0.3, "gmbh": 0.3}, unlisted=0.0003)
compare = name_comparison(frequencies=FREQUENCIES, telling=["holding", "immobilien"])


def kind(left: str, right: str) -> str:
    return LABELS[compare([left], [right])[0]]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("zorvex metal", "zorvex metal"),
        ("zorvex metal", "metal zorvex"),  # word order
        ("zorvex metall bau", "zorvex metallbau"),  # one word or two
        ("zorvex zorvex", "zorvex"),
    ],
)
def test_names_of_the_same_words_are_identical(left: str, right: str) -> None:
    assert kind(left, right) == "identical"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("zorvex metal", "zorwex metal"),  # one letter
        ("mueller zorvex", "muller zorvex"),  # another spelling
        ("petrov stroi", "petroff stroy"),  # another transliteration
        ("zorvex engineering", "zorvex enginering"),
        ("zorvex engineering", "zorvex eng"),  # cut off
        ("zorvex international", "zorvex intl"),  # consonants
        ("john zorvex steel", "j zorvex steel"),  # initial
        ("zorvex and steel", "zorvex steel"),  # a word that says nothing
        ("zorvexmetallbau", "zorvex metalbau"),
    ],
)
def test_misspelt_and_shortened_names_are_similar(left: str, right: str) -> None:
    assert kind(left, right) == "similar"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("zorvex metallbau", "zorvex", "contained"),
        ("zorvex holding", "zorvex", "related"),  # a word that tells relatives apart
        ("zorvex holding", "zorvex holding metal", "contained"),
        ("zorvex logistics", "zorvex steel", "related"),
        ("zorvex metallbau berlin", "zorvex metallbau dresden", "related"),
        ("allied bearing company", "abc", "acronym"),
        ("zorvex allied bearing company", "zorvex abc", "acronym"),
        ("nova", "novatec", "different"),  # a beginning alone shortens nothing
        ("zorvex", "quandil", "different"),
        ("metal quandil", "metal zorvex", "different"),  # a common word in common makes no relatives
        ("werk 1", "werk 2", "related"),
        ("kaya", "maya", "different"),  # short words keep their first letter
        ("and", "quandil", "different"),
    ],
)
def test_other_names_are_told_apart(left: str, right: str, expected: str) -> None:
    assert kind(left, right) == expected
    assert kind(right, left) == expected


def test_best_pair_of_several_names_counts() -> None:
    assert compare(["quandil", "zorvex metal"], ["brandon", "metal zorvex"])[0] == LABELS.index("identical")


def test_bits_are_those_of_the_words_in_common() -> None:
    bits = FREQUENCIES.of_word
    assert compare(["zorvex metal"], ["metal zorvex"])[1] == pytest.approx(bits("zorvex") + bits("metal"))
    assert compare(["zorvex metal"], ["zorvex"])[1] == pytest.approx(bits("zorvex"))
    assert compare(["zorvex metal"], ["zorwex metal"])[1] == pytest.approx(0.9 * bits("zorvex") + bits("metal"))
