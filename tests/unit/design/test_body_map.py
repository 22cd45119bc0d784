"""The map shows the right muscle on the right side."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import tautband.design
from tautband.clinical.anatomy import muscles
from tautband.clinical.terms import Side

MAP = Path(tautband.design.__file__).parent / "static/design/map"
SVG = "{http://www.w3.org/2000/svg}"


def paths(view: str) -> list[tuple[str, dict[str, str]]]:
    """(layer, attributes) of every shape of one view."""
    root = ElementTree.parse(MAP / f"{view}.svg").getroot()
    return [
        (group.attrib["data-layer"], path.attrib)
        for group in root.findall(f"{SVG}g")
        for path in group.findall(f"{SVG}path")
    ]


def box(d: str) -> tuple[float, float, float, float]:
    """Smallest and largest x and y of a path of relative lines."""
    x = y = 0.0
    xs, ys = [], []
    for command, first, second in re.findall(r"([Ml])(-?[\d.]+)[ ,]?(-?[\d.]+)", d):
        x, y = (
            (float(first), float(second))
            if command == "M"
            else (x + float(first), y + float(second))
        )
        xs.append(x)
        ys.append(y)
    return min(xs), min(ys), max(xs), max(ys)


@pytest.mark.parametrize("view", ["front", "back"])
def test_every_shape_is_a_muscle_of_the_table_with_a_side_it_has(view: str) -> None:
    table = {muscle.id: muscle for muscle in muscles()}
    assert paths(view)
    for _, path in paths(view):
        assert Side(path["data-side"]) in table[path["data-muscle"]].sides


@pytest.mark.parametrize(("view", "right_is"), [("back", 1), ("front", -1)])
def test_the_patients_right_is_never_drawn_on_the_left(view: str, right_is: int) -> None:
    sided = [path for _, path in paths(view) if path["data-side"] != "midline"]
    assert len(sided) > 100
    for path in sided:
        left, _, right, _ = box(path["d"])
        sign = right_is if path["data-side"] == "right" else -right_is
        middle = (left + right) / 2
        assert middle * sign > 0, path["data-muscle"]
        # Nothing reaches across the midline by more than a hair.
        assert min(left * sign, right * sign) > -1.5, path["data-muscle"]


@pytest.mark.parametrize("view", ["front", "back"])
def test_both_sides_mirror_each_other(view: str) -> None:
    shapes: dict[tuple[str, str, str], list[tuple[float, ...]]] = {}
    for layer, path in paths(view):
        shapes.setdefault((layer, path["data-muscle"], path["data-side"]), []).append(
            box(path["d"])
        )
    for (layer, muscle, side), boxes in shapes.items():
        if side != "right":
            continue
        mirrored = sorted((-right, top, -left, bottom) for left, top, right, bottom in boxes)
        assert sorted(shapes[layer, muscle, "left"]) == [
            pytest.approx(each, abs=0.3) for each in mirrored
        ]


@pytest.mark.parametrize("view", ["front", "back"])
def test_what_can_be_tapped_is_a_button_with_side_and_name(view: str) -> None:
    for layer, path in paths(view):
        if layer == "superficial":
            assert path["role"] == "button"
        if path.get("role") == "button":
            word = {"left": "Left ", "right": "Right ", "midline": ""}[path["data-side"]]
            assert path["aria-label"].startswith(word)
            assert len(path["aria-label"]) > len(word) + 3
        assert "style" not in path


def test_ids_are_unique_over_both_views() -> None:
    ids = [path["id"] for view in ("front", "back") for _, path in paths(view) if "id" in path]
    assert len(ids) == len(set(ids))


def test_the_common_muscles_can_be_tapped() -> None:
    buttons = {p["data-muscle"] for v in ("front", "back") for _, p in paths(v) if "role" in p}
    assert buttons >= {
        "trapezius_upper",
        "trapezius_middle",
        "trapezius_lower",
        "infraspinatus",
        "deltoid_posterior",
        "latissimus_dorsi",
        "gluteus_maximus",
        "gluteus_medius",
        "gastrocnemius_medial",
        "masseter",
        "temporalis",
        "sternocleidomastoid_sternal",
        "pectoralis_major_sternal",
    }
