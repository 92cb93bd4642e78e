"""What makes two spellings of a word alike: skeletons, sound codes and near misses."""

from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import OSA, JaroWinkler

CACHED = 100_000
CODE_LENGTH = 5
ALIKE = 0.9  # Jaro-Winkler at and above which long words are taken for one word misspelt
LONG_WORD = 8  # letters from which two typing errors may be forgiven
TYPING_ERROR_FROM = 4  # shorter words differ when a letter differs
MOST_LETTERS_MORE = 3  # that another transliteration of a word may take
FIRST_LETTER_BELOW = 6  # shorter words keep their first letter when misspelt

_GROUPS = (
    ("sch", "s"),
    ("sh", "s"),
    ("sz", "s"),
    ("cz", "s"),
    ("ch", "k"),
    ("kh", "h"),
    ("ck", "k"),
    ("ph", "f"),
    ("th", "t"),
    ("dt", "t"),
    ("gh", "g"),
    ("qu", "kv"),
    ("ae", "a"),
    ("oe", "o"),
    ("ue", "u"),
    ("ou", "u"),
    ("ij", "i"),
    ("ei", "i"),
    ("iy", "i"),
)
_LETTERS = str.maketrans({"c": "k", "q": "k", "x": "ks", "y": "i", "j": "i", "w": "f", "v": "f", "z": "s"})
VOWELS = frozenset("aeiouy")
_WITHOUT_VOWELS = str.maketrans("", "", "aeiou")


def fold(text: str) -> str:
    """Return lower-case ASCII words separated by single blanks, whatever the script."""
    plain = text if text.isascii() else anyascii(text)
    if plain.isalnum():
        return plain.lower()
    return " ".join("".join(c if c.isalnum() else " " for c in plain.lower().replace("'", "")).split())


@lru_cache(CACHED)
def skeleton(word: str) -> str:
    """Return a form that transliterations and spellings of one word share (mueller, muller → muler)."""
    for group, letter in _GROUPS:
        if group in word:
            word = word.replace(group, letter)
    word = word.translate(_LETTERS)
    return "".join(c for at, c in enumerate(word) if at == 0 or c != word[at - 1])


@lru_cache(CACHED)
def sound(word: str) -> str:
    """Return the first letter and the next consonants of a word's skeleton: short, and deaf to most misspellings."""
    bone = skeleton(word)
    code = bone[:1] + bone[1:].translate(_WITHOUT_VOWELS)
    return code[:CODE_LENGTH] if len(code) > 2 else bone[:CODE_LENGTH]


@lru_cache(CACHED)
def alike(left: str, right: str) -> bool:
    """Say whether two different words are one word misspelt or transliterated otherwise."""
    shorter, longer = (left, right) if (len(left), left) <= (len(right), right) else (right, left)
    if len(shorter) < TYPING_ERROR_FROM or len(longer) - len(shorter) > MOST_LETTERS_MORE:
        return False
    if not (shorter.isalpha() and longer.isalpha()):
        return False
    a, b = skeleton(shorter), skeleton(longer)
    if a == b:
        return True
    if len(shorter) >= LONG_WORD and JaroWinkler.similarity(shorter, longer) >= ALIKE:
        allowed = 2
    elif a[0] == b[0] or len(shorter) >= FIRST_LETTER_BELOW:
        allowed = 1
    else:
        return False
    return OSA.distance(shorter, longer, score_cutoff=allowed) <= allowed or (
        OSA.distance(a, b, score_cutoff=allowed) <= allowed
    )


@lru_cache(CACHED)
def abbreviates(left: str, right: str) -> bool:
    """Say whether one word shortens the other: its beginning (tech), its consonants (mfg, intl) or its initial."""
    shorter, longer = (left, right) if len(left) <= len(right) else (right, left)
    if shorter[0] != longer[0] or not (shorter.isalpha() and longer.isalpha()):
        return False
    if len(shorter) == 1:
        return True
    if len(shorter) < 3 or len(longer) < len(shorter) + 2:
        return False
    rest = iter(longer)
    return longer.startswith(shorter) or (not set(shorter[1:]) & VOWELS and all(letter in rest for letter in shorter))


def near(left: str, right: str) -> bool:
    """Say whether two identifiers differ by one typing error, or only by a prefix of two letters."""
    if min(len(left), len(right)) < 7 or abs(len(left) - len(right)) > 2:
        return False
    if left[2:] == right or right[2:] == left:
        return True
    return OSA.distance(left, right, score_cutoff=1) <= 1
