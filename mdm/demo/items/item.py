"""One item of the demo, as an all-knowing clerk would describe it."""

from dataclasses import dataclass, field

from mdm.demo.items.kinds import Kind, Language, Value


@dataclass(frozen=True, slots=True)
class Maker:
    """A company that makes what the manufacturer buys; `style` is how it numbers its parts."""

    name: str
    brand: str
    country: str
    prefix: str
    style: str


@dataclass(frozen=True, slots=True)
class Pack:
    """A unit in which an item is packed: how many base units it holds, and its own GTIN."""

    unit: str
    content: int
    gtin: str | None


@dataclass(slots=True)
class Item:
    """An item: what is true about it, and what it was called before."""

    kind: Kind
    features: dict[str, Value]
    maker: Maker | None
    mass: float
    country: str
    id: str = ""
    mpn: str | None = None
    gtin: str | None = None
    drawing: str | None = None
    has_own_drawing: bool = True
    supplier_part: str | None = None
    size: tuple[int, int, int] | None = None
    hazard: str | None = None
    tariff: str | None = None
    lifecycle: str = "active"
    packs: list[Pack] = field(default_factory=list)

    @property
    def spec(self) -> tuple[str, ...]:
        """What no other item of its kind and maker has."""
        return (self.kind.name, self.brand, *(value.de for value in self.features.values()))

    @property
    def brand(self) -> str:
        """The maker, if another maker's would be another item."""
        return self.maker.brand if self.maker and self.kind.branded else ""

    @property
    def material(self) -> str | None:
        """What it is made of, if that is known of its kind."""
        value = self.features.get("material")
        return value.de if value else self.kind.material

    @property
    def family(self) -> str:
        """The code of the product family: the type series of what is made, the group of what is bought."""
        pattern = self.kind.family
        return (
            pattern.format(**{name: value.short for name, value in self.features.items()})
            if pattern
            else self.kind.group
        )

    def text(self, language: Language, *, without: str | None = None, otherwise: bool = False) -> str:
        """Return its full description; one feature may be left out, or go by its other designation."""
        pattern = self.kind.texts[language]
        words = {
            name: (value.otherwise if otherwise and value.otherwise else value.text(language))
            for name, value in self.features.items()
        }
        if without:
            words[without] = ""
        return " ".join(pattern.format(**words).split())
