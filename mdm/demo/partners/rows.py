"""The columns and fields in which the systems of the demo export their records."""

from zoneinfo import ZoneInfo

from mdm.demo.message import Message, Row, View, present

BERLIN = ZoneInfo("Europe/Berlin")
LONGEST_NAME_FIELD = 35


def erp(message: Message, feed: str) -> Row:
    """Return a row of KNA1 or LFA1."""
    view, local = message.view, message.time.astimezone(BERLIN)
    contact = (view.get("contacts") or [{}])[0]
    name1, name2 = _split_name(view["name"])
    row = {
        "NAME1": name1, "NAME2": name2, "NAME_LOC": view.get("name_local"), "STRAS": view.get("street"),
        "STRAS2": view.get("line2"), "PFACH": view.get("po_box"), "PSTLZ": view.get("postal_code"),
        "ORT01": view.get("city"), "REGIO": view.get("region"), "LAND1": view["country"], "SPRAS_ISO": view["language"],
        "TELF1": view.get("phone"), "TELFX": view.get("fax"), "SMTP_ADDR": view.get("email"),
        "URI_ADDR": view.get("website"), "STCEG": view.get("vat_id"), "STCD1": view.get("tax_number"),
        "DUNS": view.get("duns"), "GLN": view.get("gln", "0000000000000"), "WAERS": view["currency"],
        "ZTERM": view["payment_terms"], "INCO1": view["incoterms"], "BRSCH": view["industry"],
        "AP_NAME": contact.get("name"), "AP_SMTP": contact.get("email"), "AP_TEL": contact.get("phone"),
        "AP_FKT": contact.get("function"), "GUELTIG_AB": _german_date(message.effective_from),
        "LOEVM": "X" if message.operation == "delete" else "", "AENNR": f"{message.version:05d}",
        "AEDAT": local.strftime("%d.%m.%Y"), "AEZET": local.strftime("%H:%M:%S"),
    }  # fmt: skip
    blocked = "X" if view.get("blocked") else ""
    if feed == "customers":
        limit = view.get("credit_limit")
        row.update(KUNNR=message.key, KTOKD="0001", AUFSD=blocked, KONZS=view.get("group"))
        row.update(KLIMK=_german_number(limit), KLIMK_WAERS=view["currency"] if limit else None)
    else:
        row.update(LIFNR=message.key, KTOKK="KRED", SPERM=blocked)
        for account, suffix in zip(view.get("accounts", ()), ("", "_2"), strict=False):
            row.update(
                {f"IBAN{suffix}": account["iban"], f"SWIFT{suffix}": account.get("bic"), f"KOINH{suffix}": name1}
            )
    return row


def _split_name(name: str) -> tuple[str, str]:
    """Spread a long name over two fields, as the length of the fields demands."""
    if len(name) <= LONGEST_NAME_FIELD:
        return name, ""
    at = name.rfind(" ", 0, LONGEST_NAME_FIELD + 1)
    at = at if at > 0 else LONGEST_NAME_FIELD
    return name[:at], name[at:].strip()[:LONGEST_NAME_FIELD]


def _german_date(day: str | None) -> str:
    return ".".join(reversed(day.split("-"))) if day else "00.00.0000"


def _german_number(amount: str | None) -> str:
    return f"{int(amount):,}".replace(",", ".") + ",00" if amount else ""


def portal(message: Message) -> Row:
    """Return a row of what suppliers typed."""
    view = message.view
    contact, account = (view.get("contacts") or [{}])[0], (view.get("accounts") or [{}])[0]
    certificate = view.get("certificate") or {}
    return {
        "Supplier ID": message.key, "Company name": view["name"], "Trade name": view.get("trade_name"),
        "Street and number": view.get("street"), "Address line 2": view.get("line2") or _box(view),
        "Postal code": view.get("postal_code"), "City": view.get("city"), "Country": view["country"],
        "Phone": view.get("phone"), "E-mail": view.get("email"), "Website": view.get("website"),
        "VAT number": view.get("vat_id"), "Tax number": view.get("tax_number"), "DUNS": view.get("duns"),
        "GLN": view.get("gln"), "IBAN": account.get("iban"), "BIC": account.get("bic"),
        "Account holder": view["name"] if account else None, "Contact person": contact.get("name"),
        "Contact e-mail": contact.get("email"), "Contact phone": contact.get("phone"),
        "Contact function": contact.get("function"), "Certificate no": certificate.get("number"),
        "Certificate standard": certificate.get("standard"), "Certificate valid until": certificate.get("valid_until"),
        "Valid from": message.effective_from, "Revision": str(message.version),
        "Last saved": message.time.strftime("%Y-%m-%d %H:%M:%S"),
        "Deleted": "yes" if message.operation == "delete" else "no",
    }  # fmt: skip


def _box(view: View) -> str | None:
    return f"P.O. Box {view['po_box']}" if "po_box" in view else None


def shop(message: Message) -> Row:
    """Return a row of a web shop's customer export."""
    view = message.view
    first, _, last = (view.get("contacts") or [{"name": ""}])[0]["name"].partition(" ")
    state = "DISABLED" if view.get("blocked") else "ENABLED"
    return {
        "Customer ID": message.key, "First Name": first.rstrip(","), "Last Name": last, "Email": view.get("email"),
        "Accepts Email Marketing": "no", "Default Address Company": view["name"],
        "Default Address Address1": view.get("street") or _box(view), "Default Address Address2": view.get("line2"),
        "Default Address City": view.get("city"), "Default Address Province Code": view.get("region"),
        "Default Address Country Code": view["country"], "Default Address Zip": view.get("postal_code"),
        "Default Address Phone": view.get("phone"), "Phone": "", "Tax ID": view.get("vat_id"),
        "Locale": view["language"].lower(), "State": "DELETED" if message.operation == "delete" else state,
        "Total Orders": str(10 + message.version),
        "Updated At": message.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }  # fmt: skip


CRM_FIELDS = {
    "name": "Name", "name_local": "LocalName__c", "trade_name": "Tradestyle", "phone": "Phone", "fax": "Fax",
    "email": "Email__c", "website": "Website", "vat_id": "VAT_Number__c", "duns": "DunsNumber",
    "group": "ParentId", "language": "Language__c", "currency": "CurrencyIsoCode", "industry": "Industry",
}  # fmt: skip
CRM_CONTACT = {"name": "Name", "email": "Email", "phone": "Phone", "function": "Title"}


def crm(message: Message) -> Row:
    """Return an account with its nested address and contacts; only what changed if the message is partial."""
    view = message.view
    row: Row = {"attributes": {"type": "Account"}, "Id": message.key}
    row["IsDeleted"] = message.operation == "delete"
    row.update({field: view[name] for name, field in CRM_FIELDS.items() if name in view})
    if "country" in view:
        row["Type"] = "Former customer" if view.get("blocked") else "Customer - Direct"
        street = view.get("street") or _box(view)
        if street and "line2" in view:
            street = f"{street}\n{view['line2']}"
        address = {"street": street, "postalCode": view.get("postal_code"), "city": view.get("city")}
        address.update(state=view.get("region"), country=view["country"])
        row["BillingAddress"] = {name: value for name, value in address.items() if value is not None}
    if "contacts" in view:
        people = [
            {field: contact[name] for name, field in CRM_CONTACT.items() if name in contact}
            for contact in view["contacts"]
        ]
        row["Contacts"] = {"totalSize": len(people), "records": people}
    row["SystemModstamp"] = message.time.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    return row


def procurement(message: Message) -> Row:
    """Return a supplier with nested identifiers and lists."""
    view = message.view
    state = "onHold" if view.get("blocked") else "active"
    row: Row = {
        "supplierId": message.key,
        "changeNumber": message.version,
        "changedAt": message.time.isoformat(),
        "state": "removed" if message.operation == "delete" else state,
        "effectiveFrom": f"{message.effective_from}T00:00:00+00:00" if message.effective_from else None,
        "legalName": view["name"],
        "nativeName": view.get("name_local"),
        "address": present(
            street=view.get("street") or _box(view), postalCode=view.get("postal_code"), city=view.get("city"),
            region=view.get("region"), countryCode=view["country"],
        ),
        "phone": view.get("phone"),
        "email": view.get("email"),
        "web": view.get("website"),
        "identifiers": present(
            vat=view.get("vat_id"), tax=view.get("tax_number"), duns=view.get("duns"), gln=view.get("gln"),
            lei=view.get("lei"),
        ),
        "currency": view["currency"],
        "paymentTerms": view["payment_terms"],
        "incoterms": view["incoterms"],
        "category": view["industry"],
        "bankAccounts": view.get("accounts"),
        "contacts": [
            present(name=person["name"], email=person["email"], phone=person.get("phone"), role=person["function"])
            for person in view.get("contacts", ())
        ],
    }  # fmt: skip
    if certificate := view.get("certificate"):
        row["certificates"] = [
            {
                "number": certificate["number"],
                "standard": certificate["standard"],
                "validUntil": certificate["valid_until"],
            }
        ]
    return present(**row)
