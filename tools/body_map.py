"""Turn the drawn body map into the files that the pages serve.

Run by hand when the drawing changes: `python tools/body_map.py FOLDER`, where FOLDER holds the
drawing's `back_paths_only.svg`, `front_paths_only.svg` and `relief/*.webp`. What it writes is
committed; `docs/reference/body-map.md` says where the drawing comes from.
"""

import re
import shutil
import sys
from html import escape
from pathlib import Path

from tautband.clinical.anatomy import Muscle, muscles
from tautband.clinical.terms import Side

OUT = Path(__file__).parents[1] / "src/tautband/design/static/design/map"
#: Raised whenever a shape moves: a mark is stored with the version it was set on.
VERSION = "1"
LAYERS = ("deep", "intermediate", "superficial")
#: Muscles of the middle layer that show at the surface and take a tap on the part that shows.
SURFACE = frozenset(
    {
        "brachialis",
        "gluteus_medius",
        "rhomboid_major",
        "semimembranosus",
        "soleus",
        "teres_minor",
    }
)
SIDES = {"l": Side.LEFT, "r": Side.RIGHT}
WORDS = {Side.LEFT: "Left ", Side.RIGHT: "Right ", Side.MIDLINE: ""}


def named(muscle: Muscle, side: Side) -> str:
    """The spoken name of a shape: side first, then the muscle."""
    name = muscle.name_en
    if side is Side.MIDLINE:
        return name
    return WORDS[side] + name[0].lower() + name[1:]


def shape(view: str, muscle: Muscle, side: Side, *, hit: bool, path: str) -> str:
    """One path: focusable and named when it can be tapped, silent when it is only painted."""
    attributes = {
        "id": f"map-{view}-{muscle.id}-{side}",
        "data-muscle": muscle.id,
        "data-side": side.value,
        "d": path,
    }
    if side is Side.MIDLINE:
        del attributes["id"]
    if hit:
        attributes |= {"role": "button", "tabindex": "-1", "aria-label": named(muscle, side)}
    return "<path " + " ".join(f'{k}="{escape(v)}"' for k, v in attributes.items()) + "/>"


def fragment(view: str, drawing: str) -> str:
    """The whole fragment of one view, deepest layer first, without any style."""
    table = {muscle.id: muscle for muscle in muscles()}
    parts = re.split(r'<g class="(\w+) " data-layer="\w+">', drawing)[1:]
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-330 -10 660 1020" '
        f'data-view="{view}" data-version="{VERSION}">'
    ]
    for layer, body in zip(parts[::2], parts[1::2], strict=True):
        if layer not in LAYERS:
            continue
        out.append(f'<g data-layer="{layer}">')
        for muscle_id, letter, path in re.findall(
            r'<path id="[^"]+" data-muscle="([^"]+)" data-side="(\w)"[^>]*? d="([^"]+)"', body
        ):
            muscle = table[muscle_id]
            side = Side.MIDLINE if muscle.sides == (Side.MIDLINE,) else SIDES[letter]
            hit = layer == "superficial" or muscle_id in SURFACE
            out.append(shape(view, muscle, side, hit=hit, path=path))
        out.append("</g>")
    return "\n".join([*out, "</svg>", ""])


def main(source: Path) -> None:
    """Write both fragments and copy the four pictures."""
    OUT.mkdir(parents=True, exist_ok=True)
    for view in ("back", "front"):
        drawing = (source / f"{view}_paths_only.svg").read_text()
        (OUT / f"{view}.svg").write_text(fragment(view, drawing))
        for picture in ("base", "superficial"):
            shutil.copyfile(
                source / f"relief/{view}_{picture}.webp", OUT / f"{view}-{picture}.webp"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
