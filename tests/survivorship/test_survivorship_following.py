from claims_in_words import DAY_ZERO, absent, day, emptied, golden, ruled_by, said, survive, timeline

from survivorship import Claim, Hold, Kind, Override, Policy, explain

POLICY = Policy.from_document(
    {
        "sources": ["erp", "crm", "shop"],
        "attributes": {
            "vat": {"rule": "source_priority"},
            "office": {"rule": "follow", "attribute": "vat"},
            "region": {"rule": "follow", "attribute": "office"},
            "credit": {"rule": "follow", "attribute": "vat"},
        },
        "groups": {"credit": ["limit", "currency"]},
    }
)
LEADS = said("erp/1", "DE1", "vat")
OTHER = said("crm/1", "DE2", "vat")
OFFICES = [said("erp/1", "Bonn", "office"), said("crm/1", "Mainz", "office", on=9)]


def leader(*claims: Claim, **more: object) -> str | None:
    found = explain(claims, POLICY, "office", valid_at=DAY_ZERO, evaluated_at=DAY_ZERO, **more)  # type: ignore[arg-type]
    return found.leader


def test_a_follower_comes_from_the_record_that_won_what_it_follows() -> None:
    assert golden(POLICY, LEADS, OTHER, *OFFICES) == {"vat": "DE1", "office": "Bonn"}
    assert leader(LEADS, OTHER, *OFFICES) == "erp/1"


def test_a_leader_that_says_nothing_leaves_no_value_even_if_others_have_one() -> None:
    for silence in ([], [emptied("erp/1", "office")], [absent("erp/1", Kind.MASKED, "office")]):
        assert golden(POLICY, LEADS, OTHER, OFFICES[1], *silence) == {"vat": "DE1"}


def test_without_a_leader_there_is_no_value() -> None:
    assert golden(POLICY, *OFFICES) == {}


def test_a_flawed_value_of_the_leader_is_taken() -> None:
    flawed = said("erp/1", "Bonn?", "office", findings=("odd",))
    assert golden(POLICY, LEADS, OTHER, flawed, OFFICES[1])["office"] == "Bonn?"


def test_when_the_leader_changes_its_followers_change_with_it() -> None:
    leads = said("erp/1", "DE1", "vat", until=5)
    rebuilt = survive(POLICY, leads, OTHER, *OFFICES)
    assert timeline(rebuilt, "office") == [(None, 5, "Bonn"), (5, None, "Mainz")]


def test_followers_follow_in_chains_and_groups_as_a_whole() -> None:
    claims = [said(r, f"{r} {a}", a) for r in ("erp/1", "crm/1") for a in ("region", "limit", "currency")]
    found = golden(POLICY, LEADS, OTHER, *OFFICES, *claims)
    assert {found[name] for name in ("region", "limit", "currency")} == {
        "erp/1 region", "erp/1 limit", "erp/1 currency",
    }  # fmt: skip


def test_where_the_leader_is_pinned_whoever_says_the_same_leads() -> None:
    override = Override(id="o1", attribute="vat", value="DE2", std="de2", made_at=DAY_ZERO)
    assert leader(LEADS, OTHER, *OFFICES, overrides=[override]) == "crm/1"
    unheard_of = Override(id="o1", attribute="vat", value="DE3", made_at=DAY_ZERO)
    assert golden(POLICY, LEADS, OTHER, *OFFICES, overrides=[unheard_of]) == {"vat": "DE3"}


def test_where_the_leader_is_held_the_record_of_the_approved_value_leads() -> None:
    hold = Hold(attribute="vat", std="de1", approved="DE2", record="crm/1")
    assert golden(POLICY, LEADS, OTHER, *OFFICES, holds=[hold]) == {"vat": "DE2", "office": "Mainz"}


def test_a_follower_changes_when_the_trust_in_its_leader_has_faded() -> None:
    policy = Policy.from_document(
        {
            "attributes": {
                "vat": {"rule": "most_trusted", "decay": {"curve": "step", "days": 30}},
                "office": {"rule": "follow", "attribute": "vat"},
            },
            "trust": {"erp": {"default": 0.9}, "crm": {"default": 0.5}},
        }
    )
    fresh = said("crm/1", "DE2", "vat", on=10)
    before = survive(policy, LEADS, fresh, *OFFICES, evaluated_at=day(12))
    assert (before.slices[0].attributes["office"], before.due_at) == ("Bonn", day(30))
    after = survive(policy, LEADS, fresh, *OFFICES, evaluated_at=day(30))
    assert after.slices[0].attributes["office"] == "Mainz"


def test_a_pinned_follower_follows_nobody() -> None:
    override = Override(id="o1", attribute="office", value="Kiel", made_at=DAY_ZERO)
    assert golden(POLICY, LEADS, *OFFICES, overrides=[override])["office"] == "Kiel"
    assert ruled_by("source_priority").ruling("name").follows is None
