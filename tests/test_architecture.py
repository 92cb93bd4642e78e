"""Executes the import table of the design: who may know whom."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("mdm", "survivorship", "publishers", "migrations")
HUB_ORDER = (
    "action_log", "access", "announce", "sealing", "tasks", "approval", "golden", "resolution", "relations",
    "settling", "ingest", "explanation", "stewardship", "releases", "redo", "subscribers",
    "quality", "publishing", "standing", "audit",
)  # fmt: skip
CORE_SIBLINGS = ("matching", "standardize", "quality", "security")

# package → first-party prefixes it may import besides itself; the longest matching prefix rules
MAY_IMPORT = {
    "survivorship": (),
    "publishers": (),
    "mdm.errors": (),
    "mdm.settings": ("mdm.errors",),
    "mdm.core": ("mdm.errors", "survivorship"),
    "mdm.sources": ("mdm.errors", "mdm.core"),
    "mdm.store": ("mdm.errors", "mdm.core", "publishers"),
    "mdm.hub": ("mdm.errors", "mdm.core", "mdm.sources", "mdm.store", "survivorship", "publishers"),
    "mdm.entrypoints.api": ("mdm.errors", "mdm.core", "mdm.hub", "mdm.settings"),
    "mdm.entrypoints.console": ("mdm.errors", "mdm.core", "mdm.hub", "mdm.settings"),
    "mdm.entrypoints.workers": (
        "mdm.errors", "mdm.core", "mdm.hub", "mdm.settings", "mdm.streams", "publishers",
    ),
    "mdm.entrypoints.cli": (
        "mdm.errors", "mdm.core", "mdm.sources", "mdm.store", "mdm.hub", "mdm.entrypoints.workers", "mdm.embedded",
        "mdm.demo", "mdm.bootstrap", "mdm.settings", "mdm.streams", "mdm.asgi", "publishers", "survivorship",
    ),
    "mdm.embedded": ("mdm.errors", "mdm.settings", "mdm.core", "mdm.sources"),
    "mdm.demo": ("mdm.errors", "mdm.settings", "mdm.core", "mdm.sources"),
    "mdm.bootstrap": (
        "mdm.errors", "mdm.settings", "mdm.core", "mdm.sources", "mdm.store", "mdm.hub", "mdm.embedded", "publishers",
        "survivorship",
    ),
    "mdm.streams": ("mdm.settings", "mdm.hub", "publishers"),
    "mdm.asgi": (
        "mdm.bootstrap", "mdm.entrypoints", "mdm.settings", "mdm.streams", "mdm.errors", "mdm.hub", "publishers",
    ),
    "mdm.__main__": ("mdm.entrypoints.cli",),
    "mdm": (),
    "migrations": ("mdm.store.tables", "publishers.outbox", "publishers.body", "publishers.roster"),
}  # fmt: skip

THIRD_PARTY_ONLY_IN = {
    "litestar": ("mdm.entrypoints", "mdm.asgi"),
    "sqlmodel": ("mdm.store", "publishers", "mdm.bootstrap", "mdm.embedded", "migrations"),
    "sqlalchemy": ("mdm.store", "publishers", "mdm.bootstrap", "mdm.embedded", "migrations"),
    "psycopg": ("mdm.store", "publishers", "mdm.bootstrap", "mdm.embedded", "migrations"),
    "nats": ("publishers", "mdm.embedded"),
    "jwt": ("mdm.entrypoints.api.oidc",),
    "httpx": ("mdm.entrypoints.api.oidc",),
    "rapidfuzz": ("mdm.core",),
    "numpy": ("mdm.core",),
    "cel": ("mdm.core.quality",),
    "duckdb": ("mdm.core.matching.bulk",),
    "pyarrow": ("mdm.core.matching.bulk",),
}


def under(module: str, prefix: str) -> bool:
    return module == prefix or module.startswith(prefix + ".")


@cache
def imports() -> list[tuple[str, str]]:
    """Every (importing module, imported module), function-local and TYPE_CHECKING imports too."""
    found = []
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Import):
                    found += [(module, alias.name) for alias in node.names]
                elif isinstance(node, ast.ImportFrom):
                    assert node.level == 0, f"{module} uses a relative import"
                    found += [(module, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def rule_of(module: str) -> str:
    return max((prefix for prefix in MAY_IMPORT if under(module, prefix)), key=len)


def test_packages_import_only_what_the_table_allows() -> None:
    wrong = []
    for module, imported in imports():
        if imported.split(".")[0] not in PACKAGES or imported == "mdm.__version__":
            continue
        rule = rule_of(module)
        if not any(under(imported, allowed) for allowed in (rule, *MAY_IMPORT[rule])):
            wrong.append(f"{module} → {imported}")
    assert not wrong, "\n".join(wrong)


def test_hub_modules_import_only_to_their_left() -> None:
    wrong = []
    for module, imported in imports():
        if not (under(module, "mdm.hub") and under(imported, "mdm.hub")):
            continue
        here, there = ([*m.split("."), "", ""][2] for m in (module, imported))
        if here and here != there and HUB_ORDER.index(there) > HUB_ORDER.index(here):
            wrong.append(f"{module} → {imported}")
    assert not wrong, "\n".join(wrong)


def test_core_siblings_do_not_know_each_other() -> None:
    wrong = [
        f"{module} → {imported}"
        for module, imported in imports()
        for here in CORE_SIBLINGS
        for there in (*CORE_SIBLINGS, "domains")
        if here != there and under(module, f"mdm.core.{here}") and under(imported, f"mdm.core.{there}")
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("library", THIRD_PARTY_ONLY_IN)
def test_third_party_library_stays_in_its_rooms(library: str) -> None:
    allowed = THIRD_PARTY_ONLY_IN[library]
    wrong = [f"{m} → {i}" for m, i in imports() if under(i, library) and not any(under(m, a) for a in allowed)]
    assert not wrong, "\n".join(wrong)


def test_subscriber_needs_nats_alone() -> None:
    foreign = [
        i for m, i in imports()
        if under(m, "publishers.subscriber") and m != "publishers.subscriber.postgres"
        and i.split(".")[0] in {"psycopg", "sqlalchemy", "sqlmodel"}
    ]  # fmt: skip
    assert not foreign


@pytest.mark.parametrize(
    ("phrase", "home"),
    [
        ("os.environ", "mdm/settings.py"),
        ("datetime.now(", "mdm/core/clock.py"),
        (".commit()", "mdm/store/work.py"),
    ],
)
def test_rule_that_matters_lives_in_one_file(phrase: str, home: str) -> None:
    homes = {str(file.relative_to(ROOT)) for file in (ROOT / "mdm").rglob("*.py") if phrase in file.read_text()}
    assert homes <= {home}


def test_no_room_is_too_large() -> None:
    sizes = {f: len(f.read_text().splitlines()) for p in PACKAGES for f in (ROOT / p).rglob("*.py")}
    assert {str(f): n for f, n in sizes.items() if n > 400} == {}
    assert {str(d) for p in PACKAGES for d in (ROOT / p).rglob("*/") if len([e for e in d.iterdir() if e.name != "__pycache__"]) > 20} == set()  # fmt: skip  # noqa: E501


def test_no_folder_is_a_drawer() -> None:
    drawers = {"utils", "misc", "helpers", "common"}
    assert not [f for p in PACKAGES for f in (ROOT / p).rglob("*") if f.stem in drawers]
