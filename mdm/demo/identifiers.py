"""Identifiers of made-up organisations, with the check digits that real ones have."""

from collections.abc import Callable
from random import Random

from stdnum import ean, luhn
from stdnum.at import uid as at_uid
from stdnum.bg import vat as bg_vat
from stdnum.ch import uid as ch_uid
from stdnum.cz import dic as cz_dic
from stdnum.es import ccc as es_ccc
from stdnum.es import cif as es_cif
from stdnum.gr import vat as gr_vat
from stdnum.iso7064 import mod_11_10, mod_97_10
from stdnum.jp import cn as jp_cn
from stdnum.pl import nip as pl_nip
from stdnum.tr import vkn as tr_vkn

# country → length of the account part and a maker of it, after the check digits of the IBAN
ACCOUNTS: dict[str, Callable[[Random], str]] = {
    "DE": lambda rng: digits(rng, 18, first="1-8"),
    "AT": lambda rng: digits(rng, 16),
    "CH": lambda rng: "00" + digits(rng, 15),
    "IT": lambda rng: rng.choice("ABCDEFGHILMNOPQRSTUVXYZ") + digits(rng, 22),
    "FR": lambda rng: digits(rng, 23),
    "ES": lambda rng: _spanish_account(rng),  # noqa: PLW0108 (defined below)
    "PL": lambda rng: digits(rng, 24),
    "CZ": lambda rng: digits(rng, 20),
    "GB": lambda rng: rng.choice(("BARC", "LOYD", "NWBK")) + digits(rng, 14),
    "GR": lambda rng: digits(rng, 23),
    "BG": lambda rng: rng.choice(("UNCR", "STSA", "FINV")) + digits(rng, 14),
    "TR": lambda rng: digits(rng, 5) + "0" + digits(rng, 16),
}


def digits(rng: Random, count: int, *, first: str = "0-9") -> str:
    """Return random digits; `first` is the range of the leading one."""
    low, high = int(first[0]), int(first[-1])
    return str(rng.randint(low, high)) + str(rng.randrange(10 ** (count - 1))).zfill(count - 1)


class Identifiers:
    """A source of identifiers that never gives one twice."""

    def __init__(self, rng: Random) -> None:
        """Draw from `rng`."""
        self.rng = rng
        self._given: set[str] = set()

    def _fresh(self, make: Callable[[Random], str]) -> str:
        while (number := make(self.rng)) in self._given:
            pass
        self._given.add(number)
        return number

    def vat_id(self, country: str) -> str | None:
        """Return a VAT id with country prefix; None where there is none."""
        make = VAT_IDS.get(country)
        return self._fresh(make) if make else None

    def tax_number(self, country: str) -> str | None:
        """Return a national tax number for the countries without VAT ids."""
        make = TAX_NUMBERS.get(country)
        return self._fresh(make) if make else None

    def duns(self) -> str:
        """Return a D-U-N-S number, which ended in a Luhn digit for most of its history."""
        return self._fresh(lambda rng: _luhn(digits(rng, 8, first="1-8")))

    def gln(self) -> str:
        """Return a GLN with a prefix of a made-up company."""
        return self._fresh(lambda rng: _ean(digits(rng, 12, first="3-8")))

    def lei(self) -> str:
        """Return a legal entity identifier."""

        def make(rng: Random) -> str:
            body = "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(12))
            stem = f"{digits(rng, 4, first='2-9')}00{body}"
            return stem + mod_97_10.calc_check_digits(stem)

        return self._fresh(make)

    def iban(self, country: str) -> str | None:
        """Return an IBAN; None for countries outside the system."""
        make = ACCOUNTS.get(country)
        if make is None:
            return None

        def whole(rng: Random) -> str:
            account = make(rng)
            return f"{country}{mod_97_10.calc_check_digits(account + country)}{account}"

        return self._fresh(whole)


def _luhn(stem: str) -> str:
    return stem + str(luhn.calc_check_digit(stem))


def _ean(stem: str) -> str:
    return stem + str(ean.calc_check_digit(stem))


def _german(rng: Random) -> str:
    stem = digits(rng, 8, first="1-3")
    return f"DE{stem}{mod_11_10.calc_check_digit(stem)}"


def _austrian(rng: Random) -> str:
    stem = digits(rng, 7, first="1-7")
    return f"ATU{stem}{at_uid.calc_check_digit('U' + stem)}"


def _swiss(rng: Random) -> str:
    while True:
        stem = digits(rng, 8, first="1-4")
        check = str(ch_uid.calc_check_digit(stem))
        if len(check) == 1 and check.isdigit():
            return f"CHE{stem}{check}MWST"


def _italian(rng: Random) -> str:
    return "IT" + _luhn(digits(rng, 7) + f"{rng.randint(1, 100):03d}")


def _french(rng: Random) -> str:
    siren = _luhn(digits(rng, 8, first="3-8"))
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def _spanish(rng: Random) -> str:
    stem = rng.choice("AB") + digits(rng, 7, first="1-9")
    return f"ES{stem}{es_cif.calc_check_digits(stem)[0]}"


def _spanish_account(rng: Random) -> str:
    bank, account = digits(rng, 8), digits(rng, 10)
    return bank + es_ccc.calc_check_digits(f"{bank}00{account}") + account


def _polish(rng: Random) -> str:
    while True:
        stem = digits(rng, 9, first="5-9")
        check = pl_nip.checksum(stem + "0") % 11
        if check < 10:
            return f"PL{stem}{check}"


def _czech(rng: Random) -> str:
    stem = digits(rng, 7, first="1-8")
    return f"CZ{stem}{cz_dic.calc_check_digit_legal(stem)}"


def _british(rng: Random) -> str:
    stem = digits(rng, 7, first="1-9")
    total = sum(weight * int(digit) for weight, digit in zip(range(8, 1, -1), stem, strict=True))
    return f"GB{stem}{97 - total % 97:02d}"


def _greek(rng: Random) -> str:
    stem = digits(rng, 8)
    return f"EL{stem}{gr_vat.calc_check_digit(stem)}"


def _bulgarian(rng: Random) -> str:
    stem = digits(rng, 8, first="1-2")
    return f"BG{stem}{bg_vat.calc_check_digit_legal(stem)}"


def _turkish(rng: Random) -> str:
    stem = digits(rng, 9, first="1-9")
    return f"{stem}{tr_vkn.calc_check_digit(stem)}"


def _japanese(rng: Random) -> str:
    stem = digits(rng, 12, first="0-9")
    return f"{jp_cn.calc_check_digit(stem)}{stem}"


def _american(rng: Random) -> str:
    return f"{rng.choice((20, 26, 27, 31, 36, 38, 45, 46, 47, 81, 82, 83))}-{digits(rng, 7)}"


VAT_IDS: dict[str, Callable[[Random], str]] = {
    "DE": _german, "AT": _austrian, "CH": _swiss, "IT": _italian, "FR": _french, "ES": _spanish, "PL": _polish,
    "CZ": _czech, "GB": _british, "GR": _greek, "BG": _bulgarian,
}  # fmt: skip
TAX_NUMBERS: dict[str, Callable[[Random], str]] = {"TR": _turkish, "JP": _japanese, "US": _american}
