import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from mdm.embedded import binaries
from mdm.entrypoints.cli.publishing.nats.parties import read_parties
from mdm.settings import Settings, variable

ROOT = Path(__file__).parent.parent
SETTINGS = {variable(name) for name in Settings.model_fields}


def test_compose_and_image_set_only_settings_that_exist() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    assert set(compose["services"]["hub"]["environment"]) <= SETTINGS
    assert set(re.findall(r"MDM_\w+", (ROOT / "Dockerfile").read_text())) <= SETTINGS


@pytest.mark.parametrize("name", ["nats.conf", "nats-cluster.conf"])
def test_nats_of_deployments_syncs_always_and_its_configuration_is_valid(name: str) -> None:
    configuration = ROOT / "deploy" / name
    assert "sync_interval: always" in configuration.read_text()
    test = [binaries.nats_server(), "-t", "-c", configuration]
    subprocess.run(test, check=True, capture_output=True, env={"NATS_NAME": "n1"})


def test_parties_of_the_documentation_are_those_to_begin_with() -> None:
    sample = ROOT / "deploy" / "parties.yaml"
    page = (ROOT / "docs" / "how-to" / "run-nats.md").read_text()
    shown = yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0])
    assert shown == yaml.safe_load(sample.read_text())
    assert read_parties(sample, Settings()).subscribers["shop"].domains == ("item",)


@pytest.mark.parametrize("name", ["hub", "plant"])
def test_nats_of_hub_and_plant_sync_always_and_their_configurations_are_valid(name: str) -> None:
    configuration = ROOT / "deploy" / "leaf" / f"{name}.conf"
    assert "sync_interval: always" in configuration.read_text()
    subprocess.run([binaries.nats_server(), "-t", "-c", configuration], check=True, capture_output=True)


def test_lock_pins_with_hashes_and_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert not re.search(r"^--", lock, re.MULTILINE)
    pins = re.findall(r"^\S+==\S+(.*)$", lock, re.MULTILINE)
    assert pins
    assert all(rest.strip() == "\\" for rest in pins)


def test_lock_holds_what_the_project_asks_for() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pinned = {name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *extras["embedded"], *extras["dev"]]
    assert {re.split(r"[^\w-]", name)[0].lower() for name in asked} - pinned == set()
