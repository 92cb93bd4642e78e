"""The columns and fields in which the systems of the demo export families, work centers and items in plants."""

from mdm.demo.items.rows import BERLIN
from mdm.demo.message import Message, Row, header, present

STAMP = "GUELTIG_AB|LVORM|AENNR|AEDAT|AEZET"
COLUMNS = {
    "erp/item_families": header(f"PRODH|VTEXT|UEBERG|{STAMP}"),
    "erp/work_centers": header(f"OBJID|WERKS|ARBPL|KTEXT|VERWE|UEBERG|KAPAZ|KAPAZ_ME|KOSTL|KALID|STATUS|{STAMP}"),
    "erp/item_plants": header(f"""
        MARC_ID|MATNR|WERKS|BESKZ|DISMM|DISPO|DISLS|EISBE|MEINS|PLIFZ|LGPRO|MAABC|STPRS|FEVOR|MMSTA
        {STAMP}
    """),
    "wms/stock_settings": header("""
        Setting|Article|Site|Bin area|Safety stock|Unit|Class|Status|Valid from|Deleted|Revision|Changed
    """),
}
ERP_USES = {"area": "0010", "line": "0005", "machine": "0001"}
LEVELS = {"area": "Area", "line": "ProductionLine", "machine": "WorkCell"}
ERP_STATUS = {
    "active": "", "phase_out": "Z1", "planned": "P", "out_of_service": "S",
}  # fmt: skip


def _stamp(message: Message) -> Row:
    local, day = message.time.astimezone(BERLIN), message.effective_from
    return {
        "GUELTIG_AB": ".".join(reversed(day.split("-"))) if day else "00.00.0000",
        "LVORM": "X" if message.operation == "delete" else "", "AENNR": f"{message.version:05d}",
        "AEDAT": local.strftime("%d.%m.%Y"), "AEZET": local.strftime("%H:%M:%S"),
    }  # fmt: skip


def erp_family(message: Message) -> Row:
    """Return a row of the product hierarchy."""
    view = message.view
    return {"PRODH": message.key, "VTEXT": view["name"], "UEBERG": view.get("parent"), **_stamp(message)}


def erp_work_center(message: Message) -> Row:
    """Return a row in the shape of CRHD."""
    view = message.view
    return {
        "OBJID": message.key, "WERKS": view["plant"], "ARBPL": view["code"], "KTEXT": view["name"],
        "VERWE": ERP_USES[view["type"]], "UEBERG": view.get("parent"),
        "KAPAZ": view.get("capacity", "").replace(".", ","), "KAPAZ_ME": "STD" if "capacity" in view else "",
        "KOSTL": view.get("cost_center"), "KALID": view["calendar"], "STATUS": ERP_STATUS[view["status"]],
        **_stamp(message),
    }  # fmt: skip


def erp_item_plant(message: Message) -> Row:
    """Return a row in the shape of MARC with the standard cost."""
    view = message.view
    return {
        "MARC_ID": message.key, "MATNR": view["item"], "WERKS": view["plant"],
        "BESKZ": {"make": "E", "buy": "F"}[view["procurement"]], "DISMM": view["mrp_type"],
        "DISPO": view["controller"], "DISLS": view["lot_size"], "EISBE": view.get("safety_stock"),
        "MEINS": view.get("unit"), "PLIFZ": view["lead_time"], "LGPRO": view["storage_location"],
        "MAABC": view.get("abc"), "STPRS": view["cost"].replace(".", ","), "FEVOR": view["supervisor"],
        "MMSTA": ERP_STATUS[view["status"]], **_stamp(message),
    }  # fmt: skip


def wms_item_plant(message: Message) -> Row:
    """Return how a warehouse keeps an article."""
    view = message.view
    return {
        "Setting": message.key, "Article": view["item"], "Site": view["plant"], "Bin area": view["storage_location"],
        "Safety stock": view.get("safety_stock"), "Unit": view.get("unit"), "Class": view.get("abc"),
        "Status": view["status"], "Valid from": message.effective_from,
        "Deleted": "yes" if message.operation == "delete" else "no", "Revision": str(message.version),
        "Changed": message.time.strftime("%Y-%m-%d %H:%M:%S"),
    }  # fmt: skip


def plm_family(message: Message) -> Row:
    """Return a node of the classification."""
    view = message.view
    return present(
        node=message.key,
        changeNumber=message.version,
        modified=message.time.isoformat(),
        state="removed" if message.operation == "delete" else "released",
        validFrom=f"{message.effective_from}T00:00:00+00:00" if message.effective_from else None,
        code=view["code"],
        title=view["name"],
        parent=view.get("parent"),
    )


def mes_work_center(message: Message) -> Row:
    """Return an equipment below a site, in the terms of ISA-95."""
    view = message.view
    return present(
        **_published(message),
        EquipmentID=view["code"],
        SiteID=view["plant"],
        Description=view["name"],
        EquipmentLevel=LEVELS[view["type"]],
        ParentID=view.get("parent"),
        Capacity={"Value": view["capacity"], "UnitOfMeasure": "HUR"} if "capacity" in view else None,
        ShiftCalendar=view["calendar"],
        Status=view["status"],
    )


def mes_item_plant(message: Message) -> Row:
    """Return what a site is to know of a material."""
    view = message.view
    stock = {"Value": view.get("safety_stock"), "UnitOfMeasure": view.get("unit")}
    return present(
        **_published(message),
        MaterialDefinitionID=view["item"],
        SiteID=view["plant"],
        StorageLocation=view["storage_location"],
        SafetyStock=stock if "safety_stock" in view else None,
        Class=view.get("abc"),
        Supervisor=view["supervisor"],
        Status=view["status"],
    )


def _published(message: Message) -> Row:
    day = message.effective_from
    return {
        "ID": message.key, "Version": f"{message.version:03d}", "PublishedDate": message.time.isoformat(),
        "Action": "Delete" if message.operation == "delete" else "Change",
        "EffectiveStartDate": f"{day}T00:00:00+00:00" if day else None,
    }  # fmt: skip
