"""Queries for records that look like one which is not kept."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from mdm.store.rows import Row
from mdm.store.sql import run


def containing(word: str) -> str:
    """Return the pattern of what contains a word, whatever is in it."""
    literal = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{literal}%"


def block_sizes(session: Session, keys: Sequence[int], *, unbearable: int) -> dict[int, int]:
    """Count the records under each key, no further than one beyond `unbearable`."""
    return {r.key: r.records for r in run(session, "records/count_blocks", keys=list(keys), unbearable=unbearable)}


def sharing_keys(session: Session, blocks: Mapping[int, int], *, hot: int, most: int) -> Sequence[Row]:
    """Return linked records (id, source, source_key, comparable, master_id) under keys whose block sizes are given."""
    keys, records = list(blocks), list(blocks.values())
    return run(session, "records/find_lookalikes", keys=keys, records=records, hot=hot, most=most)


def with_words(session: Session, words: Sequence[str], *, domain: str, looked: int, most: int) -> Sequence[Row]:
    """Return the records of masters whose search text contains every word, in the same shape."""
    return run(
        session,
        "records/find_lookalikes_by_words",
        domain=domain,
        text=" ".join(words),
        longest=containing(max(words, key=len)),
        patterns=[containing(word) for word in words],
        looked=looked,
        most=most,
    )


def spelt_like(session: Session, text: str, *, domain: str, most: int) -> Sequence[Row]:
    """Return the records of masters whose search text has something spelt almost like a text, in the same shape."""
    return run(session, "records/find_lookalikes_by_name", domain=domain, text=text, most=most)
