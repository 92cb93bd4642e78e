"""Texts about items: the properties that are read out of them, and the words by which things are known to everybody."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdm.core.standardize import STANDARDIZERS, Context
from mdm.core.standardize.tables import read_table


def read(text: str) -> dict[str, Any]:
    std: dict[str, Any] = STANDARDIZERS["item_text"](text, Context()).std
    return std


def features(text: str) -> set[str]:
    return set(read(text)["features"])


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("M8x40", {"thread=m8", "length=40"}),
        ("M 8 x 1,25 x 40 mm", {"thread=m8", "pitch=1.25", "length=40"}),
        ("M20x1,5", {"thread=m20", "pitch=1.5"}),
        ("M8X4O", {"thread=m8", "length=40"}),  # a letter typed for a zero
        ("5 m2", {"area=5"}),
        ('G1/2"', {"thread=g0.5"}),
        ("Tr20x4", {"thread=tr20x4"}),
        ("DIN 933", {"standard=iso4017"}),
        ("DIN EN ISO 4017:2015", {"standard=iso4017"}),
        ("ISO 4762-8.8", {"standard=iso4762", "grade=8.8"}),
        ("60 x 40 x 4 mm", {"size=60x40x4"}),
        ("500 mm x 2 m", {"size=500x2000"}),
        ("Ø 20", {"diameter=20"}),
        ("D=20 L=2000", {"diameter=20", "length=2000"}),
        ("1.450 rpm", {"speed=1450"}),
        ("400/690 V 50Hz 5,5kW", {"voltage=400", "voltage=690", "frequency=50", "power=5500"}),
        ("24 V DC", {"voltage=24", "supply=dc"}),
        ("3x400V", {"voltage=400"}),
        ("4G1,5 mm²", {"cores=4", "section=1.5"}),
        ("DN15 PN 16 IP65", {"dn=15", "pn=16", "ip=65"}),
        ("3/4 Zoll", {"inch=0.75"}),
        ("23 µm", {"micron=23"}),
        ("23 ΜM", {"micron=23"}),  # a Greek capital
        ("0,25 kg", {"mass=0.25"}),
        ("500 ml", {"volume=0.5"}),
        ("120 g/m2", {"grammage=120"}),
        ("RAL 9005", {"ral=9005"}),
        ("Karton a 100 Stk", {"pack=100"}),
        ("Gr. XL", {"letters=xl"}),
        ("S235JR", {"material=1.0038"}),
        ("EN-GJL-250", {"material=engjl250"}),
        ("i=20", {"i=20"}),
        ("6204-2RS1 C3", {"code=62042rs1", "code=c3"}),
        ("verzinkt rot links", {"finish=zinc", "colour=red", "side=left"}),
        ("zinc plated", {"finish=zinc"}),
        ("M12 Stecker M12", {"thread=m12", "thread=m12*2"}),
    ],
)
def test_properties_are_read_out_of_texts(text: str, stated: set[str]) -> None:
    assert features(text) == stated


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sechskantschraube DIN 933 M8x40 8.8 verzinkt", "HEX BOLT ISO4017 M8 X 40 8.8 ZINC-PLATED;"),
        ("SKT-SCHR DIN933 M8X40 8.8 VZ", "Hexagon screw DIN 933 M8x40 8.8 zinc-plated"),
        ("Rillenkugellager 6204-2RS1", "DEEP GROOVE BALL BEARING 6204.2RS1"),
        ("Drehstrommotor 5,5 kW 4-polig", "Drehstr-Motor 5.5KW 4P"),
    ],
)
def test_one_item_reads_the_same_in_german_english_and_capitals(one: str, other: str) -> None:
    assert (read(one)["core"], read(one)["features"]) == (read(other)["core"], read(other)["features"])


@pytest.mark.parametrize(
    ("one", "other"),
    [("M8x40", "M8x50"), ("24 V DC", "24 V AC"), ("60x40", "40x60"), ("1.4301", "1.4404"), ("PNP NO", "PNP NC")],
)
def test_variants_read_differently(one: str, other: str) -> None:
    assert features(one) != features(other)


def test_what_a_full_column_may_have_cut_off_is_not_read() -> None:
    text = "SECHSKANTSCHRAUBE DIN 933 8.8 VZNKT M8X4"
    assert len(text) == 40
    assert "thread=m8" not in features(text)
    assert "thread=m8" in features(text.lower())


def test_a_remark_at_the_end_is_not_part_of_the_name() -> None:
    assert read("Kugelhahn DN15 Messing ALT")["features"] == ["dn=15"]


def test_words_that_nobody_knows_may_be_names() -> None:
    assert read("Kugelhahn Bertini DN15")["unknown"] == "bertini"


def test_descriptions_are_read_by_language() -> None:
    found = STANDARDIZERS["item_description"]({"de": "Mutter M8", "en": "Nut M8"}, Context())
    assert found.value == {"de": "Mutter M8", "en": "Nut M8"}
    assert found.std["de"]["core"] == found.std["en"]["core"] == "nut"


def test_no_spelling_stands_for_two_things() -> None:
    table = read_table("item_terms")
    kinds = [table["words"], *table["features"].values()]
    spellings = Counter(
        spelling
        for kind in kinds
        for name, others in kind.items()
        for spelling in {*others.split(), *([] if " " in name else [name])}
    )
    assert [spelling for spelling, times in spellings.items() if times > 1] == []


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    found = STANDARDIZERS["item_text"](text, Context())
    assert found.std is None or all("=" in feature for feature in found.std["features"])
