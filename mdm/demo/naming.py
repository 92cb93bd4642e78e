"""Names of organisations, people, streets and web domains, composed with a long tail."""

import bisect
import re
from dataclasses import dataclass
from random import Random

from anyascii import anyascii

from mdm.demo.country import City, Country, Form, Pair


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


HEADS = _words("""
    Aero Agri Alpha Alu Ambi Aqua Arga Astra Audi Axi Beta Bio Cali Cara Celo Cera Chemo Cosmo Cryo Dela Dyna Eco Ener
    Ergo Euro Exa Fero Ferro Fibra Flexi Flui Futu Gala Geo Giga Glo Heli Hydra Icon Indu Inno Ion Iso Juno Kali Kera
    Kine Lami Levi Lino Lumi Luxa Macro Magna Mari Medi Mega Meta Micro Mira Multi Nano Nexa Niva Nova Octa Omni Opti
    Orbi Pana Penta Petra Plano Poly Prima Proto Pyro Quanta Radi Recti Robo Rota Saxa Sena Silva Sola Soni Stella
    Synta Tecto Tele Terra Thermo Titan Torqu Tria Turbo Ultra Vari Vega Vento Verti Vita Volta Xeno Zeta Zeno
""")
TAILS = _words("""
    bond cast cell chem cora cord dex dyn far fab fil flex flow form gard gen grip lab lan lex lift line link lok lon
    lux mac mark mat max met mix mont net nik nor pac par plan plast plex pol port press prime pro pur rex ron sen
    serv sol stat steel tech tek tex therm ton tool trak tron vac val vent vis vex weld works zol
""")
DIVISIONS = _words("""
    Automotive Logistics Services Hydraulics Components Systems Solutions Medical Energy Chemicals Packaging Tools
    Automation Trading Electronics Aerospace Polymers Castings Industrial Research
""")
PATTERNS = (
    (25, "fi"), (17, "ci"), (9, "c"), (9, "if"), (8, "ff"), (6, "ffi"), (5, "gf"), (6, "gfi"), (5, "fs"), (6, "ai"),
    (4, "fii"),
)  # fmt: skip
PATTERN_NAMES = tuple(name for _, name in PATTERNS)
PATTERN_WEIGHTS = tuple(sum(weight for weight, _ in PATTERNS[: at + 1]) for at in range(len(PATTERNS)))
FREE_MAIL = {
    "DE": "web.de gmx.de t-online.de",
    "IT": "libero.it tiscali.it",
    "FR": "orange.fr wanadoo.fr",
    "PL": "wp.pl onet.pl",
}
TOP_LEVEL = {"GB": "co.uk", "US": "com", "JP": "co.jp", "TR": "com.tr"}


@dataclass(frozen=True, slots=True)
class Name:
    """The name of an organisation without its legal form, as words in both scripts."""

    words: tuple[Pair, ...]
    joint: str = " "  # what stands between words in local script

    @property
    def local(self) -> str:
        """The name in local script."""
        return self.joint.join(word[0] for word in self.words)

    @property
    def latin(self) -> str:
        """The name in Latin letters."""
        return " ".join(word[1] for word in self.words)


def pick(rng: Random, items: tuple[Pair, ...]) -> Pair:
    """Return one of the items, early ones more often, as it is with names."""
    return items[int(len(items) * rng.random() ** 1.4)]


def weighted(rng: Random, weights: tuple[float, ...] | tuple[int, ...]) -> int:
    """Return an index drawn by cumulative weights."""
    return bisect.bisect(weights, rng.random() * weights[-1])


def surname(rng: Random, country: Country) -> Pair:
    """Return a family name: one of the common ones, or one of the many rare ones."""
    if rng.random() < 0.3:
        return pick(rng, country.family)
    root, ending = rng.choice(country.roots), rng.choice(country.endings)
    return root[0] + ending[0], root[1] + ending[1]


def coined(rng: Random) -> Pair:
    """Return a made-up brand; seen as Latin everywhere."""
    word = rng.choice(HEADS) + rng.choice(TAILS)
    if rng.random() < 0.12:
        word = word.upper()
    return word, word


def acronym(rng: Random) -> Pair:
    """Return three or four capital letters."""
    word = "".join(rng.choice("ABCDEFGHIKLMNOPRSTUVWZ") for _ in range(rng.choice((3, 3, 3, 4))))
    return word, word


class Names:
    """A composer of names that repeats itself as rarely as reality does."""

    def __init__(self, rng: Random) -> None:
        """Draw from `rng`."""
        self.rng = rng
        self._taken: set[str] = set()
        self._domains: set[str] = set()

    def organisation(self, country: Country) -> Name:
        """Return a name that no other organisation has, if a few tries find one."""
        for _ in range(6):
            name = self._compose(country)
            folded = name.latin.casefold()
            if folded not in self._taken:
                break
        self._taken.add(folded)
        return name

    def _compose(self, country: Country) -> Name:
        rng, words = self.rng, []
        pattern = PATTERN_NAMES[weighted(rng, PATTERN_WEIGHTS)]
        for at, part in enumerate(pattern):
            if at and part == "f" and pattern[at - 1] == "f":
                words.append(("&", "&"))
            words += self._part(part, country)
        if country.code == "JP":
            return Name(tuple(word for word in words if word[0] != "&"), "")
        return Name(tuple(words))

    def _part(self, part: str, country: Country) -> list[Pair]:
        rng = self.rng
        match part:
            case "f":
                return [surname(rng, country)]
            case "i":
                return [pick(rng, country.industries)]
            case "g":
                return [pick(rng, country.given)]
            case "a":
                return [acronym(rng)]
            case "s":
                return [("&", "&"), rng.choice(country.sons)]
            case _:
                return [coined(rng)]

    def domain(self, name: Name, country: Country) -> str:
        """Return a web domain made of the name that nobody else has."""
        rng = self.rng
        words = [slug(word[1]) for word in name.words if slug(word[1])] or ["firma"]
        candidates = ["-".join(words[:2]), "".join(words[:2]), words[0], "-".join(words)]
        level = TOP_LEVEL.get(country.code, country.code.lower()) if rng.random() < 0.75 else "com"
        stem = rng.choice(candidates)
        while f"{stem}.{level}" in self._domains:
            stem = f"{stem.rstrip('0123456789')}{rng.randint(1, 9999)}"
        self._domains.add(f"{stem}.{level}")
        return f"{stem}.{level}"

    def free_mail(self, name: Name, country: Country) -> str:
        """Return a mailbox at a public provider."""
        rng = self.rng
        provider = rng.choice(FREE_MAIL.get(country.code, "gmail.com outlook.com").split())
        stem = rng.choice((".", "", "_")).join(slug(word[1]) for word in name.words[:2] if slug(word[1]))
        while f"{stem}@{provider}" in self._domains:
            stem = f"{stem.rstrip('0123456789')}{rng.randint(1, 999)}"
        self._domains.add(f"{stem}@{provider}")
        return f"{stem}@{provider}"


def slug(text: str) -> str:
    """Return lower-case letters and digits only, umlauts written out."""
    for umlaut, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue")):
        text = text.replace(umlaut, written)
    return re.sub("[^a-z0-9]", "", anyascii(text).lower())


def with_form(name: str, form: str, country: Country, *, local: bool) -> str:
    """Put the legal form where the country puts it."""
    if not form:
        return name
    if country.code == "JP" and local:
        return f"{form}{name}" if sum(map(ord, name)) % 10 < 7 else f"{name}{form}"
    if country.code == "FR" and form in ("SARL", "EURL") and sum(map(ord, name)) % 10 < 3:
        return f"{form} {name}"
    return f"{name} {form}"


def legal_form(rng: Random, country: Country) -> Form:
    """Return a legal form, common ones more often."""
    return country.forms[weighted(rng, country.form_weights)]


def street(rng: Random, country: Country) -> Pair:
    """Return a street with house number."""
    numbers = {
        "n": str(1 + int(rng.random() ** 2 * 160)),
        "m": f"{rng.randint(0, 99):02d}" if country.code == "US" else str(rng.randint(1, 30)),
        "k": str(rng.randint(1, 8)),
    }
    if country.street_patterns and rng.random() < 0.45:
        pattern = rng.choice(country.street_patterns)
        words = {
            "root": rng.choice(country.roots),
            "given": rng.choice(country.given),
            "family": rng.choice(country.family),
        }
    else:
        pattern, words = country.street_number, {"street": pick(rng, country.streets)}
    local = {name: pair[0] for name, pair in words.items()}
    latin = {name: pair[1] for name, pair in words.items()}
    return pattern[0].format(**numbers, **local), pattern[1].format(**numbers, **latin)


def city(rng: Random, country: Country) -> City:
    """Return a city, large ones more often."""
    return country.cities[weighted(rng, country.city_weights)]


def phone(rng: Random, country: Country, area: str) -> str:
    """Return a national significant number with the area code of the city."""
    rest = country.phone_length - len(area)
    return area + str(rng.randint(2, 8)) + str(rng.randrange(10 ** (rest - 1))).zfill(rest - 1)
