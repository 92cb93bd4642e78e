"""Names and descriptions of items: what a thing is called, apart from what tells its variants apart."""

import re
from decimal import Decimal
from functools import lru_cache

from mdm.core.standardize.item_features import features_of, plain
from mdm.core.standardize.item_terms import property_of, term
from mdm.core.standardize.languages import by_language
from mdm.core.standardize.placeholders import is_placeholder, placeholder
from mdm.core.standardize.standard import CACHED, EMPTY, JSON, Context, Standard, require_text
from mdm.core.standardize.text import clean, fold

TOKEN = re.compile(r"[a-z0-9](?:[a-z0-9+./-]*[a-z0-9+])?")
PARTS = re.compile(r"[./+-]")
NUMBER = re.compile(r"\d{1,3}(?:\.\d+)?")
CODE = re.compile(r"(?=.*\d).{2,}")
CUT_AT = (30, 40, 50, 60)  # characters of columns for names: a text as long as one may have lost its end


def item_text(raw: JSON, _: Context) -> Standard:
    """Standardize a text about an item; std has its words (`core`) and its properties (`features`)."""
    return _item_text(require_text(raw))


@lru_cache(CACHED)
def _item_text(raw: str) -> Standard:
    value = clean(raw)
    if not value:
        return EMPTY
    if is_placeholder(value):
        return Standard(value, None, (placeholder(value),))
    core, features = read_item(value)
    return Standard(value, {"core": core or value.casefold(), "features": features})


def read_item(text: str) -> tuple[str, list[str]]:
    """Return the words of a text in the terms of everybody, and the properties that it states, sorted."""
    kept, cut = _without_cut_word(text)
    found, rest = features_of(kept)
    features, words = set(found), []
    for part in (part for token in TOKEN.findall(rest) for part in _parts(token)):
        if feature := property_of(part) or _leftover(part):
            features.add(feature)
        else:
            words.append(term(part))
    if feature := property_of(cut):
        features.add(feature)
    elif cut.isalpha():
        words.append(term(cut))
    return " ".join(words), sorted(features)


def _without_cut_word(text: str) -> tuple[str, str]:
    """Part the last word from a text that its column has perhaps cut: M8x4 may have been M8x40."""
    if len(text) not in CUT_AT:
        return text, ""
    kept, _, cut = text.rpartition(" ")
    return kept, fold(cut)


def _parts(token: str) -> list[str]:
    """Return a token that is one as a whole, or the words joined in it."""
    if property_of(token) or CODE.match(token):
        return [token]
    return [part for part in PARTS.split(token) if part]


def _leftover(part: str) -> str | None:
    """Return the property that a number, a code or a letter is about which nothing more is known."""
    if NUMBER.fullmatch(part):
        return f"number={plain(Decimal(part))}"
    if CODE.match(part):
        return "code=" + part.translate(JOINED)
    return f"mark={part}" if len(part) == 1 else None


JOINED = str.maketrans("", "", "-./+")
item_description = by_language(item_text)
