"""Texts by language."""

from mdm.core.standardize.codes import language
from mdm.core.standardize.standard import ANYWHERE, EMPTY, JSON, Context, Standard, Standardizer, within, wrong_shape
from mdm.core.standardize.text import text
from mdm.errors import InvalidAttributes


def by_language(standardize: Standardizer) -> Standardizer:
    """Return a standardizer of objects of texts by language, e.g. `{"de": "Schraube", "en": "screw"}`."""

    def read(raw: JSON, context: Context) -> Standard:
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
                standard = EMPTY if content is None else standardize(content, context)
            except InvalidAttributes as error:
                raise within(f".{name}", error) from None
            if standard.value is not None:
                value[found.value], std[found.value] = standard.value, standard.std
        return Standard(value, std) if value else EMPTY

    return read


map_by_language = by_language(text)
