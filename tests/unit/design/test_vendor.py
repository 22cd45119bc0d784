"""The carried files are the ones that were recorded."""

import hashlib
import re
from pathlib import Path

import tautband.design
from tautband.design.icons import icon_names

STATIC = Path(tautband.design.__file__).parent / "static"
CLINIC = STATIC.parents[1] / "clinic"
SOURCES = Path(tautband.design.__file__).parents[1]


def recorded() -> dict[str, str]:
    text = (STATIC / "vendor/README.md").read_text()
    return dict(re.findall(r"^\| (\S+) \|.*\| `([0-9a-f]{64})` \|$", text, re.MULTILINE))


def test_every_carried_file_has_the_recorded_hash() -> None:
    files = {
        path.relative_to(STATIC / "vendor").as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in (STATIC / "vendor").rglob("*")
        if path.is_file() and path.name != "README.md"
    }
    assert files == recorded()


def test_every_folder_carries_its_licence() -> None:
    folders = [path for path in (STATIC / "vendor").iterdir() if path.is_dir()]
    assert folders
    assert all((folder / "LICENSE").stat().st_size > 400 for folder in folders)


def test_the_latin_font_is_small() -> None:
    assert sum(path.stat().st_size for path in (STATIC / "vendor/inter").glob("*.woff2")) < 120_000


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    asked = {
        name
        for template in SOURCES.rglob("templates/**/*.html")
        for name in re.findall(r"{% icon ['\"]([\w-]+)['\"]", template.read_text())
    }
    assert len(asked) > 20
    assert asked <= icon_names()


def test_our_style_and_script_files_stay_short() -> None:
    for path in (STATIC / "design").glob("*.*"):
        if path.suffix in (".css", ".js"):
            assert len(path.read_text().splitlines()) <= 450, path.name


def test_no_style_sheet_of_ours_uses_a_name_that_bootstrap_has() -> None:
    for path in (STATIC / "design").glob("*.css"):
        assert not re.search(r"\.(row|mark)[ ,{:.>]", path.read_text()), path.name


#: Style sheets that mean left and right themselves: the patient's sides are never mirrored, and
#: a sheet of sticky labels is laid out as the printer feeds it.
SAYS_LEFT_AND_RIGHT = {"map.css", "paper-label.css", "label.css"}
PHYSICAL = re.compile(
    r"(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)"
    r"|border-(?:top|bottom)-(?:left|right)-radius"
    r"|[ {;](?:left|right)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
)


def test_only_the_body_map_and_label_sheets_say_left_and_right() -> None:
    sheets = [*(STATIC / "design").glob("*.css"), *(CLINIC / "static/clinic").glob("*.css")]
    assert len(sheets) > 10
    for path in sheets:
        if path.name in SAYS_LEFT_AND_RIGHT:
            continue
        found = PHYSICAL.findall(re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL))
        assert not found, (path.name, found)


def test_no_script_of_ours_evaluates_text_or_sets_style_as_text() -> None:
    for path in (STATIC / "design").glob("*.js"):
        text = path.read_text()
        assert text.startswith("// @ts-check"), path.name
        assert not re.search(
            r"\beval\(|new Function|setAttribute\(\"style\"|\.cssText|javascript:", text
        )
