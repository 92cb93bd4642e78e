"""Every command says what it did on stdout, what was wrong on stderr, and ends with 0, 1 or 2."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from mdm.entrypoints import cli
from mdm.entrypoints.cli import load
from mdm.errors import Unavailable
from mdm.hub.access import authenticate
from tests.support.hubs import HubUnderTest

Run = Callable[..., tuple[int, str, str]]
NOWHERE = "nats://127.0.0.1:1"


@pytest.mark.parametrize(
    "words",
    [
        "audit",
        "key list",
        "load erp file.csv",
        "rules show",
        "watch",
        "serve",
        "migrate",
        "worker resolve",
        "worker relay",
        "worker clock",
        "audit verify",
    ],
)
def test_without_a_hub_it_is_said_how_to_get_one(mdm: Run, words: str) -> None:
    code, out, err = mdm(*words.split())
    assert (code, out) == (1, "")
    assert "No hub is running" in err
    assert "mdm up" in err


@pytest.mark.parametrize("words", ["audit", "key list", "rules show", "rules propose", "load erp file.csv"])
def test_database_that_was_never_prepared_is_said(
    mdm: Run, empty_database: str, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setenv("MDM_POSTGRES_DSN", empty_database)
    monkeypatch.setenv("MDM_NATS_URL", NOWHERE)
    code, _, err = mdm(*words.split())
    assert (code, "mdm migrate" in err) == (1, True)


@pytest.mark.parametrize("words", ["migrate", "audit", "key list"])
def test_database_that_cannot_be_reached_is_named(mdm: Run, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setenv("MDM_POSTGRES_DSN", "postgresql://mdm@127.0.0.1:1/mdm")
    monkeypatch.setenv("MDM_NATS_URL", NOWHERE)
    code, out, err = mdm(*words.split())
    assert (code, out) == (1, "")
    assert "PostgreSQL cannot be reached" in err
    assert "port 1 failed" in err
    assert "MDM_POSTGRES_DSN" in err


def test_waiting_outlasts_a_restart_of_the_database() -> None:
    answers = iter([Unavailable("PostgreSQL cannot be reached."), Unavailable("PostgreSQL cannot be reached."), 7])

    def look() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    console = Console(file=io.StringIO(), width=200)
    assert load.patiently(look, console=console) == 7
    said = console.file.getvalue()
    assert said == "PostgreSQL cannot be reached. Waiting for it; what was accepted is safe.\n"


@pytest.mark.parametrize(
    "words",
    [
        "nonsense", "key", "key make", "key create", "key revoke",
        "load", "load erp", "rules", "rules show supplier customer", "worker", "worker fly", "demo --size huge",
        "watch a b", "audit --jsn", "key create anna --role reader --days many",
    ],
)  # fmt: skip
def test_words_that_make_no_command_are_wrong_input(mdm: Run, words: str) -> None:
    code, out, err = mdm(*words.split())
    assert (code, out) == (2, "")
    assert "usage: mdm" in err


def test_migrate_says_what_came_into_force_the_first_time(
    mdm: Run, empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MDM_POSTGRES_DSN", empty_database)
    code, out, _ = mdm("migrate")
    assert (code, len(re.findall(r"Release 1 of (customer|supplier) is in force", out))) == (0, 2)
    assert mdm("migrate") == (0, "", "")


def test_created_key_is_printed_alone_and_works(on_hub: Run, hub: HubUnderTest) -> None:
    code, out, err = on_hub("key", "create", "anna", "--role", "reader", "--role", "steward", "--domain", "customer")
    assert (code, "It is shown this once" in err) == (0, True)
    with hub.hub.begin() as work:
        actor = authenticate(work, out.strip())
    assert (actor.name, actor.roles, actor.domains) == ("anna", {"reader", "steward"}, {"customer"})


def test_keys_are_listed_without_secrets_and_revoked_once(on_hub: Run) -> None:
    key = on_hub("key", "create", "anna", "--role", "reader", "--days", "30")[1].strip()
    prefix, secret = key.split("_", 2)[1:]
    listed = on_hub("key", "list")[1]
    assert (prefix in listed, "live" in listed, secret in listed) == (True, True, False)
    assert on_hub("key", "revoke", prefix) == (0, f"Key {prefix} is revoked.\n", "")
    assert "revoked" in on_hub("key", "list")[1]
    assert on_hub("key", "revoke", prefix)[0] == 1
    assert on_hub("key", "revoke", "00000000") == (
        2, "", "mdm: There is no key 00000000.\n     `mdm key list` shows the keys.\n",
    )  # fmt: skip


@pytest.mark.parametrize("days", ["0", "-1", "99999999999"])
def test_key_that_would_have_expired_or_never_would_is_refused(on_hub: Run, days: str) -> None:
    code, out, err = on_hub("key", "create", "anna", "--role", "reader", f"--days={days}")
    assert (code, out) == (2, "")
    assert "days" in err


def test_key_in_a_role_nobody_knows_is_refused_and_the_known_ones_named(on_hub: Run) -> None:
    code, _, err = on_hub("key", "create", "anna", "--role", "king")
    assert (code, "procurement_data_owner" in err, "given: king" in err) == (2, True, True)


def test_rotated_key_is_printed_alone_and_both_are_listed(on_hub: Run) -> None:
    old = on_hub("key", "create", "anna", "--role", "reader")[1].split("_")[1]
    code, out, err = on_hub("key", "rotate", old, "--overlap", "3", "--reason", "Yearly")
    assert (code, "It is shown this once" in err) == (0, True)
    listed = on_hub("key", "list")[1]
    assert [prefix in listed for prefix in (old, out.split("_")[1])] == [True, True]
    assert on_hub("key", "rotate", old, "--overlap", "99999999999")[0] == 2


def test_key_for_an_unknown_domain_is_refused(on_hub: Run) -> None:
    code, _, err = on_hub("key", "create", "anna", "--role", "reader", "--domain", "asset")
    assert (code, "Domains are *, customer, " in err) == (2, True)


def test_rules_in_force_are_shown(on_hub: Run) -> None:
    code, out, _ = on_hub("rules", "show")
    assert code == 0
    assert re.findall(r"(customer|supplier)\W+1\W+active", out) == ["customer", "supplier"]
    assert json.loads(on_hub("rules", "show", "supplier")[1])["declaration"]["domain"] == "supplier"


def test_rules_of_an_unknown_domain_are_wrong_input(on_hub: Run) -> None:
    assert on_hub("rules", "show", "suplier") == (
        2, "", "mdm: There is no domain `suplier`.\n     Did you mean `supplier`?\n",
    )  # fmt: skip


def test_changed_declaration_becomes_a_draft_once(on_hub: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shipped = Path(cli.__file__).parents[2] / "core" / "domains" / "supplier.yaml"
    (tmp_path / "supplier.yaml").write_text(shipped.read_text().replace("title: Supplier\n", "title: Vendor\n"))
    monkeypatch.setenv("MDM_DOMAINS_DIR", str(tmp_path))
    told = [re.sub(r", \w{12}\)", ")", on_hub("rules", "propose")[1]) for _ in range(2)]
    said = [[line for line in text.splitlines() if line.startswith(("customer:", "supplier:"))] for text in told]
    assert said == [
        ["customer: in force as the file says (release 1)", f"supplier: {how} (release 2)"]
        for how in ("differs from what is in force: kept as a draft", "kept as a draft before")
    ]  # fmt: skip


def test_draft_that_breaks_the_contract_with_subscribers_says_so(
    on_hub: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shipped = Path(cli.__file__).parents[2] / "core" / "domains" / "supplier.yaml"
    renamed = shipped.read_text().replace("industry: {type: text}", "branch: {type: text}")
    (tmp_path / "supplier.yaml").write_text(renamed)
    monkeypatch.setenv("MDM_DOMAINS_DIR", str(tmp_path))
    told = on_hub("rules", "propose")[1].splitlines()
    assert "  industry: removed - breaks the contract with subscribers and needs a new subject version" in told
    assert "  branch: added" in told


def test_broken_declaration_is_wrong_input_that_names_the_file(
    on_hub: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "supplier.yaml").write_text("domain: supplier\ntitel: Vendor\n")
    monkeypatch.setenv("MDM_DOMAINS_DIR", str(tmp_path))
    code, out, err = on_hub("rules", "propose")
    assert (code, out) == (2, "")
    assert "supplier.yaml: " in err


def test_loaded_file_is_summed_up(on_hub: Run, hub: HubUnderTest, tmp_path: Path) -> None:
    file = tmp_path / "suppliers.jsonl"
    file.write_text('{"supplierId": "1", "legalName": "Acme GmbH"}\nbroken\n')
    code, out, _ = on_hub("load", "procurement", str(file), "--no-wait")
    assert code == 0
    assert re.search(r"procurement\W+suppliers.jsonl\W+2\W+2\b", out)
    hub.process()
    code, out, err = on_hub("load", "procurement", str(file))
    assert (code, "applied" in out, "quarantined" in out) == (0, True, True)
    assert "/v1/quarantine?source=procurement" in err


@pytest.mark.parametrize(
    ("source", "name", "named"),
    [
        ("procurement", "nothing.jsonl", "There is no file"),
        ("procurment", "suppliers.jsonl", "Did you mean `procurement`?"),
        ("procurement", "orders.jsonl", "It reads suppliers: suppliers*.jsonl"),
        ("procurement", "suppliers-empty.jsonl", "the file is empty"),
    ],
)
def test_file_that_cannot_be_loaded_is_wrong_input(
    on_hub: Run, tmp_path: Path, source: str, name: str, named: str
) -> None:
    for made, content in (("suppliers.jsonl", "{}"), ("orders.jsonl", "{}"), ("suppliers-empty.jsonl", "")):
        (tmp_path / made).write_text(content)
    code, out, err = on_hub("load", source, str(tmp_path / name), "--no-wait")
    assert (code, out) == (2, "")
    assert named in " ".join(err.split())


def test_nothing_is_loaded_when_one_of_the_files_is_not_there(on_hub: Run, hub: HubUnderTest, tmp_path: Path) -> None:
    (tmp_path / "suppliers.jsonl").write_text('{"supplierId": "1", "legalName": "Acme GmbH"}\n')
    words = ("load", "procurement", str(tmp_path / "suppliers.jsonl"), str(tmp_path / "nothing.jsonl"), "--no-wait")
    assert on_hub(*words)[0] == 2
    assert hub.rows("SELECT count(*) FROM load") == [(0,)]


def test_audit_that_cannot_see_the_stream_proves_nothing(on_hub: Run) -> None:
    code, out, _ = on_hub("audit", "--json")
    found = json.loads(out)
    assert (code, found["clean"], found["broken"], len(found["unchecked"])) == (1, False, [], 1)


def test_audit_of_a_sound_hub_is_clean(streaming: Run, hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes={"name": "Acme GmbH"})
    hub.process()
    code, out, _ = streaming("audit")
    assert (code, out.count("holds "), out.count("BROKEN")) == (0, len(out.splitlines()), 0)


def test_audit_lists_what_is_broken(streaming: Run, hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes={"name": "Acme GmbH"})
    hub.process()
    hub.rows("DELETE FROM golden_version RETURNING 1")
    code, out, _ = streaming("audit")
    assert code == 1
    assert re.search(r"BROKEN  I5 .*\n +master .* its versions are 0\.\.0", out)


def test_watching_without_nats_says_that_it_is_away(on_hub: Run) -> None:
    code, out, err = on_hub("watch")
    assert (code, out) == (1, "")
    assert "This should not happen" not in err
    assert "NATS" in err or "127.0.0.1:1" in err


@pytest.mark.parametrize("domain", ["a.b", ">", "Supplier!"])
def test_watching_what_is_no_domain_is_wrong_input(on_hub: Run, domain: str) -> None:
    code, _, err = on_hub("watch", domain)
    assert (code, "domain" in err) == (2, True)
