"""What happens to the words, numbers, units and weights of items between a data sheet and a data base."""

import re
from collections.abc import Callable
from random import Random

from mdm.demo.dirt import folded, typo, wrong_digit

UNITS = {
    "erp": {
        "ST": ("ST",), "M": ("M",), "KG": ("KG",), "L": ("L",), "PAA": ("PAA",), "CT": ("KAR", "CT"), "PX": ("PAL",),
    },
    "plm": {
        "ST": ("PCE", "EA", "pcs", "Stk", "each"), "M": ("m", "M", "MTR"), "KG": ("kg", "KGM"), "L": ("l", "LTR", "L"),
        "PAA": ("pair", "PR"), "CT": ("CT",), "PX": ("PX",),
    },
    "mes": {"ST": ("H87", "PCE", "ST"), "M": ("MTR",), "KG": ("KGM",), "L": ("LTR",), "PAA": ("NPR", "PR")},
    "wms": {
        "ST": ("PCE", "EA", "Stück", "STK"), "M": ("M", "Meter"), "KG": ("KG", "kg"), "L": ("L", "Liter"),
        "PAA": ("Paar", "PAA"), "CT": ("CTN", "Karton"), "PX": ("PAL",),
    },
}  # fmt: skip
NO_PART = ("n/a", "-", "DIVERSE", "siehe Text", "NORMTEIL", "0815", "unbekannt", "XXX")
NO_GTIN = ("0000000000000", "n/a", "9999999999999", "kein EAN")
SLIPS: tuple[Callable[[Random, str], str], ...] = (
    lambda rng, text: re.sub(r"(?<=\d)x(?=\d)", rng.choice((" x ", "X", "*", " X ")), text),
    lambda _, text: re.sub(r"(?<=\d),(?=\d)", ".", text),
    lambda _, text: re.sub(r"(?<=\d) (?=(?:kW|V|mm|bar|l|ml|µm|Hz)\b)", "", text),
    lambda _, text: re.sub(r"\b(DIN|ISO|EN|RAL|DN|PN) ?(?=\d)", r"\1", text),
    lambda _, text: re.sub(r"\b(DN|PN|M)(?=\d)", r"\1 ", text),
    lambda _, text: text.replace("Ø", ""),
    lambda _, text: text.replace("Ø", "D="),
    lambda _, text: re.sub(r"^(\S+) (.*?)((?:DIN|ISO|EN) \d\S*)", r"\3 \1 \2", text),
    lambda rng, text: text.replace(" ", rng.choice((", ", "; ", " - ")), 1),
)


def written(rng: Random, text: str, *, careless: float) -> str:
    """Return a description as somebody types it from a data sheet."""
    for slip in SLIPS:
        if rng.random() < 0.09:
            text = slip(rng, text)
    if rng.random() < careless:
        text = _misspelt(rng, text)
    if rng.random() < careless * 0.15:
        text = text.replace("0", "O", 1)
    return " ".join(text.split())


def _misspelt(rng: Random, text: str) -> str:
    """Return the text with a slip in one of its words, not in its numbers."""
    words = text.split()
    long = [at for at, word in enumerate(words) if len(word) > 5 and word.isalpha()]
    if long:
        at = rng.choice(long)
        words[at] = typo(rng, words[at])
    return " ".join(words)


def capitals(rng: Random, text: str, *, length: int) -> str:
    """Return a description in capitals cut to a length, squeezed first if it is too long."""
    text = text.upper()
    if rng.random() < 0.5:
        text = folded(rng, text)
    if len(text) > length:
        text = re.sub(r"\b(DIN|ISO|EN|RAL) (?=\d)", r"\1", text)
        text = re.sub(r"(?<=\d) (?=(?:KW|V|MM|BAR|L|ML|HZ)\b)", "", text)
    return text[:length].strip()


def part_as_written(rng: Random, part: str, brand: str) -> str:
    """Return a part number as somebody writes it."""
    dice = rng.random()
    ways: tuple[tuple[float, Callable[[], str]], ...] = (
        (0.7, lambda: part),
        (0.8, lambda: re.sub("[-./ ]", "", part)),
        (0.88, lambda: re.sub("[-./]", " ", part)),
        (0.92, part.lower),
        (0.96, lambda: f"{brand} {part}"),
        (0.98, lambda: part.replace("0", "O", 1) if "0" in part else part.replace("O", "0", 1)),
        (1.0, lambda: f"{part} " + rng.choice(("(alt)", "neu", "Rev.B"))),
    )
    return next(way() for limit, way in ways if dice < limit)


def gtin_as_written(rng: Random, gtin: str, carton: str | None) -> str:
    """Return a GTIN with or without leading zeros; now and then a wrong one, or that of the carton."""
    dice = rng.random()
    if dice < 0.008:
        return rng.choice(NO_GTIN)
    if dice < 0.02:
        return wrong_digit(rng, gtin)
    if dice < 0.03 and carton:
        return carton
    if gtin.startswith("0") and dice < 0.6:
        return gtin[1:]
    return gtin.zfill(14) if dice > 0.85 else gtin


def unit_as_written(rng: Random, unit: str, system: str) -> str:
    """Return a unit by the code or the word a system has for it, its first one more often."""
    known = UNITS[system][unit]
    return known[0] if rng.random() < 0.5 else rng.choice(known)


def mass_as_written(rng: Random, mass: float, *, grams: float) -> tuple[str, str]:
    """Return a weight in kg or g, as exactly as somebody weighs."""
    mass *= rng.choice((1, 1, 1, 0.97, 1.02, 1.1))
    if mass < 1 and rng.random() < grams:
        return f"{mass * 1000:.1f}".rstrip("0").rstrip(".") or "0", "g"
    return f"{mass:.4f}".rstrip("0").rstrip("."), "kg"
