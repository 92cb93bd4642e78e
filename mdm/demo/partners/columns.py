"""The headers of the CSV exports of the demo."""

from mdm.demo.message import header

ERP_COMMON = """
    NAME1|NAME2|NAME_LOC|STRAS|STRAS2|PFACH|PSTLZ|ORT01|REGIO|LAND1|SPRAS_ISO|TELF1|TELFX|SMTP_ADDR|URI_ADDR|STCEG|STCD1
    DUNS|GLN|WAERS|ZTERM|INCO1|BRSCH|AP_NAME|AP_SMTP|AP_TEL|AP_FKT|GUELTIG_AB|LOEVM|AENNR|AEDAT|AEZET
"""
COLUMNS = {
    "erp/customers": header("KUNNR|KTOKD|AUFSD|KLIMK|KLIMK_WAERS|KONZS" + ERP_COMMON),
    "erp/suppliers": header("LIFNR|KTOKK|SPERM|IBAN|SWIFT|KOINH|IBAN_2|SWIFT_2|KOINH_2" + ERP_COMMON),
    "portal/suppliers": header("""
        Supplier ID|Company name|Trade name|Street and number|Address line 2|Postal code|City|Country|Phone|E-mail
        Website|VAT number|Tax number|DUNS|GLN|IBAN|BIC|Account holder|Contact person|Contact e-mail|Contact phone
        Contact function|Certificate no|Certificate standard|Certificate valid until|Valid from|Revision|Last saved
        Deleted
    """),
    "shop/customers": header("""
        Customer ID|First Name|Last Name|Email|Accepts Email Marketing|Default Address Company|Default Address Address1
        Default Address Address2|Default Address City|Default Address Province Code|Default Address Country Code
        Default Address Zip|Default Address Phone|Phone|Tax ID|Locale|State|Total Orders|Updated At
    """),
}
