"""The items of the demo: families of look-alikes, of which the manufacturer uses some."""

import re
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from stdnum import ean

from mdm.demo.country import countries
from mdm.demo.identifiers import digits
from mdm.demo.items.item import Item, Maker, Pack
from mdm.demo.items.kinds import Kind, Value, kinds, shares
from mdm.demo.naming import Names, legal_form, weighted, with_form

OWN = Maker("Nordquell Pumpen GmbH", "Nordquell", "DE", "4099887", "")
MAKERS_OF_A_KIND = 7
STYLES = [
    "{l}{d4}-{d2}",
    "{d3}.{d3}.{d2}",
    "{l}{l}{d5}",
    "{d6}",
    "{l}{l}-{d3}-{l}{d2}",
    "{d2}{l}{d4}{l}",
    "{l}{d3}/{d3}",
]
LIFECYCLES = ("active",) * 16 + ("phase_out", "phase_out", "discontinued", "design")
LETTERS = "ABCDEFGHKLMNPRSTUVWXZ"
PLAIN = Value("blank", "plain", "BL")
STAINLESS = ("A2", "A4", "A2-70", "A4-80")
ORIGINS = ("DE", "DE", "DE", "CZ", "IT", "PL", "AT", "FR", "CN", "US", "JP")


class Items:
    """A maker of items in a fixed order."""

    def __init__(self, rng: Random) -> None:
        """Draw from `rng`."""
        self.rng = rng
        self.names = Names(rng)
        self._makers: dict[str, list[Maker]] = {}
        self._specs: set[tuple[str, ...]] = set()
        self._given: set[str] = set()

    def items(self) -> Iterator[Item]:
        """Yield items without end; families come together."""
        while True:
            kind = kinds()[weighted(self.rng, shares())]
            yield from self._family(kind)

    def _family(self, kind: Kind) -> list[Item]:
        """Return items that differ in one or two features, and in everything that follows from them."""
        rng = self.rng
        first = self._base(kind)
        many = rng.random() < (0.95 if kind.own else 0.6)
        wanted = rng.randint(2, 8) if many else 1
        varied = kind.varies[: 1 + (rng.random() < 0.4)] if rng.random() < 0.7 else [rng.choice(kind.varies)]
        kin: list[Item] = []
        for _ in range(wanted * 3):
            item = replace(first, features=dict(first.features), packs=[])
            for name in varied:
                item.features[name] = rng.choice(kind.features[name])
            if item.features.get("strength", PLAIN).de in STAINLESS:
                item.features["finish"] = PLAIN
            if len(kin) < wanted and item.spec not in self._specs:
                self._specs.add(item.spec)
                kin.append(self._finished(item))
        if rng.random() < 0.2 and kind.own:
            for item in kin:
                item.drawing, item.has_own_drawing = kin[-1].drawing, False  # one drawing with a table of sizes
        return kin

    def _base(self, kind: Kind) -> Item:
        rng = self.rng
        maker = OWN if kind.own else rng.choice(self._makers_of(kind))
        low, high = kind.mass
        return Item(
            kind=kind,
            features={name: rng.choice(values) for name, values in kind.features.items()},
            maker=maker if kind.branded or kind.own or rng.random() < 0.6 else None,
            mass=low * (high / low) ** rng.random(),
            country=maker.country if rng.random() < 0.7 else rng.choice(ORIGINS),
        )

    def _makers_of(self, kind: Kind) -> list[Maker]:
        """Return who makes such things; makers of one group of kinds are partly the same."""
        rng = self.rng
        if kind.name not in self._makers:
            known = [maker for name, makers in self._makers.items() if name[:2] == kind.name[:2] for maker in makers]
            fresh = [self._maker() for _ in range(MAKERS_OF_A_KIND)]
            self._makers[kind.name] = known[:3] + fresh
        return self._makers[kind.name][: rng.randint(2, 8)]

    def _maker(self) -> Maker:
        rng = self.rng
        country = rng.choice([country for country in countries() if not country.scripted])
        name = self.names.organisation(country)
        official = with_form(name.latin, legal_form(rng, country).variants[0][1], country, local=False)
        prefix = (
            digits(rng, 7, first="3-8")
            if country.code != "US"
            else rng.choice(("01", "06", "07", "08")) + digits(rng, 5)
        )
        return Maker(official, name.words[0][1], country.code, prefix, rng.choice(STYLES))

    def _finished(self, item: Item) -> Item:
        """Give an item its identifiers, weights, sizes and packs."""
        rng, kind = self.rng, item.kind
        item.mass = round(item.mass * rng.uniform(0.6, 1.6), 5)
        item.tariff, item.hazard = kind.tariff, kind.hazard
        item.lifecycle = rng.choice(LIFECYCLES)
        if kind.size:
            low, high = kind.size
            item.size = (rng.randint(low, high), rng.randint(low, high), rng.randint(low // 2, high))
        if kind.own:
            item.drawing = self._fresh("Z{d5}-{d2}")
        self._numbers(item)
        self._packs(item)
        return item

    def _numbers(self, item: Item) -> None:
        rng, kind = self.rng, item.kind
        if item.maker and kind.part:
            item.mpn = _type_code(kind.part.format(**{name: value.short for name, value in item.features.items()}))
        elif item.maker and not kind.own:
            item.mpn = self._fresh(item.maker.style)
        if item.maker and (kind.type == "finished_good" or rng.random() < (0.85 if kind.branded else 0.5)):
            item.gtin = self._gtin(item.maker) if kind.type != "semi_finished" else None
        if not kind.own and rng.random() < 0.5:
            item.supplier_part = self._fresh("{d4}{d3}" if rng.random() < 0.5 else "{l}{d2}{d4}")

    def _packs(self, item: Item) -> None:
        rng = self.rng
        if not item.kind.packs or rng.random() < 0.3:
            return
        content = rng.choice(item.kind.packs)
        if content > 1:
            item.packs.append(Pack("CT", content, _in_carton(item.gtin)))
        if rng.random() < 0.4:
            item.packs.append(Pack("PX", content * rng.choice((8, 12, 24, 40)), None))

    def _gtin(self, maker: Maker) -> str:
        while True:
            stem = maker.prefix + digits(self.rng, 5)
            number = stem + str(ean.calc_check_digit(stem))
            if number not in self._given:
                self._given.add(number)
                return number

    def _fresh(self, style: str) -> str:
        """Return a number of a style that is not yet given."""

        def drawn(token: re.Match[str]) -> str:
            return digits(self.rng, int(token[1])) if token[1] else self.rng.choice(LETTERS)

        while True:
            number = re.sub(r"\{[dl](\d?)\}", drawn, style)
            if number not in self._given:
                self._given.add(number)
                return number


def _type_code(text: str) -> str:
    """Return the designation under which a maker sells what it makes in sizes."""
    return "-".join(word for word in re.split("[ ,-]+", text) if word not in ("kW", "V", "Hz", "RAL"))


def _in_carton(gtin: str | None) -> str | None:
    """Return the GTIN-14 of a carton of pieces: another indicator digit, another check digit."""
    if gtin is None:
        return None
    stem = "1" + gtin[:-1]
    return stem + str(ean.calc_check_digit(stem))
