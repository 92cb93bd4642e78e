"""Telephone numbers, mailboxes, web sites and persons."""

import pytest

from mdm.core.standardize import STANDARDIZERS, Context, Standard


def standard(name: str, raw: str, country: str | None = None) -> Standard:
    return STANDARDIZERS[name](raw, Context(country))


def codes(found: Standard) -> list[str]:
    return [finding.code for finding in found.findings]


@pytest.mark.parametrize(
    ("country", "raw", "expected"),
    [
        ("DE", "089/1234567", "+49891234567"),
        ("DE", "+49 (0)89 1234567", "+49891234567"),
        ("DE", "0049 89 1234567", "+49891234567"),
        ("DE", "(089) 123-4567", "+49891234567"),
        ("IT", "02 1234567", "+39021234567"),
        ("US", "(212) 555-2368", "+12125552368"),
        ("US", "1-212-555-2368", "+12125552368"),
        ("JP", "0081 3 5466 8331", "+81354668331"),  # which Japan dials as 010 81
        ("JP", "０３−５４６６−８３３１", "+81354668331"),
        ("US", "0049 89 1234567", "+49891234567"),
        (None, "0049 89 1234567", "+49891234567"),
        (None, "+49 89 1234567 ext. 12", "+49891234567"),
    ],
)
def test_phone_is_e164(country: str | None, raw: str, expected: str) -> None:
    assert standard("phone", raw, country) == Standard(expected, expected)


def test_phone_that_no_plan_has_is_kept_with_a_finding() -> None:
    found = standard("phone", "089/1234567")
    assert (found.value, found.std, codes(found)) == ("089/1234567", "0891234567", ["invalid_format"])


@pytest.mark.parametrize("raw", ["000000", "0", "123456789", "n/a", "+49 000 000000"])
def test_phone_typed_to_fill_the_field_says_nothing(raw: str) -> None:
    found = standard("phone", raw, "DE")
    assert (found.value, found.std, codes(found)) == (raw, None, ["placeholder"])


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Info@ACME.de", "info@acme.de"),
        ("info@ acme.de", "info@acme.de"),
        ("mailto:info@acme.de", "info@acme.de"),
        ("Max Mustermann <max@acme.de>", "max@acme.de"),
        ("info@müller.de", "info@müller.de"),
    ],
)
def test_mailbox_is_in_lower_case_without_what_stands_around_it(raw: str, expected: str) -> None:
    assert standard("email", raw) == Standard(expected, expected)


@pytest.mark.parametrize("raw", ["acme.de", "a@b", "a@@b.de", "a b@", ".a@b.de", "a@b..de"])
def test_broken_mailbox_is_kept_with_a_finding(raw: str) -> None:
    found = standard("email", raw)
    assert (found.value, codes(found)) == (raw, ["invalid_format"])


@pytest.mark.parametrize("raw", ["noemail@example.com", "keine@angabe.de", "na@na.com", "none@none.com"])
def test_mailbox_typed_to_fill_the_field_says_nothing(raw: str) -> None:
    found = standard("email", raw)
    assert (found.std, codes(found)) == (None, ["placeholder"])


@pytest.mark.parametrize(
    "raw", ["acme.de", "www.acme.de", "https://www.ACME.de/de?x=1", "http://acme.de:8080", "acme.de."]
)
def test_web_sites_of_one_host_are_one(raw: str) -> None:
    assert standard("website", raw).std == "acme.de"


def test_web_site_in_punycode_is_the_one_in_letters() -> None:
    assert standard("website", "xn--mller-kva.de").std == standard("website", "müller.de").std == "müller.de"


@pytest.mark.parametrize("raw", ["not a site", "acme", "http://", "a..de"])
def test_broken_web_site_is_kept_with_a_finding(raw: str) -> None:
    found = standard("website", raw)
    assert (found.value, codes(found)) == (raw, ["invalid_format"])


@pytest.mark.parametrize("raw", ["Hans Müller", "Müller, Hans", "Dr. Hans Müller", "HANS MÜLLER", "Herr Hans Müller"])
def test_names_of_a_person_are_one(raw: str) -> None:
    assert standard("person_name", raw) == Standard(raw, "hans muller")
