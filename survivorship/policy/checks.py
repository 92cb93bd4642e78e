"""Whether the parts of a policy fit each other."""

from collections.abc import Mapping
from typing import Protocol

from survivorship.errors import Faults, PolicyError
from survivorship.policy.rules import AttributeRule, Rule
from survivorship.policy.trust import Decay, Downgrades, SourceTrust

EMPTY_CAN_WIN = {Rule.SOURCE_PRIORITY, Rule.MOST_TRUSTED, Rule.MOST_RECENT, Rule.MOST_FREQUENT}
CENTURY = 36_525  # days
NOT_FOR_GROUPS = {Rule.MIN, Rule.MAX, Rule.UNION}


class Declared(Protocol):
    """What a policy declares."""

    @property
    def attributes(self) -> Mapping[str, AttributeRule]: ...
    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def sources(self) -> tuple[str, ...]: ...
    @property
    def trust(self) -> Mapping[str, SourceTrust]: ...
    @property
    def default(self) -> AttributeRule: ...
    @property
    def downgrades(self) -> Downgrades: ...


def check_policy(policy: Declared) -> None:
    """Raise `PolicyError` unless all parts fit: with the first fault, and all others beside it."""
    faults = Faults()
    group_of: dict[str, str] = {}
    for name, members in policy.groups.items():
        with faults.noted():
            _check_group(policy, name, members, group_of)
    with faults.noted():
        _check_distinct("sources", policy.sources)
    with faults.noted():
        ruled_by_default = any(group not in policy.attributes for group in policy.groups)
        _check_rule(policy, "default", policy.default, is_group=ruled_by_default)
        _check_chain(policy, "default", policy.default, [], group_of)
    for name, rule in policy.attributes.items():
        with faults.noted():
            _check_rule(policy, f"attributes.{name}", rule, is_group=name in policy.groups)
            _check_owner(f"attributes.{name}", name, group_of)
            _check_chain(policy, f"attributes.{name}", rule, [name], group_of)
    with faults.noted():
        _check_downgrades(policy.downgrades)
    for source, trust in policy.trust.items():
        with faults.noted():
            _check_trust(f"trust.{source}", trust, group_of)
    faults.raise_any()


def _check_group(policy: Declared, name: str, members: tuple[str, ...], group_of: dict[str, str]) -> None:
    path = f"groups.{name}"
    if not members:
        raise PolicyError(path, "has no members.")
    for position, member in enumerate(members):
        here = f"{path}[{position}]"
        if member in policy.groups:
            raise PolicyError(here, f"{member!r} is itself a group; list its attributes instead.")
        if member in group_of:
            raise PolicyError(here, f"{member!r} is already a member of {group_of[member]!r}.")
        group_of[member] = name


def _check_rule(policy: Declared, path: str, rule: AttributeRule, *, is_group: bool) -> None:
    _check_distinct(f"{path}.sources", rule.sources)
    if rule.rule is Rule.UNION and not rule.key:
        raise PolicyError(f"{path}.key", "is missing: a union needs the field that identifies an element.")
    if rule.rule is not Rule.UNION and rule.key is not None:
        raise PolicyError(f"{path}.key", f"belongs to the rule 'union', not to {rule.rule.value!r}.")
    if rule.rule is Rule.FOLLOW and not rule.attribute:
        raise PolicyError(f"{path}.attribute", "is missing: the attribute whose winner speaks here too.")
    if rule.rule is not Rule.FOLLOW and rule.attribute is not None:
        raise PolicyError(f"{path}.attribute", f"belongs to the rule 'follow', not to {rule.rule.value!r}.")
    if rule.rule is Rule.SOURCE_PRIORITY and not (rule.sources or policy.sources):
        raise PolicyError(f"{path}.sources", "is missing, and the policy has no 'sources' either; list them.")
    if rule.rule is Rule.MOST_TRUSTED and not policy.trust:
        raise PolicyError(f"{path}.rule", "'most_trusted' needs 'trust' in the policy; rate the sources there.")
    if rule.decay is not None and rule.rule is not Rule.MOST_TRUSTED:
        raise PolicyError(f"{path}.decay", f"belongs to the rule 'most_trusted', not to {rule.rule.value!r}.")
    if rule.empty_wins and rule.rule not in EMPTY_CAN_WIN:
        raise PolicyError(f"{path}.empty_wins", f"has no meaning with the rule {rule.rule.value!r}.")
    if is_group and rule.rule in NOT_FOR_GROUPS:
        raise PolicyError(f"{path}.rule", f"{rule.rule.value!r} cannot rule a coupled group; it survives whole.")
    _check_decay(f"{path}.decay", rule.decay)


def _check_owner(path: str, name: str, group_of: Mapping[str, str]) -> None:
    if name in group_of:
        raise PolicyError(path, f"{name!r} is a member of the group {group_of[name]!r}; give the rule to the group.")


def _check_chain(
    policy: Declared, path: str, rule: AttributeRule, followed: list[str], group_of: Mapping[str, str]
) -> None:
    """Refuse to follow in a circle, or where no record wins."""
    while rule.attribute is not None:
        leader = group_of.get(rule.attribute, rule.attribute)
        if leader in followed:
            circle = " → ".join([*followed[followed.index(leader) :], leader])
            raise PolicyError(f"{path}.attribute", f"follows in a circle: {circle}.")
        followed.append(leader)
        rule = policy.attributes.get(leader, policy.default)
        if rule.rule is Rule.UNION:
            reason = f"{leader!r} is a union, which no record wins; follow another attribute."
            raise PolicyError(f"{path}.attribute", reason)


def _check_trust(path: str, trust: SourceTrust, group_of: Mapping[str, str]) -> None:
    ratings = {"default": trust.default, **{f"attributes.{name}": t for name, t in trust.attributes.items()}}
    for where, rating in ratings.items():
        here = f"{path}.{where}"
        _check_share(here if rating.decay is None else f"{here}.trust", rating.trust)
        _check_decay(f"{here}.decay", rating.decay)
    for name in trust.attributes:
        _check_owner(f"{path}.attributes.{name}", name, group_of)


def _check_decay(path: str, decay: Decay | None) -> None:
    if decay is None:
        return
    if not 1 <= decay.days <= CENTURY:
        raise PolicyError(f"{path}.days", f"must be a whole number from 1 to {CENTURY}, not {decay.days}.")
    _check_share(f"{path}.floor", decay.floor)


def _check_downgrades(downgrades: Downgrades) -> None:
    for part in ("findings", "severities"):
        for name, factor in getattr(downgrades, part).items():
            _check_share(f"downgrades.{part}.{name}", factor)
    for finding, severity in downgrades.severity_of.items():
        if severity not in downgrades.severities:
            path = f"downgrades.severity_of.{finding}"
            raise PolicyError(path, f"there is no factor for {severity!r}; give one in 'severities'.")
    _check_share("downgrades.floor", downgrades.floor)


def _check_share(path: str, share: float) -> None:
    if not 0 <= share <= 1:
        raise PolicyError(path, f"must be a number from 0 to 1, not {share!r}.")


def _check_distinct(path: str, names: tuple[str, ...]) -> None:
    for position, name in enumerate(names):
        if name in names[:position]:
            raise PolicyError(f"{path}[{position}]", f"{name!r} is listed twice.")
