"""What happens to text between a business card and a data base."""

import re
from random import Random

from anyascii import anyascii

from mdm.demo.country import Country, Place

NEIGHBOURS = {
    "a": "sqwz", "b": "vnhg", "c": "xvdf", "d": "sfec", "e": "wrds", "f": "dgrv", "g": "fhtb", "h": "gjyn", "i": "uokj",
    "j": "hkum", "k": "jlio", "l": "kop", "m": "njk", "n": "bmhj", "o": "iplk", "p": "ol", "q": "wa", "r": "etdf",
    "s": "adwx", "t": "rygf", "u": "yijh", "v": "cbfg", "w": "qesa", "x": "zcsd", "y": "tuhg", "z": "xas",
}  # fmt: skip
WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
AND = {"DE": "und", "EN": "and", "IT": "e", "FR": "et", "ES": "y", "PL": "i", "CS": "a", "TR": "ve"}
EXONYMS = {
    "München": "Munich", "Köln": "Cologne", "Nürnberg": "Nuremberg", "Frankfurt am Main": "Frankfurt", "Wien": "Vienna",
    "Zürich": "Zurich", "Genève": "Geneva", "Milano": "Milan", "Torino": "Turin", "Roma": "Rome", "Firenze": "Florence",
    "Napoli": "Naples", "Padova": "Padua", "Reggio nell'Emilia": "Reggio Emilia", "Warszawa": "Warsaw",
    "Kraków": "Cracow", "Praha": "Prague", "Plzeň": "Pilsen", "Sevilla": "Seville", "San Sebastián": "Donostia",
    "Athina": "Athens", "Thessaloniki": "Salonica", "Peiraias": "Piraeus", "Patra": "Patras", "İstanbul": "Istanbul",
    "Neustadt an der Weinstraße": "Neustadt/Weinstr.", "Bad Homburg vor der Höhe": "Bad Homburg v.d.H.",
    "Klagenfurt am Wörthersee": "Klagenfurt", "Biel/Bienne": "Biel", "Vitoria-Gasteiz": "Vitoria",
}  # fmt: skip
PLACEHOLDERS = {
    "phone": ("000000", "0", "+49 000 000000", "123456789", "n/a"),
    "email": ("noemail@example.com", "keine@angabe.de", "na@na.com", "none@none.com"),
    "vat_id": ("N/A", "unknown", "DE999999999", "000000000", "XX"),
}


def typo(rng: Random, text: str) -> str:
    """Return the text with one slip of the fingers in its letters."""
    places = [at for at, letter in enumerate(text) if letter.isalpha()]
    if len(places) < 4:
        return text
    at = rng.choice(places[1:])
    kind, letter = rng.random(), text[at]
    if kind < 0.28:
        return text[:at] + text[at + 1 :]
    if kind < 0.48:
        return text[:at] + letter.lower() + text[at:]
    if kind < 0.76:
        slip = rng.choice(NEIGHBOURS.get(letter.lower(), letter))
        return text[:at] + (slip.upper() if letter.isupper() else slip) + text[at + 1 :]
    if at + 1 < len(text) and text[at + 1].isalpha():
        return text[:at] + text[at + 1] + letter + text[at + 2 :]
    return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]


def folded(rng: Random, text: str) -> str:
    """Return the text without accents, umlauts written out or dropped; other scripts stay."""
    if text.isascii() or any(letter >= "\u0370" for letter in text):
        return text
    return anyascii(text.translate(WRITTEN_OUT) if rng.random() < 0.7 else text)


def shortened(rng: Random, words: list[str]) -> list[str]:
    """Return the words with a long one cut to an abbreviation."""
    long = [at for at, word in enumerate(words) if len(word) > 8 and word.isalpha()]
    if not long:
        return words
    at = rng.choice(long)
    return [*words[:at], words[at][: rng.choice((3, 4, 5, 6))] + ".", *words[at + 1 :]]


def conjunction(rng: Random, words: list[str], country: Country) -> list[str]:
    """Return the words with the ampersand written otherwise."""
    other = rng.choice(
        (
            AND.get(country.language, "and"),
            "+",
            AND.get(country.language, "and"),
            "u." if country.language == "DE" else "&",
        )
    )
    return [other if word == "&" else word for word in words]


def street_as_written(rng: Random, street: str, country: Country, *, careless: float) -> str:
    """Return the street as somebody writes it."""
    if rng.random() < 0.35:
        for long, short in country.abbreviations:
            if long in street:
                street = street.replace(long, short)
                break
    dice = rng.random()
    if dice < 0.05:
        street = re.sub(
            r"(\d+)$", lambda found: found[1] + rng.choice(("a", " a", " b", "-" + str(int(found[1]) + 2))), street
        )
    elif dice < 0.08:
        street = re.sub(r",? (?:No: )?\d+$|^\d+,? ", "", street) if country.code != "JP" else street
    elif dice < 0.12:
        street = street.replace(", ", " ")
    return typo(rng, street) if rng.random() < careless * 0.5 else street


def city_as_written(rng: Random, city: str, *, careless: float) -> str:
    """Return the city as somebody writes it."""
    if city in EXONYMS and rng.random() < 0.22:
        return EXONYMS[city]
    return typo(rng, city) if rng.random() < careless * 0.25 else city


def code_as_written(rng: Random, place: Place, country: Country, *, careless: float) -> str:
    """Return the postal code as somebody writes it."""
    code, dice = place.code, rng.random()
    if dice < careless * 0.15:
        return rng.choice(place.city.codes)
    if dice < careless * 0.25 and code[-1].isdigit():
        return code[:-1] + str((int(code[-1]) + rng.randint(1, 9)) % 10)
    if dice > 0.97:
        return f"{country.code}-{code}" if country.code in ("DE", "AT", "CH", "IT", "FR", "CZ") else code
    return code.replace(" ", "") if dice > 0.85 else code


def phone_as_written(rng: Random, number: str, area: str, country: Country) -> str:
    """Return a national number in one of the ways people write it."""
    if not number.startswith(area):
        area = number[:3]
    rest = number[len(area) :]
    half = len(rest) // 2
    national, calling = country.trunk + area, country.calling
    return rng.choice(
        (
            f"+{calling} {area} {rest}",
            f"+{calling}{area}{rest}",
            f"00{calling} {area} {rest}" if calling != "1" else f"1-{area}-{rest[:3]}-{rest[3:]}",
            f"{national}/{rest}" if calling != "1" else f"({area}) {rest[:3]}-{rest[3:]}",
            f"{national} {rest}",
            f"({national}) {rest[:half]} {rest[half:]}",
            f"+{calling} ({country.trunk}){area} {rest[:half]}-{rest[half:]}"
            if country.trunk
            else f"+{calling} {area} {rest[:half]} {rest[half:]}",
            f"{national}-{rest}",
        )
    )


def vat_as_written(rng: Random, vat_id: str) -> str:
    """Return a VAT id compact, spaced, or without its prefix."""
    dice = rng.random()
    if dice < 0.6:
        return vat_id
    if dice < 0.8:
        return (
            f"{vat_id[:2]} {vat_id[2:]}"
            if not vat_id.startswith("CHE")
            else f"{vat_id[:3]}-{vat_id[3:6]}.{vat_id[6:9]}.{vat_id[9:12]} MWST"
        )
    if dice < 0.9:
        return f"{vat_id[:2]} {vat_id[2:5]} {vat_id[5:8]} {vat_id[8:]}".strip()
    return vat_id[2:] if vat_id[:2] in ("IT", "PL", "ES", "CZ") else vat_id.lower()


def wrong_digit(rng: Random, number: str) -> str:
    """Return the number with one digit mistyped, so that its check digit no longer fits."""
    at = rng.choice([at for at, sign in enumerate(number) if sign.isdigit()])
    return number[:at] + str((int(number[at]) + rng.randint(1, 9)) % 10) + number[at + 1 :]
