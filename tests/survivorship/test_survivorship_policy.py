from contextlib import suppress
from typing import Any

import pytest
from golden_cases import policies
from hypothesis import given, settings
from hypothesis import strategies as st

from survivorship import AttributeRule, Curve, Policy, PolicyError, Rating, Rule, SourceTrust

DOCUMENT: dict[str, Any] = {
    "attributes": {
        "name": {"rule": "most_trusted"},
        "phone": {"rule": "source_priority", "sources": ["crm"], "empty_wins": True},
        "contacts": {"rule": "union", "key": "email"},
        "credit": {"rule": "follow", "attribute": "name"},
        "fax": {"rule": "most_trusted", "decay": {"curve": "linear", "days": 30, "floor": 0.1}},
    },
    "groups": {"credit": ["credit_limit", "credit_currency"]},
    "sources": ["erp", "crm"],
    "trust": {
        "erp": {"default": 0.9, "attributes": {"phone": 0.2, "credit": 1}},
        "crm": {"default": {"trust": 0.5, "decay": {"curve": "exponential", "days": 90}}},
    },
    "default": {"rule": "longest"},
    "downgrades": {
        "findings": {"light": 0.5},
        "severities": {"error": 0.2},
        "severity_of": {"odd": "error"},
        "floor": 0.1,
    },
}


STEP: dict[str, Any] = {"curve": "step", "days": 30}


def follow(attribute: str) -> dict[str, Any]:
    return {"rule": "follow", "attribute": attribute}


def decaying(**decay: Any) -> dict[str, Any]:
    return {"erp": {"default": {"trust": 1, "decay": STEP | decay}}}


def test_a_policy_returns_to_the_document_it_came_from() -> None:
    policy = Policy.from_document(DOCUMENT)
    assert policy.to_document() == DOCUMENT
    assert Policy.from_document(policy.to_document()) == policy


def test_an_empty_document_is_the_default_policy() -> None:
    assert Policy.from_document({}) == Policy()


def test_reading_does_not_keep_hold_of_the_document() -> None:
    policy = Policy.from_document(DOCUMENT)
    policy.to_document()["attributes"].clear()
    assert policy.attributes["phone"] == AttributeRule(Rule.SOURCE_PRIORITY, ("crm",), None, empty_wins=True)
    assert policy.trust["erp"] == SourceTrust(Rating(0.9), {"phone": Rating(0.2), "credit": Rating(1.0)})


@pytest.mark.parametrize(
    ("document", "path", "reason"),
    [
        ([], "policy", "must be a mapping"),
        ({"atributes": {}}, "atributes", "Did you mean 'attributes'?"),
        ({"attributes": []}, "attributes", "must be a mapping"),
        ({"attributes": {1: {}}}, "attributes", "put it in quotes"),
        ({"attributes": {"name": "longest"}}, "attributes.name", "must be a mapping"),
        ({"attributes": {"name": {}}}, "attributes.name.rule", "is missing. Use one of source_priority"),
        ({"attributes": {"name": {"rule": "longst"}}}, "attributes.name.rule", "Did you mean 'longest'?"),
        ({"attributes": {"name": {"rule": ["min"]}}}, "attributes.name.rule", "there is no rule ['min']"),
        ({"attributes": {"name": {"rule": "min", "by": 1}}}, "attributes.name.by", "Use one of rule, sources"),
        ({"attributes": {"name": {"rule": "min", "sources": "erp"}}}, "attributes.name.sources", "must be a list"),
        ({"attributes": {"name": {"rule": "min", "sources": [1]}}}, "attributes.name.sources[0]", "must be a text"),
        ({"attributes": {"name": {"rule": "min", "sources": ["a", "a"]}}}, "attributes.name.sources[1]", "twice"),
        ({"attributes": {"name": {"rule": "min", "key": "id"}}}, "attributes.name.key", "belongs to the rule 'union'"),
        ({"attributes": {"name": {"rule": "union"}}}, "attributes.name.key", "is missing"),
        ({"attributes": {"name": {"rule": "union", "key": 1}}}, "attributes.name.key", "must be a text"),
        ({"attributes": {"name": {"rule": "source_priority"}}}, "attributes.name.sources", "is missing"),
        ({"attributes": {"name": {"rule": "most_trusted"}}}, "attributes.name.rule", "needs 'trust'"),
        ({"attributes": {"name": {"rule": "min", "empty_wins": True}}}, "attributes.name.empty_wins", "no meaning"),
        ({"attributes": {"name": {"rule": "min", "empty_wins": 1}}}, "attributes.name.empty_wins", "yes or no"),
        ({"default": {"rule": "most_trusted"}}, "default.rule", "needs 'trust'"),
        ({"default": {"rule": "min"}, "groups": {"g": ["a"]}}, "default.rule", "cannot rule a coupled group"),
        ({"groups": {"g": []}}, "groups.g", "has no members"),
        ({"groups": {"g": ["a"], "h": ["a"]}}, "groups.h[0]", "'a' is already a member of 'g'"),
        ({"groups": {"g": ["a", "a"]}}, "groups.g[1]", "'a' is already a member of 'g'"),
        ({"groups": {"g": ["g"]}}, "groups.g[0]", "is itself a group"),
        ({"groups": {"g": ["a"]}, "attributes": {"a": {"rule": "min"}}}, "attributes.a", "a member of the group 'g'"),
        ({"groups": {"g": ["a"]}, "attributes": {"g": {"rule": "max"}}}, "attributes.g.rule", "survives whole"),
        ({"sources": ["erp", "erp"]}, "sources[1]", "'erp' is listed twice"),
        ({"trust": {"erp": 0.5}}, "trust.erp", "must be a mapping"),
        ({"trust": {"erp": {"default": "high"}}}, "trust.erp.default", "from 0 to 1, not 'high'"),
        ({"trust": {"erp": {"default": True}}}, "trust.erp.default", "from 0 to 1"),
        ({"trust": {"erp": {"default": 1.5}}}, "trust.erp.default", "from 0 to 1, not 1.5"),
        ({"trust": {"erp": {"attributes": {"x": -1}}}}, "trust.erp.attributes.x", "from 0 to 1, not -1"),
        ({"trust": {"erp": {"default": float("nan")}}}, "trust.erp.default", "from 0 to 1"),
        ({"trust": {"erp": {"attributes": {"a": 1}}}, "groups": {"g": ["a"]}}, "trust.erp.attributes.a", "the group"),
        ({"attributes": {"a": {"rule": "follow"}}}, "attributes.a.attribute", "is missing"),
        ({"attributes": {"a": {"rule": "min", "attribute": "b"}}}, "attributes.a.attribute", "to the rule 'follow'"),
        ({"attributes": {"a": {"rule": "follow", "attribute": "a"}}}, "attributes.a.attribute", "circle: a → a"),
        ({"attributes": {"a": follow("b"), "b": follow("c"), "c": follow("b")}}, "attributes.a.attribute", "b → c → b"),
        ({"groups": {"g": ["a"]}, "attributes": {"g": follow("a")}}, "attributes.g.attribute", "circle: g → g"),
        ({"default": follow("a")}, "default.attribute", "circle: a → a"),
        ({"attributes": {"a": follow("l"), "l": {"rule": "union", "key": "k"}}}, "attributes.a.attribute", "a union"),
        ({"attributes": {"a": follow("b") | {"empty_wins": True}}}, "attributes.a.empty_wins", "no meaning"),
        ({"attributes": {"a": follow("b") | {"decay": STEP}}}, "attributes.a.decay", "to the rule 'most_trusted'"),
        ({"attributes": {"a": {"rule": "most_trusted", "decay": 5}}}, "attributes.a.decay", "must be a mapping"),
        ({"trust": {"erp": {"default": {}}}}, "trust.erp.default.trust", "is missing"),
        ({"trust": {"erp": {"default": {"trust": 2}}}}, "trust.erp.default", "from 0 to 1"),
        ({"trust": {"erp": {"default": {"trust": 1, "decay": {}}}}}, "trust.erp.default.decay.curve", "is missing"),
        ({"trust": decaying(curve="lin")}, "trust.erp.default.decay.curve", "Did you mean 'linear'?"),
        ({"trust": decaying(days=0)}, "trust.erp.default.decay.days", "from 1 to 36525"),
        ({"trust": decaying(days=True)}, "trust.erp.default.decay.days", "must be a whole number, not True"),
        ({"trust": decaying(floor=2)}, "trust.erp.default.decay.floor", "from 0 to 1"),
        ({"downgrades": {"finding": {}}}, "downgrades.finding", "Did you mean 'findings'?"),
        ({"downgrades": {"findings": {"odd": 2}}}, "downgrades.findings.odd", "from 0 to 1"),
        ({"downgrades": {"findings": {"odd": "x"}}}, "downgrades.findings.odd", "from 0 to 1"),
        ({"downgrades": {"severity_of": {"odd": "error"}}}, "downgrades.severity_of.odd", "no factor for 'error'"),
        ({"downgrades": {"floor": -1}}, "downgrades.floor", "from 0 to 1"),
    ],
)  # fmt: skip
def test_a_faulty_policy_is_refused_with_path_and_reason(document: Any, path: str, reason: str) -> None:
    with pytest.raises(PolicyError) as refused:
        Policy.from_document(document)
    assert refused.value.path == path
    assert reason in refused.value.reason
    assert str(refused.value).splitlines()[0] == f"{path}: {refused.value.reason}"


def test_all_faults_are_named_at_once() -> None:
    document = {
        "attributes": {"name": {"rule": "longst"}, "phone": {"rule": "min", "by": 1}, "fax": {"rule": "min"}},
        "trust": {"erp": {"default": "high"}},
        "sources": 5,
    }
    with pytest.raises(PolicyError) as refused:
        Policy.from_document(document)
    paths = [refused.value.path, *(other.path for other in refused.value.others)]
    assert paths == ["attributes.name.rule", "attributes.phone.by", "trust.erp.default", "sources"]
    assert str(refused.value).count("\n") == 3
    with pytest.raises(PolicyError) as misfit:
        Policy({"a": AttributeRule(Rule.UNION), "b": AttributeRule(Rule.FOLLOW)})
    assert [fault.path for fault in (misfit.value, *misfit.value.others)] == [
        "attributes.a.key",
        "attributes.b.attribute",
    ]


def test_a_policy_built_in_python_is_checked_too() -> None:
    with pytest.raises(PolicyError, match=r"attributes\.name\.key"):
        Policy({"name": AttributeRule(Rule.UNION)})


def test_a_group_with_its_own_rule_lets_the_default_be_any() -> None:
    assert Policy({"g": AttributeRule(Rule.LONGEST)}, {"g": ("a",)}, default=AttributeRule(Rule.MIN))


KEYS = [
    "rule", "sources", "key", "name", "default", "attributes", "decay", "curve", "days", "floor", "trust", "attribute",
    "findings", "severities", "severity_of", "empty_wins",
]  # fmt: skip
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.sampled_from([*Rule, *Curve, "erp", "name", "key"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
)
ROOMS = ["attributes", "groups", "sources", "trust", "default", "downgrades"]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(ROOMS), JSON_VALUES))
def test_any_document_is_read_or_refused_by_path(document: dict[str, Any]) -> None:
    with suppress(PolicyError):
        policy = Policy.from_document(document)
        assert Policy.from_document(policy.to_document()) == policy


@settings(deadline=None)
@given(policies())
def test_a_policy_that_is_read_is_written_and_read_the_same(document: dict[str, Any]) -> None:
    policy = Policy.from_document(document)
    assert Policy.from_document(policy.to_document()) == policy
