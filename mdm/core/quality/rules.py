"""The compiled rules of a domain, comparable by content."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from mdm.core.quality.declaration import KINDS, RuleDeclaration
from mdm.core.quality.expressions import Expression, compile_expression
from mdm.core.quality.standard import STANDARD
from mdm.core.quality.subject import Subject
from mdm.core.quality.values import Test, refuse, value_test
from mdm.core.yaml_file import suggestion

OF_VALUES = frozenset({"format", "pattern", "range", "values"})
TOGETHER = frozenset({"check"})  # kinds that judge their attributes at once; the others one by one
REQUIRED = "required_"  # begins the name of the rule that an attribute is required


@dataclass(frozen=True, slots=True)
class Aim:
    """What a rule is judged about at once: attributes, and the part of the one whose values are tested.

    `reads` are all attributes on which the judgement depends.
    """

    attributes: tuple[str, ...]
    part: str = ""
    test: Test | None = field(default=None, compare=False, repr=False)
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of quality."""

    name: str
    title: str
    declared: RuleDeclaration
    dimension: str
    severity: str
    owner: str
    critical: bool
    aims: tuple[Aim, ...]
    check: Expression | None = None
    when: Expression | None = None

    @property
    def kind(self) -> str:
        """The kind of the rule."""
        return self.declared.kind

    @property
    def effect(self) -> str:
        """What follows for the claims of its attributes: note, downgrade or hold."""
        return self.declared.effect

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes that the rule is about."""
        return tuple(dict.fromkeys(name for aim in self.aims for name in aim.attributes))

    @property
    def reads(self) -> frozenset[str]:
        """All attributes on which its judgement depends."""
        return frozenset(name for aim in self.aims for name in aim.reads)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a domain by name."""

    by_name: Mapping[str, Rule] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Tell whether there is any rule."""
        return bool(self.by_name)

    def __iter__(self) -> Iterator[Rule]:
        """Yield the rules by name."""
        return iter(self.by_name.values())

    def rules_of(self, attribute: str) -> tuple[Rule, ...]:
        """Return the rules about an attribute."""
        return tuple(rule for rule in self if attribute in rule.attributes)

    def of_kind(self, kind: str) -> tuple[Rule, ...]:
        """Return the rules of a kind."""
        return tuple(rule for rule in self if rule.kind == kind)

    def severities(self) -> dict[str, str]:
        """Return the severity of every finding there can be, by its code."""
        standard = {code: standing.severity for code, standing in STANDARD.items()}
        return standard | {rule.name: rule.severity for rule in self}


NO_RULES = Rules()


def compile_rules(declared: Mapping[str, RuleDeclaration], subjects: Mapping[str, Subject]) -> Rules:
    """Compile the rules of a domain and that its required attributes are; raises DeclarationError naming the path."""
    for name in declared:
        if name in STANDARD or name.startswith(REQUIRED):
            refuse(f"quality.{name}", "findings of another kind have this name", "Choose another one.")
    required = {
        f"{REQUIRED}{name}": RuleDeclaration(attributes=[name], required="each", severity="warning", effect="note")
        for name, subject in subjects.items()
        if subject.required
    }
    everything = {**declared, **required}
    return Rules({name: _compile(name, everything[name], subjects) for name in sorted(everything)})


def differing(before: Rules, after: Rules, *, known: Collection[str]) -> frozenset[str]:
    """Return the attributes, of all that are known, by which to find the records that are judged otherwise.

    What a record lacks is found by whatever else it says.
    """
    names = before.by_name.keys() | after.by_name.keys()
    changed = [name for name in names if before.by_name.get(name) != after.by_name.get(name)]
    rules = [rule for name in changed for one in (before, after) if (rule := one.by_name.get(name)) is not None]
    if any(rule.kind == "required" for rule in rules):
        return frozenset(known)
    return frozenset(attribute for rule in rules for attribute in rule.attributes)


def _compile(name: str, declared: RuleDeclaration, subjects: Mapping[str, Subject]) -> Rule:
    path = f"quality.{name}"
    aims = _aims(declared, subjects, path)
    first = subjects[aims[0].attributes[0]]
    check, when = (
        None if text is None else compile_expression(text, path=f"{path}.{where}", known=subjects)
        for where, text in (("check", declared.check), ("when", declared.when))
    )
    return Rule(
        name=name,
        title=declared.title or name.replace("_", " ").capitalize(),
        declared=declared,
        dimension=declared.dimension or KINDS[declared.kind],
        severity=declared.severity,
        owner=declared.owner or first.owner,
        critical=any(subjects[one].critical for aim in aims for one in aim.attributes),
        aims=tuple(replace(aim, reads=_reads(aim, check, when)) for aim in aims),
        check=check,
        when=when,
    )


def _reads(aim: Aim, *expressions: Expression | None) -> tuple[str, ...]:
    others = [name for e in expressions if e is not None for name in e.reads]
    return tuple(dict.fromkeys([*aim.attributes, *others]))


def _aims(declared: RuleDeclaration, subjects: Mapping[str, Subject], path: str) -> tuple[Aim, ...]:
    found = [_aim(declared, subjects, path, place) for place in declared.attributes]
    if declared.kind in TOGETHER or declared.required == "one":
        return (Aim(tuple(aim.attributes[0] for aim in found)),)
    return tuple(found)


def _aim(declared: RuleDeclaration, subjects: Mapping[str, Subject], path: str, place: str) -> Aim:
    name, _, part = place.partition(".")
    here = f"{path}.attributes"
    if name not in subjects:
        refuse(here, f"there is no attribute `{name[:80]}`", suggestion(name, subjects))
    subject = subjects[name]
    if part and declared.kind not in OF_VALUES:
        refuse(here, f"a rule of kind {declared.kind} is about whole attributes")
    if part and part not in subject.parts:
        refuse(here, f"`{name}` has no part `{part[:80]}`", suggestion(part, subject.parts))
    if declared.kind == "reference" and subject.type != "reference":
        refuse(here, f"`{name}` is no reference")
    test = value_test(declared, subject.type_of(part), path) if declared.kind in OF_VALUES else None
    return Aim((name,), part, test)
