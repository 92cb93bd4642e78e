from pathlib import Path

import pytest

from mdm.core.yaml_file import read_yaml, refuse, suggestion
from mdm.errors import DeclarationError


def written(tmp_path: Path, content: bytes | str) -> Path:
    file = tmp_path / "carrier.yaml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def test_file_is_one_mapping(tmp_path: Path) -> None:
    assert read_yaml(written(tmp_path, "domain: carrier\nlimits: {text: 10}\n")) == {
        "domain": "carrier",
        "limits": {"text": 10},
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "not a mapping"),
        ("- a\n- b\n", "not a mapping"),
        ("domain", "not a mapping"),
        ("a: b: c", "not readable as YAML"),
        ("a: [1, 2", "not readable as YAML"),
        ("a: 1\nb: 2\na: 3\n", "`a` is given twice"),
        ("a:\n  b: 1\n  b: 2\n", "`b` is given twice"),
        ("a: 1\n---\nb: 2\n", "not readable as YAML"),
        ("a: !!python/object/apply:os.system ['true']\n", "not readable as YAML"),
        ("? [1, 2]\n: 3\n", "not readable as YAML"),
        ("? {a: 1}\n: 3\n", "not readable as YAML"),
        (b"name: M\xfcller\n", "not readable as YAML"),
        ("a: \x00", "not readable as YAML"),
        ("a: " + "[" * 100_000, "not readable as YAML"),
    ],
)
def test_mistake_names_the_file_and_the_reason(tmp_path: Path, content: bytes | str, reason: str) -> None:
    with pytest.raises(DeclarationError, match=reason) as raised:
        read_yaml(written(tmp_path, content))
    assert str(raised.value).startswith("carrier.yaml: ")
    assert raised.value.details["file"] == str(tmp_path / "carrier.yaml")


def test_repeated_key_is_found_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="line 3"):
        read_yaml(written(tmp_path, "a: 1\nb: 2\na: 3\n"))


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"carrier.yaml: not readable: No such file"):
        read_yaml(tmp_path / "carrier.yaml")


def test_merged_mapping_may_be_overridden(tmp_path: Path) -> None:
    content = "base: &base {type: text, title: A}\nname: {<<: *base, title: B}\n"
    assert read_yaml(written(tmp_path, content))["name"] == {"type": "text", "title": "B"}


def test_path_and_hint_travel_with_the_error(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError) as raised:
        refuse(tmp_path / "carrier.yaml", "attributes.name", "it is missing", "Add it.")
    assert str(raised.value) == "carrier.yaml: attributes.name: it is missing. Add it."
    assert raised.value.details["path"] == "attributes.name"


def test_near_name_is_suggested_else_all_are_listed() -> None:
    assert suggestion("nmae", ["name", "fax"]) == "Did you mean `name`?"
    assert suggestion("zzz", ["name", "fax"]) == "Known are fax, name."
