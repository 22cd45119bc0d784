"""Questions asked today and the check of one answer."""

import pytest

from tautband.clinical.ask import check_answer, question, questions
from tautband.errors import Refused

IDS = [
    "allergies",
    "pregnant",
    "breastfeeding",
    "anticoagulant",
    "infection",
    "diabetes",
    "immunosuppression",
    "neuromuscular",
    "lung_disease",
    "fainting",
    "steroid_elsewhere",
    "anaesthetic_elsewhere",
    "botulinum_elsewhere",
    "escort",
    "driving",
]


def test_every_question_is_asked_in_its_order() -> None:
    assert [q.id for q in questions()] == IDS
    assert all(q.words.endswith("?") and q.source.cite for q in questions())


def test_details_count_only_with_a_yes() -> None:
    assert check_answer("diabetes", "no", {"hba1c": "99"}) == {"answer": "no"}
    assert check_answer("diabetes", "unknown", {}) == {"answer": "unknown"}


def test_details_are_cleaned() -> None:
    assert check_answer(
        "steroid_elsewhere",
        "yes",
        {"agent": "triamcinolone", "amount": "40,0", "on": "2026-02-24", "where": " left  knee "},
    ) == {
        "answer": "yes",
        "agent": "triamcinolone",
        "amount": "40",
        "on": "2026-02-24",
        "where": "left knee",
    }
    cleaned = check_answer(
        "anaesthetic_elsewhere",
        "yes",
        {"agent": "unknown", "amount": "Unknown", "on": "2026-11-24", "at": "9:00".zfill(5)},
    )
    assert (cleaned["amount"], cleaned["at"]) == ("unknown", "09:00")
    assert check_answer("pregnant", "yes", {"gestation_weeks": "28"})["gestation_weeks"] == "28"
    assert check_answer("diabetes", "yes", {"hba1c": "7.20"})["hba1c"] == "7.2"


@pytest.mark.parametrize(
    ("question_id", "answer", "details", "fields"),
    [
        ("diabetes", "", {}, {"answer"}),
        ("diabetes", "perhaps", {}, {"answer"}),
        ("diabetes", "yes", {"hba1c": "200", "insulin": "perhaps"}, {"hba1c", "insulin"}),
        ("diabetes", "yes", {"shoe": "42"}, {"shoe"}),
        ("anticoagulant", "yes", {}, {"medicine"}),
        ("anticoagulant", "yes", {"medicine": "x" * 201}, {"medicine"}),
        ("pregnant", "yes", {"gestation_weeks": "12.5"}, {"gestation_weeks"}),
        ("steroid_elsewhere", "yes", {}, {"agent", "amount", "on"}),
        (
            "anaesthetic_elsewhere",
            "yes",
            {"agent": "lidocaine", "amount": "-1", "on": "yesterday", "at": "noon"},
            {"amount", "on", "at"},
        ),
    ],
)
def test_every_field_at_fault_is_named(
    question_id: str, answer: str, details: dict[str, str], fields: set[str]
) -> None:
    with pytest.raises(Refused) as refused:
        check_answer(question_id, answer, details)
    assert set(refused.value.fields) == fields


def test_an_unknown_question_is_refused() -> None:
    with pytest.raises(Refused):
        question("shoe-size")
