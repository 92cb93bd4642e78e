from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survivorship import AttributeRule, Policy, PolicyError, Rating, Rule, SourceTrust

DOCUMENT: dict[str, Any] = {
    "attributes": {
        "name": {"rule": "most_trusted"},
        "phone": {"rule": "source_priority", "sources": ["crm"], "empty_wins": True},
        "contacts": {"rule": "union", "key": "email"},
        "credit": {"rule": "most_recent"},
    },
    "groups": {"credit": ["credit_limit", "credit_currency"]},
    "sources": ["erp", "crm"],
    "trust": {"erp": {"default": 0.9, "attributes": {"phone": 0.2, "credit": 1}}, "crm": {"default": 0.5}},
    "default": {"rule": "longest"},
    "downgrades": {},
}


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
    ],
)  # fmt: skip
def test_a_faulty_policy_is_refused_with_path_and_reason(document: Any, path: str, reason: str) -> None:
    with pytest.raises(PolicyError) as refused:
        Policy.from_document(document)
    assert refused.value.path == path
    assert reason in refused.value.reason
    assert str(refused.value) == f"{path}: {refused.value.reason}"


def test_a_policy_built_in_python_is_checked_too() -> None:
    with pytest.raises(PolicyError, match=r"attributes\.name\.key"):
        Policy({"name": AttributeRule(Rule.UNION)})


def test_a_group_with_its_own_rule_lets_the_default_be_any() -> None:
    assert Policy({"g": AttributeRule(Rule.LONGEST)}, {"g": ("a",)}, default=AttributeRule(Rule.MIN))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.sampled_from([*Rule, "erp", "name", "key"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["rule", "sources", "key", "name", "default", "attributes"]), inner, max_size=3
        )
    ),
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["attributes", "groups", "sources", "trust", "default"]), JSON_VALUES))
def test_any_document_is_read_or_refused_by_path(document: dict[str, Any]) -> None:
    with suppress(PolicyError):
        policy = Policy.from_document(document)
        assert Policy.from_document(policy.to_document()) == policy
