"""Names and descriptions of items: what a thing is called, apart from what tells its variants apart."""

import re
from decimal import Decimal
from functools import lru_cache

from mdm.core.standardize.items.features import DIAMETER, features_of, plain
from mdm.core.standardize.items.terms import property_of, term, without_phrases
from mdm.core.standardize.languages import by_language
from mdm.core.standardize.placeholders import is_placeholder, placeholder
from mdm.core.standardize.standard import CACHED, EMPTY, JSON, Context, Standard, require_text
from mdm.core.standardize.text import clean, fold

TOKEN = re.compile(r"[a-z0-9](?:[a-z0-9+./-]*[a-z0-9+])?")
PARTS = re.compile(r"[./+-]")
NUMBER = re.compile(r"\d{1,4}(?:\.\d+)?")
AND_MORE = "~"  # ends a value of which only the beginning is known
REMARK = re.compile(r"\s+(?:alt|old|gesperrt|auslauf|obsolet|obsolete|nicht verwenden|do not use)\W*$", re.IGNORECASE)
CUT_NUMBER = re.compile(r"(ral|dn|pn)([0-9]+)")  # of which the column has perhaps kept only the first digits
SYMBOLS = frozenset({DIAMETER, "sn"})  # that say what the number behind them is
MARK = 3  # letters: what is as short and no word that anybody knows stands for a type or an option
CODE = re.compile(r"(?=.*\d).{2,}")
CUT_AT = 40  # characters of the most common column for names, in capitals: a text that fills it may have lost its end


def item_text(raw: JSON, _: Context) -> Standard:
    """Standardize a text about an item; std has its words (`core`), those `unknown` among them, and its `features`."""
    return _item_text(require_text(raw))


@lru_cache(CACHED)
def _item_text(raw: str) -> Standard:
    value = clean(raw)
    if not value:
        return EMPTY
    if is_placeholder(value):
        return Standard(value, None, (placeholder(value),))
    return Standard(value, read_item(value))


def read_item(text: str) -> dict[str, JSON]:
    """Return the words of a text in the terms of everybody, those that nobody knows, and the properties it states."""
    kept, cut = _without_cut_word(text)
    found, rest = features_of(kept)
    features, words, unknown = set(found), [], []
    for part in (
        part for token in TOKEN.findall(without_phrases(rest)) for part in _parts(token) if part not in SYMBOLS
    ):
        if feature := property_of(part) or _leftover(part):
            features.add(feature)
            unknown += [part] if part.isalpha() and feature.startswith("mark") else []
        elif (known := term(part)) is not None:
            words.append(known)
        else:
            words.append(part)
            unknown.append(part)
    if feature := property_of(cut):
        features.add(feature)
    elif number := CUT_NUMBER.fullmatch(cut):
        features.add(f"{number[1]}={number[2]}{AND_MORE}")
    elif cut.isalpha():
        words.append(term(cut) or cut)
    core = " ".join(words) or ("" if features else text.casefold())
    return {"core": core, "unknown": " ".join(unknown), "features": sorted(features)}


def _without_cut_word(text: str) -> tuple[str, str]:
    """Part the last word from a text that its column or a remark has perhaps cut: M8x4 may have been M8x40."""
    bare = REMARK.sub("", text)
    if bare == text and (len(text) != CUT_AT or not text.isupper()):
        return text, ""
    kept, _, cut = bare.rpartition(" ")
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
    return f"mark={part}" if len(part) <= MARK and term(part) is None else None


JOINED = str.maketrans("", "", "-./+")
item_description = by_language(item_text)
