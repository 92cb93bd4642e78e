"""Standardizing: raw values to the form that is published and the form that is compared. Pure."""

from collections.abc import Mapping

from mdm.core.standardize.codes import code, currency, language
from mdm.core.standardize.identifiers import SCHEMES
from mdm.core.standardize.items.texts import item_description, item_text
from mdm.core.standardize.languages import map_by_language
from mdm.core.standardize.online import email, website
from mdm.core.standardize.organisations import organisation_name
from mdm.core.standardize.people import person_name
from mdm.core.standardize.phones import phone
from mdm.core.standardize.places.addresses import address
from mdm.core.standardize.places.countries import country
from mdm.core.standardize.places.geography import latitude, longitude, time_zone
from mdm.core.standardize.places.place_names import place_name
from mdm.core.standardize.references import reference
from mdm.core.standardize.standard import EMPTY, LONGEST_TEXT, Context, Finding, Standard, Standardizer
from mdm.core.standardize.text import text
from mdm.core.standardize.units import unit
from mdm.core.standardize.values import boolean, date, decimal, quantity

STANDARDIZERS: Mapping[str, Standardizer] = {
    "text": text,
    "code": code,
    "date": date,
    "decimal": decimal,
    "quantity": quantity,
    "boolean": boolean,
    "address": address,
    "map_by_language": map_by_language,
    "organisation_name": organisation_name,
    "person_name": person_name,
    "phone": phone,
    "email": email,
    "website": website,
    "country": country,
    "language": language,
    "currency": currency,
    "unit": unit,
    "item_text": item_text,
    "item_description": item_description,
    "place_name": place_name,
    "latitude": latitude,
    "longitude": longitude,
    "time_zone": time_zone,
    "reference": reference,
    **SCHEMES,
}

__all__ = ["EMPTY", "LONGEST_TEXT", "STANDARDIZERS", "Context", "Finding", "Standard", "Standardizer"]
