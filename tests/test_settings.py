from pathlib import Path

import pytest

from mdm.errors import InvalidInput
from mdm.settings import Settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings().environment():
        if name.startswith("MDM_"):
            monkeypatch.delenv(name, raising=False)


def test_environment_sets_what_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MDM_PORT", "9000")
    monkeypatch.setenv("MDM_WORKERS", "3")
    settings = Settings.load(workers=4)
    assert (settings.port, settings.workers) == (9000, 4)


def test_misspelled_variable_is_refused_with_the_right_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MDM_POSTGRES_DNS", "postgresql://db/mdm")
    with pytest.raises(InvalidInput, match=r"MDM_POSTGRES_DNS.*Did you mean MDM_POSTGRES_DSN\?"):
        Settings.load()


@pytest.mark.parametrize(
    ("name", "value"), [("MDM_PORT", "eighty"), ("MDM_PORT", "70000"), ("MDM_POSTGRES_DSN", "mysql://db/mdm")]
)
def test_bad_value_is_refused_naming_the_variable_and_not_the_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidInput) as refused:
        Settings.load()
    assert name in str(refused.value)
    assert value not in str(refused.value)


def test_changed_settings_are_checked_and_keep_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MDM_WORKERS", "3")
    settings = Settings.load()
    monkeypatch.delenv("MDM_WORKERS")
    assert (settings.having(port=9000).workers, settings.having(port=9000).port) == (3, 9000)
    with pytest.raises(InvalidInput, match="MDM_WORKERS"):
        settings.having(workers=0)


def test_child_gets_exactly_these_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MDM_NATS_URL", "nats://elsewhere")
    settings = Settings.load(nats_url="nats://here", data_dir=Path("/srv/mdm"))
    environment = settings.environment()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Settings.load() == settings
    assert environment["PATH"]


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_passwords_do_not_show_in_a_representation() -> None:
    assert "secret" not in repr(Settings(postgres_dsn="postgresql://mdm:secret@db/mdm"))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"oidc_issuer": "http://login.example", "oidc_audience": "mdm"}, "https://"),
        ({"oidc_issuer": "https://login.example"}, "MDM_OIDC_AUDIENCE"),
        ({"oidc_algorithms": "RS256,HS256"}, "must be some of"),
        ({"oidc_algorithms": "none"}, "must be some of"),
        ({"oidc_algorithms": ""}, "must be some of"),
        ({"oidc_roles": "Stewards"}, "theirs=ours"),
    ],
)
def test_identity_provider_that_could_not_be_trusted_is_refused(given: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidInput, match=named):
        Settings.load(**given)


def test_roles_of_the_provider_have_a_meaning_each() -> None:
    settings = Settings(oidc_roles="Data Stewards=steward, urn:a=b=admin")
    assert settings.oidc_role_map == {"Data Stewards": "steward", "urn:a=b": "admin"}
