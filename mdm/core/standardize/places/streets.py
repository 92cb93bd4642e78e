"""Street lines taken apart: street, house number, post-office box."""

import re
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from mdm.core.standardize.places.street_types import GERMAN, StreetTypes, street_types
from mdm.core.standardize.standard import CACHED
from mdm.core.standardize.text import APOSTROPHES, latin, words

NUMBER = (
    r"\d{1,5}(?: ?[a-z](?![a-z.]))?(?: ?[-/+] ?(?:\d{1,5}[a-z]?|[a-z])(?![a-z0-9]))*(?: (?:bis|ter|quater)(?![a-z]))?"
)
FIRST_NUMBER = r"\d{1,5}(?: ?[-/] ?\d{1,5})*[a-z]?(?: ?(?:bis|ter|quater)\b)?(?: [a-d](?= ))?"
MARK = r"(?:n[or]?[.:°]? ?:? ?|num\.? ?|nr\.? ?|# ?)?"
LAST = re.compile(rf"^(?P<street>.*?[a-z.].*?)(?:,| |(?<=[.]))\s*{MARK}(?P<number>{NUMBER})$")
FIRST = re.compile(rf"^{MARK}(?P<number>{FIRST_NUMBER})(?:,\s*|\s+)(?P<street>.*[a-z].*)$")
NUMBER_ALONE = re.compile(NUMBER)
NUMBER_LETTER = re.compile(r"(?<=\d)[/-](?=[a-z]$)")  # 12/A is 12a
CZECH_NUMBER = re.compile(r"\bc\.? ?p\.? ?(?=\d)")  # číslo popisné, elsewhere the box of a post office
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
BLOCK = re.compile(r"(?:丁目|番地|番|号|の|[-‐‑–—ー−])")
BLOCKS = re.compile(r"\d+(?:-\d+)*(?=\D*$)")
ROMAN_BLOCKS = re.compile(r"(?<!\d)(\d{1,3}(?:-\d{1,4}){1,2})(?!\d)")
BOX_WORDS = (
    r"p\.? ?o\.? ?box", r"post(?:al)?(?: office)? ?box", "postfach", "postbus", "postboks", "boite postale",
    "casella postale", "apartado(?: de correos| postal)?", r"apdo\.?(?: de correos)?",
    r"skr(?:ytka|\.) ?poczt(?:owa|\.)", "caixa postal", r"p\.? ?k\.?", r"t\.? ?th\.?", r"^b\.? ?p\.?", r"^c\.? ?p\.?",
)  # fmt: skip
BOX = re.compile(rf"(?:^|[,\s])(?:{'|'.join(BOX_WORDS)})\s*(?:n[or]?\.?:? ?)?(?P<box>\d[\d ]{{0,10}})(?![a-z\d])")
UNIT = (
    "(?:unit|suite|ste|apt|apartment|flat|floor|room|rm|building|bldg|block|halle|gebaude|geb|etage|stock|tor|bat|batiment"
    "|int|interno|scala|piso|local|nave|lokal|lok|m|kat|daire)"
)
UNIT_BEFORE = re.compile(rf"^{UNIT}\.? ?[\w-]{{1,6}} ?, ?")
UNIT_BEHIND = re.compile(
    rf"(?:,|(?<=\d)|(?<=\d[a-z]))\s*(?:{UNIT}\.? ?#?[\w-]{{0,6}}|#\s?\w+|\d{{1,2}}\. ?(?:og|ug|stock|etage|kat))$"
    r"|(?:,|\s)\s*(?:suite|ste|apt|unit|room|rm|floor|fl|bldg)\b\.? ?#?(?:\d[\w-]{0,5}|[a-z])$"  # Main St Suite 5
    r"|(?<=\d),? \d{1,2} ?[oa](?:[ ,.]{0,2}(?:[a-z]|izq|izda|dcha|centro))?$"  # Mayor 5, 2º B
    r"|(?:[ ,/]+(?:d|daire|k|kat)[:. ]+\d{1,3})+$"  # Caddesi No:5 Kat:2 D:3
    r"|[, ]\s*(?:s/n|snc|s\.n\.c?\.?)$"  # without a number
)
CZECH = frozenset(["CZ", "SK"])
LONGEST_LINE = 200  # nothing longer is a street, nor worth the time of the expressions


class Street(NamedTuple):
    """A street line in the form for comparing; "" where there is nothing."""

    name: str
    number: str
    box: str


@lru_cache(CACHED)
def split_street(text: str, country: str) -> Street:
    """Take a street line apart; `country` decides on which side its number stands, "" if unknown."""
    if not text:
        return Street("", "", "")
    if len(text) > LONGEST_LINE:
        return Street(plain_place(text, country), "", "")
    if country == "JP" or (not country and JAPANESE.search(text)):
        return _japanese(text)
    line = " ".join(latin(text).translate(APOSTROPHES).split())
    if country in CZECH:
        line = CZECH_NUMBER.sub("", line)
    line, box = _without_box(line)
    line = UNIT_BEHIND.sub("", UNIT_BEFORE.sub("", line)) or line
    if NUMBER_ALONE.fullmatch(line):
        return Street("", house_number(line), box)
    types = street_types(country)
    found = next(
        (f for form in ((FIRST, LAST) if types.number_first else (LAST, FIRST)) if (f := form.match(line))), None
    )
    number = house_number(found["number"]) if found else ""
    return Street(street_name(found["street"] if found else line, types, country), number, box)


def house_number(text: str) -> str:
    """Return a house number without blanks, in lower case."""
    return NUMBER_LETTER.sub("", latin(text).replace(" ", "").strip(".,:"))


def post_box(text: str) -> str:
    """Return the number of a post-office box that a line names, "" if none."""
    return _without_box(latin(text))[1]


def plain_place(text: str, country: str) -> str:
    """Return the words of a street or city; umlauts written out or not are the same in German."""
    found = " ".join(words(text))
    return found.replace("ae", "a").replace("oe", "o").replace("ue", "u") if country in GERMAN else found


def street_name(line: str, types: StreetTypes, country: str) -> str:
    """Return the words of a street with its type written out."""
    for ending, full in types.endings:
        line = ending.sub(full, line)
    name = f" {plain_place(line, country)} "
    for short, full in types.starts:
        if name.startswith(short) and len(name) > len(short):
            name = full + name[len(short) :]
            break
    first, _, rest = name[1:].partition(" ")
    rest = f" {rest}"
    for short, full in types.inner:
        rest = rest.replace(short, full)
    return _joined(f"{first}{rest}".split(), types)


def _joined(name: list[str], types: StreetTypes) -> str:
    if types.joined and len(name) > 1 and name[-1] in types.joined:
        name[-2:] = ["".join(name[-2:])]
    return " ".join(name)


def _without_box(line: str) -> tuple[str, str]:
    found = BOX.search(line)
    if not found:
        return line, ""
    return (line[: found.start()] + line[found.end() :]).strip(" ,;-"), found["box"].replace(" ", "")


def _japanese(text: str) -> Street:
    """Take apart a town and its block numbers, whatever the order and script: 芝3丁目12番4号, 3-12-4 Shiba."""
    plain = normalize("NFKC", text)
    if JAPANESE.search(plain):
        line = BLOCK.sub("-", plain).strip("- ")
        found = BLOCKS.search(line)
        name = line[: found.start()] if found else line
        return Street(" ".join(words(name)), found[0] if found else "", "")
    found = ROMAN_BLOCKS.search(plain)
    name = plain[: found.start()] + " " + plain[found.end() :] if found else plain
    return Street(" ".join(words(name)), found[1] if found else "", "")
