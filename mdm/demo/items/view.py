"""One system's record of an item: what its people know, written as they write it."""

from random import Random

from mdm.demo.dirt import folded, typo
from mdm.demo.items.habits import HABITS, Habit
from mdm.demo.items.item import Item, Maker
from mdm.demo.items.kinds import Language
from mdm.demo.items.wording import (
    NO_PART,
    capitals,
    gtin_as_written,
    mass_as_written,
    part_as_written,
    unit_as_written,
    written,
)
from mdm.demo.message import View

LENGTH = 40  # characters of a description in the ERP, which others copied
OTHER_TYPES = {"raw_material": "trading_good", "trading_good": "raw_material", "spare_part": "trading_good"}


class ItemViews:
    """A writer of records."""

    def __init__(self, rng: Random) -> None:
        """Draw from `rng`."""
        self.rng = rng

    def view(self, item: Item, system: str, key: str, *, outdated: bool = False) -> View:
        """Return the record of an item in a system; an outdated one names it by an older standard."""
        rng, habit = self.rng, HABITS[system]
        known = {name for name, share in habit.presence.items() if rng.random() < share}
        view: View = {"unit": unit_as_written(rng, item.kind.unit, system), "group": item.kind.group}
        other = OTHER_TYPES.get(item.kind.type, item.kind.type)
        view["type"] = other if rng.random() < 0.05 else item.kind.type
        self._numbers(view, item, known, key)
        self._texts(view, item, habit, known, outdated=outdated)
        self._facts(view, item, habit, known)
        if "packs" in known:
            view["packs"] = [
                {"unit": unit_as_written(rng, pack.unit, system), "content": pack.content, "gtin": pack.gtin}
                for pack in item.packs
            ]
        return view

    def _numbers(self, view: View, item: Item, known: set[str], key: str) -> None:
        rng, maker = self.rng, item.maker
        if item.gtin and "gtin" in known:
            carton = next((pack.gtin for pack in item.packs if pack.gtin), None)
            view["gtin"] = gtin_as_written(rng, item.gtin, carton)
        if item.mpn and maker and "mpn" in known:
            view["mpn"] = part_as_written(rng, item.mpn, maker.brand)
        elif "mpn" in known and rng.random() < 0.12:
            view["mpn"] = rng.choice((key.lstrip("0"), item.drawing or key, *NO_PART))
        if maker and "maker" in known:
            view["maker"] = self._maker(maker)
        if item.supplier_part and "supplier_part" in known:
            view["supplier_part"] = item.supplier_part
        if item.drawing and "drawing" in known:
            view["drawing"] = item.drawing if rng.random() < 0.85 else item.drawing.replace("-", rng.choice((" ", "")))

    def _maker(self, maker: Maker) -> str:
        rng, dice = self.rng, self.rng.random()
        name = maker.name if dice < 0.45 else maker.name.rsplit(" ", 1)[0] if dice < 0.75 else maker.brand
        if rng.random() < 0.03:
            name = typo(rng, name)
        if rng.random() < 0.1:
            name = folded(rng, name)
        return name.upper() if rng.random() < 0.15 else name

    def _texts(self, view: View, item: Item, habit: Habit, known: set[str], *, outdated: bool) -> None:
        """Write the texts; what only the text can tell is in it."""
        rng = self.rng
        identified = (
            "gtin" in view
            or ("drawing" in view and item.has_own_drawing)
            or ("mpn" in view and item.mpn is not None and not item.kind.part)
        )
        language: Language = "en" if rng.random() < habit.english else "de"
        without = None
        if identified and rng.random() < habit.careless:
            without = rng.choice(list(item.features))
        old = outdated and identified
        if rng.random() < habit.short:
            text = self._short(view, item, habit, identified=identified, without=without, old=old)
        else:
            text = written(rng, item.text(language, without=without, otherwise=old), careless=habit.careless)
            text = self._with_maker(text, view, item, always=not identified, share=habit.brand)
        view["name"] = text
        if "second" in known:
            view["english"] = item.text("en", otherwise=old)
            if rng.random() < 0.6:
                view["german"] = item.text("de", otherwise=old)

    def _short(self, view: View, item: Item, habit: Habit, *, identified: bool, without: str | None, old: bool) -> str:
        rng = self.rng
        full = written(rng, item.text("short", without=without, otherwise=old), careless=habit.careless / 2)
        full = self._with_maker(full, view, item, always=not identified, share=habit.brand)
        text = capitals(rng, full, length=LENGTH)
        if len(full) > LENGTH and not identified and item.maker and item.mpn:
            view["mpn"], view["maker"] = item.mpn, self._maker(item.maker)
        elif len(full) > LENGTH and not identified:
            text = capitals(rng, item.text("short"), length=LENGTH)
        return text

    def _with_maker(self, text: str, view: View, item: Item, *, always: bool, share: float) -> str:
        """Put the maker into the text, with the part number if that stands nowhere else."""
        rng, maker = self.rng, item.maker
        if not maker or item.kind.own:
            return text
        unknown = item.kind.branded and "maker" not in view
        if not (always and unknown) and rng.random() > share * (1 + unknown):
            return text
        part = f" {item.mpn}" if item.mpn and "mpn" not in view and rng.random() < 0.5 else ""
        return f"{maker.brand}{part} {text}" if rng.random() < 0.3 else f"{text} {maker.brand}{part}"

    def _facts(self, view: View, item: Item, habit: Habit, known: set[str]) -> None:
        rng = self.rng
        for name, value in (
            ("material", item.material),
            ("hazard", item.hazard),
            ("tariff", item.tariff),
            ("origin", item.country),
            ("lifecycle", item.lifecycle),
            ("shelf", str(item.kind.shelf) if item.kind.shelf else None),
        ):
            if value and name in known:
                view[name] = value
        if "mass" in known:
            net, unit = mass_as_written(rng, item.mass, grams=habit.grams)
            gross = f"{float(net) * rng.uniform(1.02, 1.15):.4f}".rstrip("0").rstrip(".")
            view.update(net=net, gross=gross, mass_unit=unit)
        if item.size and "size" in known:
            centimetres = rng.random() < 0.2
            view["size"] = [f"{length / 10:g}" if centimetres else str(length) for length in item.size]
            view["size_unit"] = "cm" if centimetres else "mm"
