"""Legal forms of organisations: where in a name they stand, and what they are called when written otherwise."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from cleanco.termdata import terms_by_country

from mdm.core.standardize.tables import read_table
from mdm.core.standardize.text import latin, words

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
MOST_WORDS = 8
SHORTEST_FOREIGN = 3  # letters of the forms taken from cleanco: shorter ones are words in some other language
NOT_FORMS = frozenset(read_table("words")["not_legal_forms"].split())
CUT_FROM, CUT_SHARE = 18, 0.6  # a long form cut off by the length of a field is recognised from this length and share

Words = Sequence[str]


@dataclass(frozen=True, slots=True)
class LegalForms:
    """The table ready to be searched: forms without blanks → their canonical names."""

    ending: Mapping[str, str]
    front: Mapping[str, str]
    midst: Mapping[str, str]
    signs: tuple[tuple[str, str], ...]  # longest first


@cache
def legal_forms() -> LegalForms:
    """Return the table of legal forms."""
    table = read_table("legal_forms")
    written = {compact(form): name for name, forms in table["written"].items() for form in _spellings(forms)}
    front, midst = frozenset(table["front"]), frozenset(table["midst"])
    signs = [(sign, name) for name, forms in table["signs"].items() for sign in map(str.strip, forms.split("|"))]
    return LegalForms(
        ending={**_foreign(), **_cut(written), **written},
        front={form: name for form, name in written.items() if name in front},
        midst={form: name for form, name in written.items() if name in midst and len(form) >= SHORTEST_FOREIGN},
        signs=tuple(sorted(signs, key=lambda pair: (-len(pair[0]), pair[0]))),
    )


def compact(form: str) -> str:
    """Return a form without blanks and dots, in lower-case ASCII."""
    return "".join("".join(words(part)) or part for part in latin(form).replace("&", " & ").split())


def _spellings(forms: str) -> Iterator[str]:
    for form in map(str.strip, forms.split("|")):
        yield form
        yield form.translate(UMLAUTS)


def _foreign() -> dict[str, str]:
    found = {compact(term): " ".join(words(term)) for terms in terms_by_country.values() for term in terms}
    return {form: name for form, name in found.items() if len(form) >= SHORTEST_FOREIGN and form not in NOT_FORMS}


def _cut(written: Mapping[str, str]) -> dict[str, str]:
    return {
        form[:length]: name
        for form, name in written.items()
        for length in range(max(CUT_FROM, int(CUT_SHARE * len(form))), len(form))
    }


def take_signs(name: str) -> tuple[str, str]:
    """Take forms in scripts without blanks off a name in NFKC; returns the rest and the canonical form."""
    if name.isascii():
        return name, ""
    found = ""
    for sign, form in legal_forms().signs:
        if sign in name and name != sign:
            name, found = name.replace(sign, " "), found or form
    return name, found


def take_forms(name: Words) -> tuple[Words, str]:
    """Take the legal forms off the words of a name (`&` is one); returns the rest and the canonical form."""
    table, rest = legal_forms(), list(name)
    found: list[str] = []
    while length := _ending(rest, table.ending):
        found.insert(0, table.ending["".join(rest[-length:])])
        del rest[-length:]
    if not found and (length := _beginning(rest, table.front)):
        found.append(table.front["".join(rest[:length])])
        del rest[:length]
    if not found:
        place, length = _within(rest, table.midst)
        if length:
            found.append(table.midst["".join(rest[place : place + length])])
            del rest[place : place + length]
    return rest, " ".join(filter(None, found))


def _ending(name: Words, forms: Mapping[str, str]) -> int:
    """Return how many words at the end are a form: not all, and not the company of `Smith & Co`."""
    for length in range(min(MOST_WORDS, len(name) - 1), 0, -1):
        if name[-length - 1] != "&" and "".join(name[-length:]) in forms:
            return length
    return 0


def _beginning(name: Words, forms: Mapping[str, str]) -> int:
    for length in range(min(MOST_WORDS, len(name) - 1), 0, -1):
        if name[length] != "&" and "".join(name[:length]) in forms:
            return length
    return 0


def _within(name: Words, forms: Mapping[str, str]) -> tuple[int, int]:
    for length in range(min(MOST_WORDS, len(name) - 2), 0, -1):
        for place in range(1, len(name) - length):
            if "".join(name[place : place + length]) in forms:
                return place, length
    return 0, 0
