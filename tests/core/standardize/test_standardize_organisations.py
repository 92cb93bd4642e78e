"""Names of organisations: what is left without the legal form, and what the form is called."""

import pytest

from mdm.core.standardize import STANDARDIZERS, Context

organisation_name = STANDARDIZERS["organisation_name"]


def split(name: str) -> tuple[str, str]:
    std = organisation_name(name, Context()).std
    return std["core"], std["form"]


@pytest.mark.parametrize(
    ("name", "core", "form"),
    [
        ("Müller GmbH & Co. KG", "muller", "gmbh co kg"),
        ("FOO MBH & CO.KG", "foo", "gmbh co kg"),
        ("Foo GmbH u. Co. KG", "foo", "gmbh co kg"),
        ("Foo Gesellschaft mit beschränkter Haftung", "foo", "gmbh"),
        ("Metallbau-Gesellschaft mbH", "metallbau", "gmbh"),
        ("Meier & Sohn GmbH", "meier sohn", "gmbh"),
        ("Meier & Co. AG", "meier", "ag"),
        ("Bäckerei Schmidt e.K.", "backerei schmidt", "ek"),
        ("Foo UG (haftungsbeschränkt)", "foo", "ug"),
        ("Weiß Maschinenbau KG", "weiss maschinenbau", "kg"),
        ("E.ON SE", "e on", "se"),
        ("Rossi S.p.A.", "rossi", "spa"),
        ("Bianchi S.r.l.", "bianchi", "srl"),
        ("SARL Dupont et Fils", "dupont fils", "sarl"),
        ("Société Générale SA", "societe generale", "sa"),
        ("L'Oréal S.A.S.", "loreal", "sas"),
        ("SCI du Lac", "du lac", "sci"),
        ("Smith & Co Ltd", "smith", "ltd"),
        ("Smith and Company Limited", "smith", "ltd"),
        ("Tesco PLC", "tesco", "plc"),
        ("Procter + Gamble Inc.", "procter gamble", "inc"),
        ("Sony Corporation", "sony", "corp"),
        ("Acme, L.L.C.", "acme", "llc"),
        ("Philips B.V.", "philips", "bv"),
        ("Unilever N.V.", "unilever", "nv"),
        ("Volvo AB", "volvo", "ab"),
        ("Vestas A/S", "vestas", "as"),
        ("Lego ApS", "lego", "aps"),
        ("Nokia Oyj", "nokia", "oyj"),
        ("Kone Oy", "kone", "oy"),
        ("Orlen Sp. z o.o.", "orlen", "sp z oo"),
        ("Łódź Stal Spółka z ograniczoną odpowiedzialnością", "lodz stal", "sp z oo"),
        ("Škoda s.r.o.", "skoda", "sro"),
        ("ČEZ a.s.", "cez", "as"),
        ("Mol Kft.", "mol", "kft"),
        ("Krka d.o.o.", "krka", "doo"),
        ("Cemex S.A. de C.V.", "cemex", "sa de cv"),
        ("Telefónica S.L.", "telefonica", "sl"),
        ("Galp Lda", "galp", "lda"),
        ("BHP Pty Ltd", "bhp", "pty ltd"),
        ("Infosys Pvt. Ltd.", "infosys", "pvt ltd"),
        ("Apple Inc. (USA)", "apple usa", "inc"),
    ],
)
def test_a_legal_form_in_latin_script_is_told_from_the_name(name: str, core: str, form: str) -> None:
    assert split(name) == (core, form)


@pytest.mark.parametrize(
    ("name", "core", "form"),
    [
        ("ООО «Ромашка»", "romashka", "ooo"),
        ("Общество с ограниченной ответственностью Ромашка", "romashka", "ooo"),
        ("АО Вектор", "vektor", "ao"),
        ("Алфа ЕООД", "alfa", "eood"),
        ("Бета ООД", "beta", "ood"),
        ("Гама ЕАД", "gama", "ead"),
        ("България Стил АД", "balgariya stil", "ad"),
        ("ΔΕΗ Α.Ε.", "dei", "sa"),
        ("Παπαδόπουλος Ε.Π.Ε.", "papadopoulos", "epe"),
        ("Yılmaz Ltd. Şti.", "yilmaz", "ltd sti"),
        ("DİYARBAKIR ÇELİK A.Ş.", "diyarbakir celik", "as"),
        ("トヨタ株式会社", "toyota", "kk"),
        ("(株)トヨタ", "toyota", "kk"),
        ("トヨタ㈱", "toyota", "kk"),
        ("有限会社トヨタ", "toyota", "yk"),
        ("合同会社アマゾン", "amazon", "gk"),
        ("Toyota Kabushiki Kaisha", "toyota", "kk"),
        ("华为有限公司", "huawei", "ltd"),
    ],
)
def test_a_legal_form_in_another_script_is_told_from_the_name(name: str, core: str, form: str) -> None:
    assert split(name) == (core, form)


@pytest.mark.parametrize("name", ["GmbH", "Ltd", "S.A.", "株式会社", "UG (haftungsbeschränkt)"])
def test_a_name_of_nothing_but_a_form_stays_whole(name: str) -> None:
    core, form = split(name)
    assert core
    assert form == ""


@pytest.mark.parametrize(
    "name", ["Müller & Weber KG", "Müller und Weber KG", "MÜLLER+WEBER K.G.", "Müller  and Weber KG"]
)
def test_the_words_for_and_make_no_difference(name: str) -> None:
    assert split(name) == ("muller weber", "kg")


@pytest.mark.parametrize("name", ["ABC GmbH", "A.B.C. GmbH", "A B C GmbH", "ＡＢＣ ＧｍｂＨ"])
def test_the_letters_of_an_acronym_stand_together(name: str) -> None:
    assert split(name) == ("abc", "gmbh")


@pytest.mark.parametrize("name", ["Foo GmbH i.L.", "Foo GmbH in Liquidation", "Foo GmbH"])
def test_liquidation_is_no_part_of_the_name(name: str) -> None:
    assert split(name) == ("foo", "gmbh")


@pytest.mark.parametrize("name", ["AG Chemie", "Mobil Group", "Sekt Ag. Rhein"])
def test_short_words_that_may_be_something_else_stay_in_the_name(name: str) -> None:
    assert split(name)[1] == ""


def test_the_published_name_is_cleaned_but_not_folded() -> None:
    assert organisation_name("  Müller\x00 \u200bGmbH\n& Co.\tKG ", Context()).value == "Müller GmbH & Co. KG"


@pytest.mark.parametrize("name", ["N/A", "unknown", "Unbekannt", "n.a.", "TBD"])
def test_a_placeholder_is_kept_but_not_compared(name: str) -> None:
    standard = organisation_name(name, Context())
    assert (standard.value, standard.std) == (name, None)
    assert [finding.code for finding in standard.findings] == ["placeholder"]
