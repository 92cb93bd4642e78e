from uuid import UUID

from mdm.demo.measure import measure

A, B, C = (UUID(int=n) for n in range(3))


def records(*keys: str) -> list[tuple[str, str, str]]:
    return [("customer", "crm", key) for key in keys]


def test_links_and_questions_are_counted_in_pairs() -> None:
    one, two, three, other = records("1", "2", "3", "4")
    truth = {one: "x", two: "x", three: "x", other: "y"}
    found = measure(truth, {one: A, two: A, three: B, other: B}, [(A, B)])
    assert (found.true_pairs, found.linked_pairs, found.found_pairs, found.asked_pairs) == (3, 2, 1, 2)
    assert (found.precision, found.recall, found.review_recall) == (1 / 2, 1 / 3, 1.0)


def test_record_without_truth_makes_every_link_to_it_wrong() -> None:
    one, stray = records("1", "?")
    found = measure({one: "x"}, {one: A, stray: A}, [])
    assert found.precision == 0.0


def test_record_that_is_not_linked_is_a_missed_pair() -> None:
    one, two = records("1", "2")
    assert measure({one: "x", two: "x"}, {one: A}, []).recall == 0.0


def test_question_between_strangers_finds_nothing() -> None:
    one, two = records("1", "2")
    found = measure({one: "x", two: "y"}, {one: A, two: C}, [(A, C)])
    assert (found.asked_pairs, found.questions, found.precision) == (0, 1, 1.0)
