"""The lung: the tip stays above it, and never both sides."""

from dataclasses import replace
from decimal import Decimal
from unittest.mock import patch

import pytest

from tautband.clinical.anatomy import muscle
from tautband.clinical.depth import stop_depth
from tautband.clinical.findings import Severity
from tautband.clinical.terms import Sex, Side
from tests.unit.clinical.build import (
    CANNOT_TELL,
    CLEAR,
    FIRES,
    TABLES,
    answer,
    facts,
    finding,
    past,
    patient,
    product,
    row,
    syringe,
    term,
)

pytestmark = pytest.mark.hazard("HAZ-004")
LEFT, RIGHT = Side.LEFT, Side.RIGHT
THIN = patient(weight_g=58_000, height_mm=1670)
BROAD = patient(weight_g=90_000, height_mm=1700)


@pytest.mark.parametrize(
    ("depth", "needle", "expected"),
    [
        ("24.9", "25", (CLEAR, None)),
        ("25", "25", (FIRES, Severity.CRITICAL)),
        ("25.1", "38", (FIRES, Severity.CRITICAL)),
        ("24.9", "25.1", (FIRES, Severity.WARNING)),
        (None, "24.9", (CLEAR, None)),
        (None, "25", (FIRES, Severity.CRITICAL)),
        (None, None, (CANNOT_TELL, Severity.WARNING)),
        ("20", None, (CANNOT_TELL, Severity.WARNING)),
        ("25", None, (FIRES, Severity.CRITICAL)),
    ],
)
def test_the_tip_stays_5_mm_above_the_measured_pleura(
    depth: str | None, needle: str | None, expected: tuple[object, object]
) -> None:
    session = facts(row("levator_scapulae", depth=depth, needle=needle, pleura="30"))
    assert answer("needle-pleura", session) == expected


def test_where_the_risk_is_only_anatomy_by_heart_it_warns() -> None:
    session = facts(row("infraspinatus", depth="26", needle="38", pleura="30"))
    assert answer("needle-pleura", session) == (FIRES, Severity.WARNING)


def test_without_a_measured_or_tabled_depth_nobody_can_tell() -> None:
    found = finding("needle-pleura", facts(row("levator_scapulae", depth="10", needle="25")))
    assert found.answer is CANNOT_TELL
    assert found.missing == ("planned.injections[0].pleura_depth_mm",)


@pytest.mark.parametrize(
    ("depth", "needle", "expected"),
    [
        ("28.3", "28.4", (CLEAR, None)),
        ("28.4", "28.4", (FIRES, Severity.CRITICAL)),
        ("20", "38", (FIRES, Severity.WARNING)),
        (None, "25", (CLEAR, None)),
        (None, "38", (FIRES, Severity.CRITICAL)),
    ],
)
def test_the_upper_trapezius_has_a_published_least_depth(
    depth: str | None, needle: str, expected: tuple[object, object]
) -> None:
    session = facts(row("trapezius_upper", depth=depth, needle=needle))
    assert answer("needle-pleura", session) == expected


def test_over_the_rhomboid_of_a_thin_patient_no_blind_depth_is_right() -> None:
    found = finding("needle-pleura", facts(row("rhomboid_major", depth=None), who=THIN))
    assert (found.answer, found.severity) == (CANNOT_TELL, Severity.CRITICAL)
    assert found.stops
    assert found.overridable
    assert "no safe blind depth" in found.words
    assert "row 1, right rhomboid major" in found.words
    assert found.source.cite == "Seol 2014, n = 62"


def test_leaving_the_depth_empty_does_not_go_past_the_stop() -> None:
    """A needle that reaches the lung stops, whether its depth is entered or not."""
    for depth in ("20", None):
        found = finding("needle-pleura", facts(row("rhomboid_major", depth=depth), who=THIN))
        assert found.stops, depth
        assert "no safe blind depth" in found.words, depth
        assert "Stay shallower" not in found.words, depth
    flat = row("rhomboid_major", depth=None, needle="25", entry_angle_deg=15)
    assert not finding("needle-pleura", facts(flat, who=THIN)).stops
    short = row("rhomboid_major", depth=None, needle="7")
    assert answer("needle-pleura", facts(short, who=THIN)) == (CLEAR, None)


def test_where_the_risk_is_not_read_at_a_source_an_empty_depth_warns() -> None:
    unread = replace(muscle("rhomboid_major"), lung_risk_verified=False)
    with patch("tautband.clinical.rules.pleura.muscle", return_value=unread):
        found = finding("needle-pleura", facts(row("rhomboid_major", depth=None), who=THIN))
    assert (found.answer, found.severity, found.stops) == (CANNOT_TELL, Severity.WARNING, False)


def test_a_row_without_a_muscle_may_lie_over_the_lung() -> None:
    nowhere = facts(row(None, Side.RIGHT))
    for rule in ("needle-pleura", "diaphragm-refused"):
        found = finding(rule, nowhere)
        assert found.answer is CANNOT_TELL, rule
        assert found.missing == ("planned.injections[0].muscle",), rule
    assert answer("pleura-both-sides", nowhere) == (CLEAR, None)
    both = facts(row(None, Side.RIGHT), row("trapezius_upper", Side.LEFT))
    assert answer("pleura-both-sides", both)[0] is CANNOT_TELL
    assert answer("lung-disease", nowhere) == (CLEAR, None)
    ill = facts(row(None), who=patient(lung_disease=True))
    assert answer("lung-disease", ill)[0] is CANNOT_TELL
    steroid = facts(row(None), syringes=(syringe(product("triamcinolone", "10")),))
    assert answer("steroid-neuraxis", steroid)[0] is CANNOT_TELL


@pytest.mark.parametrize(
    ("who", "depth", "expected"),
    [
        (THIN, "8", (FIRES, Severity.CRITICAL)),
        (THIN, "7.9", (FIRES, Severity.WARNING)),
        (patient(weight_g=70_000, height_mm=1700), "1", (FIRES, Severity.CRITICAL)),
        (BROAD, "12", (FIRES, Severity.CRITICAL)),
        (BROAD, "11.9", (FIRES, Severity.WARNING)),
        (patient(height_mm=None), "5", (CANNOT_TELL, Severity.WARNING)),
    ],
)
def test_the_published_depth_goes_by_build(
    who: object, depth: str, expected: tuple[object, object]
) -> None:
    session = facts(row("rhomboid_major", depth=depth, needle="25"), who=who)
    assert answer("needle-pleura", session) == expected


def test_a_flat_needle_that_may_stand_steeper_is_seen() -> None:
    flat = facts(row("levator_scapulae", depth=None, needle="40", pleura="30", entry_angle_deg=30))
    assert answer("needle-pleura", flat) == (FIRES, Severity.WARNING)
    steep = facts(row("levator_scapulae", depth=None, needle="40", pleura="30", entry_angle_deg=60))
    assert answer("needle-pleura", steep) == (FIRES, Severity.CRITICAL)
    other_way = facts(
        row("levator_scapulae", depth=None, needle="40", pleura="30", entry_angle_deg=120)
    )
    assert answer("needle-pleura", other_way) == (FIRES, Severity.CRITICAL)


@pytest.mark.parametrize(("pleura", "expected"), [("22.321", FIRES), ("22.322", CLEAR)])
def test_a_tilt_that_just_reaches_the_stop_warns(pleura: str, expected: object) -> None:
    """10 mm deep at 30 degrees is 20 mm of needle: at 60 degrees it reaches 17.321 mm."""
    tilted = row("levator_scapulae", depth="10", needle="17", pleura=pleura, entry_angle_deg=30)
    assert answer("needle-pleura", facts(tilted))[0] is expected


@pytest.mark.parametrize(("starts", "window"), [("7.999", True), ("8", False), ("8.001", False)])
def test_a_muscle_that_starts_at_the_stop_has_no_blind_window(starts: str, window: bool) -> None:
    thin = replace(TABLES.depths[0], muscle_starts_mm=Decimal(starts))
    stop = stop_depth(row("rhomboid_major"), THIN, replace(TABLES, depths=(thin,)))
    assert stop is not None
    assert stop.no_window is not window


def test_a_depth_longer_than_the_needle_counts_as_planned_and_tilted() -> None:
    session = facts(
        row("levator_scapulae", depth="20", needle="24", pleura="30", entry_angle_deg=45)
    )
    assert answer("needle-pleura", session) == (FIRES, Severity.WARNING)


def test_the_worst_row_speaks() -> None:
    session = facts(
        row("levator_scapulae", depth="10", needle="25"),
        row("trapezius_upper", depth="30", needle="38"),
        row(),
    )
    found = finding("needle-pleura", session)
    assert (found.answer, found.rows) == (FIRES, (1,))
    assert found.missing == ("planned.injections[0].pleura_depth_mm",)


def test_a_muscle_far_from_the_lung_is_clear() -> None:
    assert answer("needle-pleura", facts(row(depth="90", needle="100"))) == (CLEAR, None)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((row("trapezius_upper", RIGHT), row("rhomboid_major", LEFT)), (FIRES, Severity.WARNING)),
        ((row("trapezius_upper", RIGHT), row("rhomboid_major", RIGHT)), (CLEAR, None)),
        ((row("trapezius_upper", RIGHT), row("infraspinatus", LEFT)), (CLEAR, None)),
        (
            (row("trapezius_upper", RIGHT, needle="13"), row("rhomboid_major", LEFT, needle="13")),
            (CLEAR, None),
        ),
        (
            (row("trapezius_upper", RIGHT), row("rhomboid_major", LEFT, needle="13.1")),
            (FIRES, Severity.WARNING),
        ),
        (
            (row("trapezius_upper", RIGHT), row("rhomboid_major", LEFT, needle=None)),
            (CANNOT_TELL, Severity.WARNING),
        ),
        (
            (row("trapezius_upper", None), row("rhomboid_major", RIGHT)),
            (CANNOT_TELL, Severity.WARNING),
        ),
        ((row("trapezius_upper", None),), (CLEAR, None)),
    ],
)
def test_never_both_lungs_in_one_session(
    rows: tuple[object, ...], expected: tuple[object, object]
) -> None:
    assert answer("pleura-both-sides", facts(*rows)) == expected


def test_the_other_side_earlier_today_counts() -> None:
    earlier = past(product(), hours_ago=2, rows=(row("rhomboid_major", LEFT), row(None, None)))
    found = finding("pleura-both-sides", facts(row("trapezius_upper", RIGHT), history=(earlier,)))
    assert found.answer is FIRES
    assert "left side earlier today" in found.words
    other = finding("pleura-both-sides", facts(row(), history=(earlier,)))
    assert other.answer is CLEAR
    short = past(product(), hours_ago=2, rows=(row("rhomboid_major", LEFT, needle="13"),))
    now = facts(row("trapezius_upper", RIGHT), history=(short,))
    assert answer("pleura-both-sides", now) == (CLEAR, None)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (CLEAR, None)),
        ({"lung_disease": True}, (FIRES, Severity.WARNING)),
        ({"cpap": True}, (FIRES, Severity.WARNING)),
        ({"conditions": (term("COPD"),), "lung_disease": True}, (FIRES, Severity.WARNING)),
        (
            {"conditions": (term("Obstructive sleep apnoea"),), "cpap": True},
            (FIRES, Severity.WARNING),
        ),
        ({"conditions": (term(code="13645005", system="SNOMED CT"),)}, (FIRES, Severity.WARNING)),
        ({"conditions": (term("Collapsed lung 2019"),)}, (FIRES, Severity.WARNING)),
        ({"lung_disease": None}, (CANNOT_TELL, Severity.WARNING)),
        ({"cpap": None}, (CANNOT_TELL, Severity.WARNING)),
    ],
)
def test_a_sick_lung_warns_over_the_lung(
    changes: dict[str, object], expected: tuple[object, object]
) -> None:
    assert answer("lung-disease", facts(row("trapezius_upper"), who=patient(**changes))) == expected
    assert answer("lung-disease", facts(row(), who=patient(**changes))) == (CLEAR, None)


@pytest.mark.hazard("HAZ-014")
@pytest.mark.parametrize(
    ("depth", "needle", "angle", "expected"),
    [
        ("37.9", "38", 90, (CLEAR, None)),
        ("38", "38", 90, (FIRES, Severity.WARNING)),
        ("19", "38", 30, (FIRES, Severity.WARNING)),
        ("18.9", "38", 30, (CLEAR, None)),
        (None, "38", 90, (CANNOT_TELL, Severity.INFO)),
        ("20", None, 90, (CANNOT_TELL, Severity.INFO)),
    ],
)
def test_a_needle_never_goes_in_to_its_hub(
    depth: str | None, needle: str | None, angle: int, expected: tuple[object, object]
) -> None:
    session = facts(row(depth=depth, needle=needle, entry_angle_deg=angle))
    assert answer("needle-hub", session) == expected


def test_the_diaphragm_is_refused_and_nobody_overrides_it() -> None:
    found = finding("diaphragm-refused", facts(row(), row("diaphragm")))
    assert (found.answer, found.severity, found.overridable) == (FIRES, Severity.CRITICAL, False)
    assert found.rows == (1,)


def test_a_table_for_one_sex_does_not_speak_for_the_other() -> None:
    men_only = replace(TABLES, depths=tuple(replace(d, sex="male") for d in TABLES.depths))
    where = row("trapezius_upper")
    assert stop_depth(where, patient(sex=Sex.FEMALE), men_only) is None
    assert stop_depth(where, patient(sex=Sex.MALE), men_only) is not None


@pytest.mark.parametrize(
    ("weight_g", "stop_um"), [(91_999, 8_000), (92_000, 1_000), (99_999, 1_000), (100_000, 12_000)]
)
def test_a_band_of_build_starts_at_its_lower_end(weight_g: int, stop_um: int) -> None:
    stop = stop_depth(row("rhomboid_major"), patient(weight_g=weight_g, height_mm=2000), TABLES)
    assert stop is not None
    assert stop.um == stop_um
