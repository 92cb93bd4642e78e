import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from mdm.entrypoints.api.oidc.keys import SigningKeys
from mdm.entrypoints.api.oidc.provider import fetch_keys, is_safe
from mdm.errors import Unavailable
from tests.support.identity_provider import DISCOVERY, KEYS, IdentityProvider, private_key, published, running_provider


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with running_provider() as running:
        yield running


class Clock:
    """Seconds that pass when a test says so."""

    seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def keeping(provider: IdentityProvider, clock: Clock) -> SigningKeys:
    return SigningKeys(partial(fetch_keys, provider.issuer), lasts=300, pause=30, now=clock)


def until(is_so: Callable[[], object]) -> None:
    limit = time.monotonic() + 5
    while not is_so():
        assert time.monotonic() < limit
        time.sleep(0.005)


def test_keys_are_found_through_the_issuer_and_kept(provider: IdentityProvider) -> None:
    keys = keeping(provider, Clock())
    assert [key.algorithm_name for key in keys.find("first")] == ["RS256", "PS256"]
    assert keys.find(None) == keys.find("first")
    assert provider.asked == [DISCOVERY, KEYS]


def test_rotated_key_is_asked_for_when_it_is_first_seen(provider: IdentityProvider) -> None:
    clock = Clock()
    keys = keeping(provider, clock)
    keys.find("first")
    provider.publish("second", number=1)
    clock.seconds += 31
    assert keys.find("second")
    assert not keys.find("first")


def test_unknown_keys_make_the_provider_be_asked_once_in_a_while(provider: IdentityProvider) -> None:
    clock = Clock()
    keys = keeping(provider, clock)
    assert not any(keys.find(f"forged-{number}") for number in range(20))
    assert provider.asked == [DISCOVERY, KEYS]
    clock.seconds += 31
    assert not any(keys.find(f"forged-{number}") for number in range(20))
    assert len(provider.asked) == 4


def test_stale_keys_serve_while_they_are_renewed_in_the_background(provider: IdentityProvider) -> None:
    clock = Clock()
    keys = keeping(provider, clock)
    keys.find("first")
    provider.keys.append(published("ES256", private_key("ES256"), kid="second"))
    clock.seconds += 301
    assert keys.find("first")
    until(lambda: keys._keys.get("second"))
    assert keys.find("second")


def test_known_keys_serve_while_the_provider_is_down(provider: IdentityProvider) -> None:
    clock = Clock()
    keys = keeping(provider, clock)
    keys.find("first")
    provider.down = True
    clock.seconds += 100_000
    assert keys.find("first")
    until(lambda: len(provider.asked) == 3)
    assert not keys.find("unknown")
    assert keys.find("first")


def test_nothing_is_decided_before_any_key_is_known(provider: IdentityProvider) -> None:
    clock = Clock()
    keys = keeping(provider, clock)
    provider.down = True
    with pytest.raises(Unavailable, match="not known yet"):
        keys.find("first")
    provider.down = False
    clock.seconds += 31
    assert keys.find("first")


def test_others_do_not_wait_for_who_asks_if_they_know_their_key() -> None:
    asked, answered = threading.Event(), threading.Event()
    given = {"first": ["key"]}

    def fetch() -> dict[str, list[str]]:
        if asked.is_set():
            answered.wait(5)
        asked.set()
        return given

    keys = SigningKeys(fetch, lasts=0, pause=0)  # type: ignore[arg-type]
    keys.find("first")
    began = time.monotonic()
    assert keys.find("first") == keys.find("first") == ["key"]
    assert time.monotonic() - began < 2
    answered.set()


@pytest.mark.parametrize(
    "keys",
    [
        [], [{"kty": "oct", "k": "c2VjcmV0", "kid": "first"}], ["nonsense"], [{"kty": "RSA", "kid": "first"}],
        [published("RS256", private_key("RS256"), kid="first", use="enc")],
    ],
)  # fmt: skip
def test_keys_that_verify_nothing_are_left_out(provider: IdentityProvider, keys: list[dict[str, object]]) -> None:
    provider.keys = keys
    with pytest.raises(Unavailable, match="no usable signing key"):
        fetch_keys(provider.issuer)


def test_provider_that_calls_itself_otherwise_is_refused(provider: IdentityProvider) -> None:
    provider.discovery["issuer"] = "https://elsewhere.example"
    with pytest.raises(Unavailable, match="by another issuer"):
        fetch_keys(provider.issuer)


@pytest.mark.parametrize("address", ["http://elsewhere.example/keys", "file:///etc/passwd", "", None, 7, "http://[", "ftp://localhost/x"])  # fmt: skip  # noqa: E501
def test_keys_are_not_fetched_from_where_anybody_may_change_them(provider: IdentityProvider, address: object) -> None:
    provider.discovery["jwks_uri"] = address
    with pytest.raises(Unavailable, match="no safe address"):
        fetch_keys(provider.issuer)


def test_https_and_this_machine_are_safe() -> None:
    assert is_safe("https://login.example/keys")
    assert is_safe("http://localhost:8080/keys")
    assert not is_safe("http://localhost.elsewhere.example/keys")
