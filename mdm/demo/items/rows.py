"""The columns and fields in which the systems of the demo export their items."""

from typing import Any
from zoneinfo import ZoneInfo

from mdm.demo.message import Message, Row, View, header, present

BERLIN = ZoneInfo("Europe/Berlin")
ERP_TYPES = {
    "raw_material": "ROH", "semi_finished": "HALB", "finished_good": "FERT", "trading_good": "HAWA",
    "packaging": "VERP", "spare_part": "ERSA", "service": "DIEN",
}  # fmt: skip
ERP_STATUS = {"active": "", "phase_out": "Z1", "discontinued": "Z9", "design": "Z0"}
COLUMNS = {
    "erp/items": header("""
        MATNR|MTART|MATKL|MAKTX|MAKTX_EN|POTEXT|MEINS|EAN11|MFRPN|MFRNR_NAME|IDNLF|ZEINR|WRKST|NTGEW|BRGEW|GEWEI|LAENG
        BREIT|HOEHE|MEABM|STOFF|STAWN|HERKL|PRDHA|MSTAE|MHDHB|MEINH|UMREZ|UMREN|EAN_AU|MEINH_2|UMREZ_2|UMREN_2|EAN_AU_2
        GUELTIG_AB|LVORM|AENNR|AEDAT|AEZET
    """),
    "wms/articles": header("""
        Article|Description|Unit|EAN|Producer|Producer article|Supplier article|Hazard class|Length|Width|Height
        Dimension unit|Net weight|Gross weight|Weight unit|Shelf life days|Pack unit|Pack quantity|Pack base|Pack EAN
        Pack 2 unit|Pack 2 quantity|Pack 2 base|Pack 2 EAN|Valid from|Deleted|Revision|Changed
    """),
}  # fmt: skip


def erp(message: Message) -> Row:
    """Return a row of MARA with texts and the first units of measure."""
    view, local = message.view, message.time.astimezone(BERLIN)
    size = view.get("size") or ("", "", "")
    unit = view.get("mass_unit", "").upper()
    row = {
        "MATNR": message.key, "MTART": ERP_TYPES[view["type"]], "MATKL": view["group"], "MAKTX": view["name"],
        "MAKTX_EN": view.get("english"), "POTEXT": view.get("german"), "MEINS": view["unit"],
        "EAN11": view.get("gtin"), "MFRPN": view.get("mpn"), "MFRNR_NAME": view.get("maker"),
        "IDNLF": view.get("supplier_part"), "ZEINR": view.get("drawing"), "WRKST": view.get("material"),
        "NTGEW": _comma(view.get("net")), "BRGEW": _comma(view.get("gross")), "GEWEI": unit,
        "LAENG": _comma(size[0]), "BREIT": _comma(size[1]), "HOEHE": _comma(size[2]),
        "MEABM": view.get("size_unit", "").upper(), "STOFF": view.get("hazard"), "STAWN": view.get("tariff"),
        "HERKL": view.get("origin"), "PRDHA": view.get("family"), "MHDHB": view.get("shelf"),
        "MSTAE": ERP_STATUS[view["lifecycle"]] if "lifecycle" in view else "",
        "GUELTIG_AB": ".".join(reversed(message.effective_from.split("-"))) if message.effective_from else "00.00.0000",
        "LVORM": "X" if message.operation == "delete" else "", "AENNR": f"{message.version:05d}",
        "AEDAT": local.strftime("%d.%m.%Y"), "AEZET": local.strftime("%H:%M:%S"),
    }  # fmt: skip
    for pack, suffix in zip(view.get("packs", ()), ("", "_2"), strict=False):
        row.update({f"MEINH{suffix}": pack["unit"], f"UMREZ{suffix}": str(pack["content"]), f"UMREN{suffix}": "1"})
        row[f"EAN_AU{suffix}"] = pack["gtin"]
    return row


def _comma(number: str | None) -> str:
    return (number or "").replace(".", ",")


def wms(message: Message) -> Row:
    """Return a row of the articles that the warehouses handle."""
    view = message.view
    size = view.get("size") or ("", "", "")
    row = {
        "Article": message.key, "Description": view["name"], "Unit": view["unit"], "EAN": view.get("gtin"),
        "Producer": view.get("maker"), "Producer article": view.get("mpn"),
        "Supplier article": view.get("supplier_part"), "Hazard class": view.get("hazard"), "Length": size[0],
        "Width": size[1], "Height": size[2], "Dimension unit": view.get("size_unit"), "Net weight": view.get("net"),
        "Gross weight": view.get("gross"), "Weight unit": view.get("mass_unit"), "Shelf life days": view.get("shelf"),
        "Valid from": message.effective_from, "Deleted": "yes" if message.operation == "delete" else "no",
        "Revision": str(message.version), "Changed": message.time.strftime("%Y-%m-%d %H:%M:%S"),
    }  # fmt: skip
    for pack, name in zip(view.get("packs", ()), ("Pack", "Pack 2"), strict=False):
        row.update({f"{name} unit": pack["unit"], f"{name} quantity": str(pack["content"]), f"{name} base": "1"})
        row[f"{name} EAN"] = pack["gtin"]
    return row


def plm(message: Message) -> Row:
    """Return a part with its texts, physical properties and the part of its manufacturer."""
    view = message.view
    length, width, height = view.get("size") or (None, None, None)
    unit = view.get("size_unit")
    return present(
        number=message.key,
        changeNumber=message.version,
        modified=message.time.isoformat(),
        state="removed" if message.operation == "delete" else "released",
        validFrom=f"{message.effective_from}T00:00:00+00:00" if message.effective_from else None,
        name=view["name"],
        description=present(de=view.get("german"), en=view.get("english")) or None,
        partType=view["type"],
        classification=view["group"],
        unit=view["unit"],
        gtin=view.get("gtin"),
        manufacturerPart=present(manufacturer=view.get("maker"), number=view.get("mpn")) or None,
        drawing=view.get("drawing"),
        material=view.get("material"),
        mass=_quantity(view.get("net"), view.get("mass_unit")),
        dimensions=present(length=_quantity(length, unit), width=_quantity(width, unit), height=_quantity(height, unit))
        or None,
        hazardClass=view.get("hazard"),
        countryOfOrigin=view.get("origin"),
        family=view.get("family"),
        lifecycle=view.get("lifecycle"),
    )


def _quantity(value: str | None, unit: str | None) -> dict[str, Any] | None:
    return {"value": value, "unit": unit} if value else None


def mes(message: Message) -> Row:
    """Return a material definition in the terms of ISA-95."""
    view = message.view
    properties = {
        "BaseUnitOfMeasure": _property(view["unit"]),
        "DrawingNumber": _property(view.get("drawing")),
        "Material": _property(view.get("material")),
        "Manufacturer": _property(view.get("maker")),
        "ManufacturerPartID": _property(view.get("mpn")),
        "GTIN": _property(view.get("gtin")),
        "HazardousMaterialClass": _property(view.get("hazard")),
        "NetWeight": _property(view.get("net"), view.get("mass_unit")),
    }
    return present(
        ID=message.key,
        Version=f"{message.version:03d}",
        PublishedDate=message.time.isoformat(),
        Action="Delete" if message.operation == "delete" else "Change",
        EffectiveStartDate=f"{message.effective_from}T00:00:00+00:00" if message.effective_from else None,
        Description=view["name"],
        MaterialClassID=_mes_class(view),
        MaterialDefinitionProperty=present(**properties),
    )


def _mes_class(view: View) -> str | None:
    return {"finished_good": "FinishedGood", "semi_finished": "SemiFinished", "raw_material": "RawMaterial"}.get(
        view["type"]
    )


def _property(value: str | None, unit: str | None = None) -> dict[str, Any] | None:
    if not value:
        return None
    return present(ValueString=value, DataType="Float" if unit else "Text", UnitOfMeasure=unit)
