"""The log and its chain are damaged on purpose, and verifying must name what."""

import pytest

from mdm.core.chain import action_hash, links
from mdm.core.signing import Signer
from mdm.hub.sealing import Published
from tests.hub.sealing.chains import act, sealed, verified
from tests.support.hubs import HubUnderTest

SHIFT = """
    UPDATE action_log SET position = -position WHERE position > {0};
    UPDATE action_log SET position = -position {1} 1 WHERE position < 0
"""
SWAP = """
    UPDATE action_log SET position = -4 WHERE position = 3; UPDATE action_log SET position = 3 WHERE position = 4;
    UPDATE action_log SET position = 4 WHERE position = -4
"""
TURN = """
    UPDATE action_seal SET number = -number; UPDATE action_seal SET number = number + 3 WHERE number IN (-1, -2);
    UPDATE action_seal SET number = 3 WHERE number = -3
"""
COPY = """
    INSERT INTO action_log SELECT gen_random_uuid(), at, actor, action, domain, 's/new', reason, before_digest,
        after_digest, correlation_id, details, hash, {0}, link FROM action_log WHERE subject = 's/3'
"""
DAMAGES = {
    "action was edited": (
        "UPDATE action_log SET reason = 'forged' WHERE position = 4",
        ["of s/4 by anna) at position 4, seal 2, was changed"],
    ),
    "details were edited": (
        "UPDATE action_log SET details = '{\"weight\": 99}' WHERE position = 1",
        ["of s/1 by anna) at position 1, seal 1, was changed"],
    ),
    "action was given to somebody else with its time": (
        "UPDATE action_log SET actor = 'ben', at = at - interval '1 second' WHERE position = 7",
        ["of s/7 by ben) at position 7, seal 3, was changed"],
    ),
    "action was deleted": ("DELETE FROM action_log WHERE position = 4", ["action 4 is missing from seal 2"]),
    "last action of a seal was deleted": (
        "DELETE FROM action_log WHERE position = 2",
        ["action 2 is missing from seal 1"],
    ),
    "all actions of a seal were deleted": (
        "DELETE FROM action_log WHERE position IN (3, 4, 5)",
        ["actions 3 to 5 are missing from seal 2"],
    ),
    "action was deleted and the others moved up": (
        "DELETE FROM action_log WHERE position = 4; " + SHIFT.format(4, "-"),
        ["of s/5 by anna) at position 4, seal 2, does not follow", "at position 5, seal 2", "missing from seal 3"],
    ),
    "action was inserted": (
        SHIFT.format(3, "+") + ";" + COPY.format(4),
        ["of s/new by anna) at position 4, seal 2, was changed", "of s/7 by anna) at position 8 is in no seal"],
    ),
    "action was added behind the last": (COPY.format(8), ["of s/new by anna) at position 8 is in no seal"]),
    "actions were reordered": (SWAP, ["of s/4 by anna) at position 3, seal 2", "of s/3 by anna) at position 4"]),
    "action awaiting its seal was edited": (
        "UPDATE action_log SET actor = 'ben' WHERE position IS NULL",
        ["of s/8 by ben), not yet sealed, was changed"],
    ),
    "seal was edited": ("UPDATE action_seal SET sealed_at = now() WHERE number = 2", ["seal 2 was changed"]),
    "seal was deleted": (
        "DELETE FROM action_seal WHERE number = 2",
        ["seal 2 is missing", "of s/3 by anna) at position 3 is in no seal", "s/4", "s/5"],
    ),
    "seals were reordered": (
        TURN,
        ["seal 1 does not follow", "seal 1 was changed"],
    ),
    "signature was replaced": (
        "UPDATE action_seal SET signature = (SELECT signature FROM action_seal WHERE number = 1) WHERE number = 2",
        ["seal 2 has a signature that is not genuine"],
    ),
}  # fmt: skip


def test_sound_chain_verifies_and_is_counted(chained: HubUnderTest) -> None:
    report = verified(chained)
    assert (report.seals, report.actions, report.unsealed, report.findings) == (3, 7, 1, [])
    assert chained.rows("SELECT hash FROM action_seal WHERE number = 3") == [(report.head,)]


def test_empty_log_verifies(hub: HubUnderTest) -> None:
    assert sealed(hub) == 0
    assert verified(hub).clean


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_and_named(chained: HubUnderTest, damage: str) -> None:
    statements, named = DAMAGES[damage]
    for statement in statements.split(";"):
        chained.rows(statement + " RETURNING 1")
    findings = verified(chained).findings
    missing = [part for part in named if not any(part in finding for finding in findings)]
    assert not missing, findings


def test_chain_signed_by_somebody_else_is_not_trusted(chained: HubUnderTest) -> None:
    thief = Signer.made()
    [(own,)] = chained.rows("SELECT hash FROM action_seal WHERE number = 3")
    chained.rows(
        "UPDATE action_seal SET public_key = %s, signature = %s WHERE number = 3 RETURNING 1",
        thief.public_key,
        thief.sign(own),
    )
    assert any("seal 3 was changed" in finding for finding in verified(chained).findings)


def messages(hub: HubUnderTest) -> list[bytes]:
    return [data for (data,) in hub.rows("SELECT data FROM publishers.outbox ORDER BY version")]


def test_action_edited_with_its_hash_and_link_is_named_by_what_follows_and_by_the_stream(chained: HubUnderTest) -> None:
    forge(chained)
    assert [f for f in verified(chained).findings if "s/5 by anna) at position 5, seal 2, does not follow" in f]
    exact = verified(chained, published=Published(3, messages(chained))).findings
    assert "of s/4 by ben) at position 4, seal 2, is not the one that was published there" in exact[0]


def forge(hub: HubUnderTest) -> None:
    """Change an action as somebody does who knows how hashes and links are made."""
    hub.rows("UPDATE action_log SET actor = 'ben' WHERE position = 4 RETURNING 1")
    names = "id, at, actor, action, domain, subject, reason, before_digest, after_digest, correlation_id, details"
    [values] = hub.rows(f"SELECT {names} FROM action_log WHERE position = 4")
    own = action_hash(**dict(zip(names.split(", "), values, strict=True)))
    [(before,)] = hub.rows("SELECT link FROM action_log WHERE position = 3")
    [link] = links(before, [own])
    hub.rows("UPDATE action_log SET hash = %s, link = %s WHERE position = 4 RETURNING 1", own, link)


def test_whole_chain_made_anew_with_the_stolen_key_differs_from_the_stream(chained: HubUnderTest) -> None:
    old = messages(chained)
    for statement in (
        "UPDATE action_log SET position = NULL, link = NULL",
        "DELETE FROM action_seal",
        "DELETE FROM publishers.outbox",
    ):
        chained.rows(statement + " RETURNING 1")
    assert sealed(chained) == 8
    assert verified(chained).clean
    findings = verified(chained, published=Published(3, old)).findings
    assert "seal 1 is not the one that was published" in findings
    assert "seal 3 is missing at the end, with the 2 actions in it" in findings


def test_cut_off_end_is_found_in_the_stream(chained: HubUnderTest) -> None:
    chained.rows("DELETE FROM action_seal WHERE number = 3 RETURNING 1")
    chained.rows("DELETE FROM action_log WHERE position > 5 RETURNING 1")
    assert verified(chained).clean
    found = verified(chained, published=Published(3, messages(chained))).findings
    assert found == ["seal 3 is missing at the end, with the 2 actions in it"]


@pytest.mark.parametrize(
    ("kept", "missing"),
    [
        ((0, 2), ["seal 2 is not in the stream any more"]),
        ((2,), ["seals 1 to 2 are not in the stream any more"]),
        ((), ["seals 1 to 3 are not in the stream any more"]),
        ((0, 1, 2), []),
    ],
)
def test_seals_that_the_stream_has_lost_are_named(chained: HubUnderTest, kept: list[int], missing: list[str]) -> None:
    stream = messages(chained)
    assert verified(chained, published=Published(3, [stream[n] for n in kept])).findings == missing


def test_seal_published_after_the_stream_was_read_is_not_missed(chained: HubUnderTest) -> None:
    assert verified(chained, published=Published(2, messages(chained)[:2])).clean


@pytest.mark.parametrize("forgery", [(b'"first":3', b'"first":4'), (b'"actions":["', b'"actions":["00'), (b"{", b"[")])
def test_message_of_somebody_else_counts_for_nothing_and_is_named(
    chained: HubUnderTest, forgery: tuple[bytes, bytes]
) -> None:
    first, second, third = messages(chained)
    forged = second.replace(*forgery)
    assert forged != second
    [finding] = verified(chained, published=Published(3, [first, second, forged, third])).findings
    assert "no genuine seal" in finding


def test_verifying_goes_on_after_more_was_logged_and_sealed(chained: HubUnderTest) -> None:
    act(chained, "s/9")
    assert sealed(chained) == 2
    assert verified(chained).actions == 9
