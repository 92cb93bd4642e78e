"""Mailboxes and web sites."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from mdm.core.standardize.placeholders import MAIL_DOMAINS, MAILBOXES, is_placeholder, placeholder
from mdm.core.standardize.standard import CACHED, EMPTY, JSON, Context, Finding, Standard, require_text
from mdm.core.standardize.text import caseless, clean, words

# what email-validator would accept as it is; all else it has to look at
PLAIN = re.compile(
    r"(?=.{6,254}$)(?=[^@]{1,64}@)[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
)
RESERVED = re.compile(r"\.(?:arpa|invalid|local|localhost|onion|test|alt|internal)$|--")
ADDRESSED = re.compile(r"^[^<>]*<([^<>]+)>$")
SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:/{1,2}", re.IGNORECASE)
LONGEST_HOST = 253
HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_](?:[\w-]{0,61}[^\W_])")


def email(raw: JSON, _: Context) -> Standard:
    """Standardize an e-mail address to lower case; its domain is not asked for."""
    return _email(require_text(raw))


def website(raw: JSON, _: Context) -> Standard:
    """Standardize a web address; std is the host without `www.`."""
    return _website(require_text(raw))


@lru_cache(CACHED)
def _email(raw: str) -> Standard:
    value = clean(raw).lower()
    if not value:
        return EMPTY
    if is_placeholder(value):
        return Standard(value, None, (placeholder(value),))
    address = _valid_mailbox(value) or _valid_mailbox(_bare(value))
    if address is None:
        return Standard(
            value, caseless(value), (Finding("invalid_format", f'"{value[:80]}" is not an e-mail address.'),)
        )
    local, _, domain = address.rpartition("@")
    if domain in MAIL_DOMAINS or "".join(words(local)) in MAILBOXES:
        return Standard(address, None, (placeholder(address),))
    return Standard(address, address)


def _bare(value: str) -> str:
    """Return the address without blanks, display name and `mailto:`."""
    found = ADDRESSED.match(value)
    return (found[1] if found else value).removeprefix("mailto:").replace(" ", "")


def _valid_mailbox(value: str) -> str | None:
    if PLAIN.fullmatch(value) and not RESERVED.search(value):
        return value
    try:
        return clean(validate_email(value, check_deliverability=False).normalized).lower()
    except (EmailNotValidError, UnicodeError):
        return None


@lru_cache(CACHED)
def _website(raw: str) -> Standard:
    value = clean(raw)
    if not value:
        return EMPTY
    if is_placeholder(value):
        return Standard(value, None, (placeholder(value),))
    host = _host(value)
    if host is None:
        return Standard(value, caseless(value), (Finding("invalid_format", f'"{value[:80]}" is not a web address.'),))
    return Standard(value, host)


def _host(value: str) -> str | None:
    authority = re.split(r"[/?#\\]", SCHEME.sub("", value), maxsplit=1)[0]
    host = authority.rpartition("@")[2].partition(":")[0].rstrip(".").lower().removeprefix("www.")
    if "xn--" in host:
        try:
            host = host.encode("ascii").decode("idna")
        except UnicodeError:
            return None
    return host if len(host) <= LONGEST_HOST and HOST.fullmatch(host) else None
