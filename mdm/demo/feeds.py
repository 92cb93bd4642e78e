"""The files of the demo: what each system exports of each domain, and in which dialect."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from mdm.demo.items import rows as items
from mdm.demo.locations import rows as locations
from mdm.demo.message import Message, Row
from mdm.demo.partners import rows as partners
from mdm.demo.partners.columns import COLUMNS as PARTNER_COLUMNS
from mdm.demo.production import rows as production

COLUMNS = PARTNER_COLUMNS | items.COLUMNS | locations.COLUMNS | production.COLUMNS
DIALECTS = {  # of the systems that export CSV: delimiter, mark of the encoding and line end
    "erp": (";", b"\xef\xbb\xbf", b"\r\n"), "portal": (",", b"", b"\n"), "shop": (",", b"", b"\n"),
    "wms": ("|", b"", b"\n"), "tms": (",", b"\xef\xbb\xbf", b"\n"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Feed:
    """What a system exports of a domain: how its files are called, and how a message becomes a row."""

    name: str
    row: Callable[[Message], Row]


FEEDS = {
    ("customer", "crm"): Feed("accounts", partners.crm),
    ("customer", "erp"): Feed("customers", partial(partners.erp, feed="customers")),
    ("customer", "shop"): Feed("customers", partners.shop),
    ("supplier", "erp"): Feed("suppliers", partial(partners.erp, feed="suppliers")),
    ("supplier", "portal"): Feed("suppliers", partners.portal),
    ("supplier", "procurement"): Feed("suppliers", partners.procurement),
    ("location", "erp"): Feed("locations", locations.erp),
    ("location", "mes"): Feed("equipment", locations.mes),
    ("location", "wms"): Feed("locations", locations.wms),
    ("location", "tms"): Feed("stops", locations.tms),
    ("item", "erp"): Feed("items", items.erp),
    ("item", "plm"): Feed("parts", items.plm),
    ("item", "mes"): Feed("materials", items.mes),
    ("item", "wms"): Feed("articles", items.wms),
    ("item_family", "erp"): Feed("item_families", production.erp_family),
    ("item_family", "plm"): Feed("classification", production.plm_family),
    ("work_center", "erp"): Feed("work_centers", production.erp_work_center),
    ("work_center", "mes"): Feed("work_centers", production.mes_work_center),
    ("item_plant", "erp"): Feed("item_plants", production.erp_item_plant),
    ("item_plant", "mes"): Feed("site_materials", production.mes_item_plant),
    ("item_plant", "wms"): Feed("stock_settings", production.wms_item_plant),
}
DOMAINS = tuple(dict.fromkeys(domain for domain, _ in FEEDS))
