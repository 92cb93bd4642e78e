"""Text: cleaned as it is published, and folded to ASCII words as it is compared."""

import re
from unicodedata import is_normalized, normalize

from anyascii import anyascii

from mdm.core.standardize.standard import EMPTY, JSON, Context, Standard, require_text

# What no one can see, and PostgreSQL or JSON may not hold: controls that are not blanks, soft hyphens, zero-width
# spaces, marks of writing direction, surrogates, non-characters. Joiners stay: Persian and Indic words need them.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
APOSTROPHES = str.maketrans("", "", "'`\"")
WORD = re.compile("[a-z0-9]+")
GREEK = re.compile("[\u0370-\u03ff]")
HARD_SIGN = re.compile("[ъЪ](?![еёюяЕЁЮЯ])")  # a vowel in Bulgarian; a mute sign before those in Russian
DIPHTHONG = re.compile("([οαεΟΑΕ])[υύΥΎ](?=([θκξπσςτφχψΘΚΞΠΣΤΦΧΨ])?)")


def clean(text: str) -> str:
    """Return the text in NFC without invisible characters, every run of blanks as one space."""
    if not text.isprintable():
        text = INVISIBLE.sub("", text)
    text = " ".join(text.split())
    return text if is_normalized("NFC", text) else normalize("NFC", text)


def latin(text: str) -> str:
    """Return the text in lower-case ASCII letters, whatever its script; punctuation stays."""
    if text.isascii():
        return text.lower()
    text = normalize("NFKC", text)
    if "ъ" in text or "Ъ" in text:
        text = HARD_SIGN.sub("а", text)
    if GREEK.search(text):
        text = DIPHTHONG.sub(_diphthong, text)
    return anyascii(text).lower()


def _diphthong(found: re.Match[str]) -> str:
    """Transcribe ου, αυ, ευ by sound (ELOT 743), which letter by letter would not do."""
    first, voiceless = found[1], found[2]
    return first + ("u" if first in "οΟ" else "f" if voiceless else "v")


def words(text: str) -> list[str]:
    """Return the words of a text in lower-case ASCII letters and digits."""
    return WORD.findall(latin(text).translate(APOSTROPHES))


def fold(text: str) -> str:
    """Return the words of a text separated by blanks; a text of nothing but signs stays as it is."""
    return " ".join(words(text)) or text.casefold()


def caseless(text: str) -> str:
    """Return the text so that upper and lower case and compatible characters are the same; accents stay."""
    return text.casefold() if text.isascii() else clean(normalize("NFKC", normalize("NFKC", text).casefold()))


def text(raw: JSON, _: Context) -> Standard:
    """Standardize free text."""
    value = clean(require_text(raw))
    return Standard(value, caseless(value)) if value else EMPTY
