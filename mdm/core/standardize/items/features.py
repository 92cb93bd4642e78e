"""The technical properties that texts about items state in passing: threads, sizes, voltages, standards, packs."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache

from mdm.core.standardize.items.terms import property_of
from mdm.core.standardize.tables import read_table
from mdm.core.standardize.text import latin

Found = Iterable[tuple[str, str]]  # kind, value
Reader = Callable[[re.Match[str]], Found]

CAPITAL_MICRO = "\u039cM"  # what becomes of µm in capitals
DIAMETER = "dm"  # how its sign is read
LETTER_O_SIGN = re.compile(r"\bo(?=\d)")  # what others make of the sign
LETTER_O = re.compile(r"(?<=\d)o(?=\d|\b)|(?<=\bm)o(?=\d)")  # typed for a zero
DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
THOUSANDS = re.compile(r"\b([1-9]\d{0,2})\.(\d{3})(?= ?(?:mm|v|rpm|min|u/min)\b)")
TIMES = re.compile(r"(?<=[\dm\"]) ?[x*] ?(?=\d)")
SIGNS = str.maketrans(
    dict.fromkeys("øØ⌀", f" {DIAMETER} ")
    | {"×": "x", "°": " deg", "″": '"', "”": '"', "²": "2", "³": "3"}
    | dict.fromkeys("µμ", "u")
)
NUMBER = r"\d+(?:\.\d+)?"
NUMBERS = re.compile(NUMBER)
SIDE = re.compile(rf"({NUMBER}) ?([mc]?m)?")
FINEST_PITCH = Decimal("0.25")  # of the diameter: what follows a thread's x is a pitch up to here, else a length
BODIES = ("iso", "iec", "en", "din", "vde", "ansi", "astm", "jis")  # of those named together, the first one counts
MEASURES = {
    name: (kind, Decimal(str(factor)))
    for kind, units in read_table("measures").items()
    for name, factor in units.items()
}


def features_of(text: str) -> tuple[frozenset[str], str]:
    """Return the properties that a text states, as `kind=value`, and what is left of it."""
    rest = LETTER_O_SIGN.sub(f" {DIAMETER} ", latin(text.replace(CAPITAL_MICRO, "uM").translate(SIGNS)))
    rest = DECIMAL_COMMA.sub(".", LETTER_O.sub("0", rest))
    rest = TIMES.sub("x", THOUSANDS.sub(r"\1\2", rest))
    found: Counter[str] = Counter()
    for pattern, read in _patterns():
        rest = pattern.sub(lambda match, read=read: _take(match, read, found), rest)  # type: ignore[misc]
    return frozenset(
        name if at == 1 else f"{name}*{at}" for name, times in found.items() for at in range(1, times + 1)
    ), rest


def plain(number: Decimal) -> str:
    """Return a number without the zeros that say nothing."""
    return format(number.normalize(), "f")


def _take(match: re.Match[str], read: Reader, found: Counter[str]) -> str:
    found.update({f"{kind}={value}" for kind, value in read(match)})
    return " "


def _decimal(text: str) -> Decimal:
    """Read a number or a fraction such as 3/4, 1 1/2 and 1-1/2."""
    whole, _, fraction = text.replace("-", " ").rpartition(" ")
    above, _, below = fraction.partition("/")
    return Decimal(whole or 0) + Decimal(above) / (Decimal(below or 1) or 1)


def _thread(match: re.Match[str]) -> Found:
    """Read M8, M8x40, M8x1 and M8x1x40: a small second number is the pitch."""
    diameter, *rest = (Decimal(part) for part in match.groups() if part)
    yield "thread", f"m{plain(diameter)}"
    if rest and rest[0] <= FINEST_PITCH * diameter:
        yield "pitch", plain(rest.pop(0))
    if rest:
        yield "length", plain(rest[-1])


def _pipe_thread(match: re.Match[str]) -> Found:
    yield "thread", f"g{plain(_decimal(match[1] or match[2]))}"


def _trapezoidal(match: re.Match[str]) -> Found:
    yield "thread", f"tr{match[1]}x{match[2]}"


def _size(match: re.Match[str]) -> Found:
    """Read 60x40x4 mm and 500 mm x 50 m in millimetres."""
    sides = SIDE.findall(match[0])
    last = sides[-1][1] or "mm"
    yield "size", "x".join(plain(Decimal(side) * MEASURES[unit or last][1]) for side, unit in sides)


def _cores(match: re.Match[str]) -> Found:
    yield "cores", match[1]
    yield "section", plain(Decimal(match[2] or match[3]))


def _quantity(match: re.Match[str]) -> Found:
    kind, factor = MEASURES[match["unit"]]
    for number in NUMBERS.findall(match["numbers"]):
        yield kind, plain(Decimal(number) * factor)


def _voltage(match: re.Match[str]) -> Found:
    yield from _quantity(match)
    if match["supply"]:
        yield "supply", match["supply"]


def _standard(match: re.Match[str]) -> Found:
    """Read DIN 933, DIN EN ISO 4017 and ISO 4017:2015, those that replaced each other as one."""
    body = next(name for name in BODIES if name in match["bodies"])
    number = f"{body}{match['number']}" + (f"-{match['part']}" if match["part"] else "")
    yield "standard", _successors().get(number, number)


def _material(match: re.Match[str]) -> Found:
    """Read a material's number or short name; those of one material are one."""
    known = property_of(match[1])
    yield "material", known.partition("=")[2] if known else match[1].replace("-", "")


def _number(kind: str) -> Reader:
    """Return a reader of the number in a pattern's only group."""
    return lambda match: [(kind, plain(_decimal(match[1])))]


def _letters(kind: str) -> Reader:
    """Return a reader of what stands in the one of a pattern's groups that fits."""
    return lambda match: [(kind, next(group for group in match.groups() if group).replace(" ", ""))]


def _equation(match: re.Match[str]) -> Found:
    yield match[1], plain(Decimal(match[2]))


@cache
def _successors() -> dict[str, str]:
    return {old: new for new, olds in read_table("standards").items() for old in olds.split()}


# What is looked for, in this order; what is found is taken out of the text. ^ is an edge before, $ one behind.
WRITTEN: tuple[tuple[str, Reader], ...] = (
    (
        r"^(?P<bodies>(?:(?:BODY)[ ;,:-]{0,2})+)(?P<number>\d{2,6})(?:-(?P<part>\d{1,2})(?![.\d]))?(?::\d{4})?$",
        _standard,
    ),
    (r"^(1\.\d{4})$", _material),
    (r"^(en-?gj[lsmv]w?-?\d{3}(?:-\d+)?)$", _material),
    (r"^(\d{1,3}(?:cr|mn|ni|mo|si|smn|nicr|crmo)[a-z]*\d[a-z0-9-]*)$", _material),
    (r"^(\d{1,2}) ?(?:[xg] ?(NUMBER) ?(?:mm2|qmm)|g ?(NUMBER))$", _cores),
    (r"^(?<!/)(?<!\d )m ?(\d{1,3}(?:\.\d)?)(?:x(NUMBER))?(?:x(NUMBER))?(?: ?mm)?$", _thread),
    (r"^(?:g|r|rp|rc|bsp|npt) ?(\d{1,2}/\d{1,2}|\d[ -]\d/\d{1,2}|\d(?=\"))\"?$", _pipe_thread),
    (r"^(\d+/\d+)\" ?(?:npt|bsp|ig|ag)$", _pipe_thread),
    (r"^tr ?(\d+)x(\d+)$", _trapezoidal),
    (r"^(?:\d ?x ?)?(?P<numbers>NUMBER(?:[/-]NUMBER)?) ?(?P<unit>k?v) ?(?P<supply>[ad]c)?$", _voltage),
    (r"^(?:d ?= ?)?NUMBER(?: ?[mc]?m)?(?:xNUMBER(?: ?[mc]?m)?){1,3}$", _size),
    (r"^(?:dm|dia|durchmesser|d) ?[=:]? ?(NUMBER)(?: ?mm)?$", _number("diameter")),
    (r"^(?:l|lg|lange|length) ?[=:] ?(NUMBER)(?: ?mm)?$", _number("length")),
    (r"^([a-z]{1,2}) ?= ?(NUMBER)(?: ?mm)?$", _equation),
    (r"^dn ?(\d+)$", _number("dn")),
    (r"^pn ?(\d+)$", _number("pn")),
    (r"^ip ?(\d\d[a-z]?)$", _letters("ip")),
    (r"^ral ?-?(\d{4})$", _letters("ral")),
    (r"^sw ?(\d+)$", _number("sw")),
    (r"^(?:nut|slot) ?(\d{1,2})$", _number("slot")),
    (r"^(\d) ?-?(?:k|komponenten?|components?)$", _number("components")),
    (r"^iso ?-?vg ?(\d+)$", _number("viscosity")),
    (r"^(\d+) ?(?:sh|shore)[. -]?a?$", _number("shore")),
    (r"^(\d+) ?hv$", _number("hardness")),
    (
        r"^(?:ve|vpe|pu|(?:box|pack|carton|set) of|(?:karton|pack|box) (?:a|zu)) ?[=:]? ?(\d+)(?: (?:stk?|pcs))?$",
        _number("pack"),
    ),
    (r"^(?:gr|grosse|size)[. ] ?(x{0,3}[sml]|x{1,3}l|\d{1,2})$", _letters("letters")),
    (r"^(x{1,3}[sl])$", _letters("letters")),
    (r"^([4-9]\.[68]|1[02]\.9)$", _letters("grade")),
    (r"^(a[24])(?:-[5678]0)?$", _letters("grade")),
    (r"^(\d+[ -]\d+/\d+|\d+/\d+|NUMBER) ?(?:\"|zoll|inch|in)$", _number("inch")),
    (r"^(?P<numbers>NUMBER(?:(?:[/-]|\.\.\.?)NUMBER)*) ?(?P<unit>UNIT)$", _quantity),
)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Reader], ...]:
    units = "|".join(sorted(map(re.escape, MEASURES), key=len, reverse=True))
    named = {"NUMBER": NUMBER, "UNIT": units, "BODY": "|".join(BODIES)}

    def compiled(written: str) -> re.Pattern[str]:
        for name, meaning in named.items():
            written = written.replace(name, f"(?:{meaning})")
        return re.compile(rf"(?<![a-z0-9.])(?<!\d/){written[1:-1]}(?![a-z0-9])")

    return tuple((compiled(written), read) for written, read in WRITTEN)
