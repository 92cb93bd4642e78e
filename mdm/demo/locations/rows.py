"""The columns and fields in which the systems of the demo export their locations."""

from mdm.demo.items.rows import BERLIN
from mdm.demo.message import Message, Row, header, present

COLUMNS = {
    "erp/locations": header("""
        STANDORT|TYP|NAME1|NAME2|STRAS|PSTLZ|ORT01|REGIO|LAND1|GLN|WERKS|TELF1|ZONE|BETREIBER|UEBERG|KAPAZ|KAPAZ_ME
        OEFFNUNG|STATUS|GUELTIG_AB|LVORM|AENNR|AEDAT|AEZET
    """),
    "wms/locations": header("""
        Location|Category|Name|Street|Postal code|City|Region|Country|GLN|Site|Phone|Operator|Parent|Capacity
        Capacity unit|Latitude|Longitude|Opening hours|Status|Valid from|Deleted|Revision|Changed
    """),
    "tms/stops": header("""
        Stop ID|Stop type|Stop name|Company|Address line|Postcode|Town|State|Country code|GLN|Plant|Contact phone
        Belongs to|Lat|Lon|Time zone|Opening hours|Active|Valid from|Deleted|Revision|Updated at
    """),
}
ERP_TYPES = {
    "plant": "W", "warehouse": "L", "storage_area": "B", "dock": "T", "supplier_site": "K", "customer_site": "D",
    "office": "V",
}  # fmt: skip
LEVELS = {
    "plant": "Site", "warehouse": "StorageZone", "storage_area": "StorageUnit", "dock": "Dock", "office": "Area",
}  # fmt: skip
TMS_TYPES = {
    "plant": "PLANT", "warehouse": "DEPOT", "storage_area": "AREA", "dock": "DOCK", "supplier_site": "PICKUP",
    "customer_site": "DELIVERY", "office": "OFFICE",
}  # fmt: skip
ERP_STATUS = {"active": "", "planned": "P", "closed": "S"}
ERP_NAME_LENGTH = 30


def erp(message: Message) -> Row:
    """Return a row in the shape of T001W and its storage locations."""
    view, local = message.view, message.time.astimezone(BERLIN)
    name = view["name"]
    at = len(name) if len(name) <= ERP_NAME_LENGTH else max(name.rfind(" ", 0, ERP_NAME_LENGTH + 1), 1)
    day = message.effective_from
    return {
        "STANDORT": message.key, "TYP": ERP_TYPES[view["type"]], "NAME1": name[:at], "NAME2": name[at:].strip(),
        "STRAS": view.get("street"), "PSTLZ": view.get("postal_code"), "ORT01": view["city"],
        "REGIO": view.get("region"), "LAND1": view["country"], "GLN": view.get("gln", "0000000000000"),
        "WERKS": view.get("plant_code"), "TELF1": view.get("phone"), "ZONE": view.get("zone"),
        "BETREIBER": view.get("operator"), "UEBERG": view.get("parent"), "KAPAZ": view.get("capacity"),
        "KAPAZ_ME": "M2" if "capacity" in view else "", "OEFFNUNG": view.get("hours"),
        "STATUS": ERP_STATUS[view["status"]], "GUELTIG_AB": ".".join(reversed(day.split("-"))) if day else "00.00.0000",
        "LVORM": "X" if message.operation == "delete" else "", "AENNR": f"{message.version:05d}",
        "AEDAT": local.strftime("%d.%m.%Y"), "AEZET": local.strftime("%H:%M:%S"),
    }  # fmt: skip


def wms(message: Message) -> Row:
    """Return a row of the places that the warehouses know."""
    view = message.view
    latitude, longitude = view.get("position") or ("", "")
    return {
        "Location": message.key, "Category": view["type"].upper(), "Name": view["name"], "Street": view.get("street"),
        "Postal code": view.get("postal_code"), "City": view["city"], "Region": view.get("region"),
        "Country": view["country"], "GLN": view.get("gln"), "Site": view.get("plant_code"), "Phone": view.get("phone"),
        "Operator": view.get("operator"), "Parent": view.get("parent"), "Capacity": view.get("capacity"),
        "Capacity unit": "m2" if "capacity" in view else "", "Latitude": latitude, "Longitude": longitude,
        "Opening hours": view.get("hours"), "Status": view["status"], "Valid from": message.effective_from,
        "Deleted": "yes" if message.operation == "delete" else "no", "Revision": str(message.version),
        "Changed": message.time.strftime("%Y-%m-%d %H:%M:%S"),
    }  # fmt: skip


def tms(message: Message) -> Row:
    """Return a stop at which a lorry loads or unloads."""
    view = message.view
    latitude, longitude = view.get("position") or ("", "")
    return {
        "Stop ID": message.key, "Stop type": TMS_TYPES[view["type"]], "Stop name": view["name"],
        "Company": view.get("operator"), "Address line": view.get("street"), "Postcode": view.get("postal_code"),
        "Town": view["city"], "State": view.get("region"), "Country code": view["country"], "GLN": view.get("gln"),
        "Plant": view.get("plant_code"), "Contact phone": view.get("phone"), "Belongs to": view.get("parent"),
        "Lat": latitude, "Lon": longitude, "Time zone": view.get("zone"), "Opening hours": view.get("hours"),
        "Active": {"active": "yes", "planned": "planned", "closed": "no"}[view["status"]],
        "Valid from": message.effective_from, "Deleted": "yes" if message.operation == "delete" else "no",
        "Revision": str(message.version), "Updated at": message.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }  # fmt: skip


def mes(message: Message) -> Row:
    """Return an equipment of a level at which things are made or kept, in the terms of ISA-95."""
    view = message.view
    latitude, longitude = view.get("position") or (None, None)
    return present(
        ID=message.key,
        Version=f"{message.version:03d}",
        PublishedDate=message.time.isoformat(),
        Action="Delete" if message.operation == "delete" else "Change",
        EffectiveStartDate=f"{message.effective_from}T00:00:00+00:00" if message.effective_from else None,
        Description=view["name"],
        EquipmentLevel=LEVELS[view["type"]],
        ParentID=view.get("parent"),
        OperationalLocation=present(
            Street=view.get("street"), PostalCode=view.get("postal_code"), City=view["city"],
            State=view.get("region"), Country=view["country"], GLN=view.get("gln"), TimeZone=view.get("zone"),
            Latitude=latitude, Longitude=longitude,
        ),
        SiteCode=view.get("plant_code"),
        Status=view["status"],
        Capacity={"Value": view["capacity"], "UnitOfMeasure": "M2"} if "capacity" in view else None,
    )  # fmt: skip
