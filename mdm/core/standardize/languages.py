"""Texts by language."""

from mdm.core.standardize.codes import language
from mdm.core.standardize.standard import ANYWHERE, EMPTY, JSON, Context, Standard, within, wrong_shape
from mdm.core.standardize.text import text
from mdm.errors import InvalidAttributes


def map_by_language(raw: JSON, context: Context) -> Standard:
    """Standardize an object of texts by language, e.g. `{"de": "Schraube", "en": "screw"}`."""
    if not isinstance(raw, dict):
        raise wrong_shape("an object of texts by language", raw)
    value, std = {}, {}
    for name, content in sorted(raw.items()):
        found = language(name, ANYWHERE)
        if found.value is None or found.findings:
            raise InvalidAttributes(
                "is not a language", hint="Use ISO 639-1 codes such as de and en.", path=f".{name[:80]}"
            )
        try:
            standard = EMPTY if content is None else text(content, context)
        except InvalidAttributes as error:
            raise within(f".{name}", error) from None
        if standard.value is not None:
            value[found.value], std[found.value] = standard.value, standard.std
    return Standard(value, std) if value else EMPTY
