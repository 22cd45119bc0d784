"""Fetch, trim and record the front-end files that the project carries.

Run by hand when a version moves: `python tools/vendor.py WORK_FOLDER`. Needs npm (to pack the
packages) and fonttools with brotli (to cut one font); the product itself needs neither. What it
writes is committed, with version, licence and sha256 in `design/static/vendor/README.md`.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

OUT = Path(__file__).parents[1] / "src/tautband/design/static/vendor"

#: npm package, exact version, licence, and what we take: {path in the package: path in vendor/}.
PACKAGES: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    (
        "bootstrap",
        "5.3.9",
        "MIT",
        {
            "dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
            "dist/css/bootstrap.rtl.min.css": "bootstrap/bootstrap.rtl.min.css",
            "LICENSE": "bootstrap/LICENSE",
        },
    ),
    (
        "htmx.org",
        "2.0.11",
        "0BSD",
        {"dist/htmx.min.js": "htmx/htmx.min.js", "LICENSE": "htmx/LICENSE"},
    ),
    ("bootstrap-icons", "1.13.2", "MIT", {"LICENSE": "icons/LICENSE"}),
    (
        "@fontsource-variable/inter",
        "5.3.0",
        "OFL-1.1",
        {
            "files/inter-latin-wght-normal.woff2": "inter/inter-latin.woff2",
            "LICENSE": "inter/LICENSE",
        },
    ),
    (
        "@fontsource/noto-sans-arabic",
        "5.3.0",
        "OFL-1.1",
        {
            "files/noto-sans-arabic-arabic-400-normal.woff2": "noto-sans-arabic/arabic-400.woff2",
            "files/noto-sans-arabic-arabic-600-normal.woff2": "noto-sans-arabic/arabic-600.woff2",
            "LICENSE": "noto-sans-arabic/LICENSE",
        },
    ),
)

#: Letters of European and Vietnamese names that the Latin file lacks.
EXTENDED_LATIN = "U+0100-017F,U+0192,U+01CD-01DC,U+0218-021B,U+1E00-1EF9"

ICONS = frozenset(
    {
        "activity",
        "alarm",
        "arrow-counterclockwise",
        "arrow-down",
        "arrow-left",
        "arrow-repeat",
        "arrow-right",
        "arrow-up",
        "bandaid",
        "bar-chart-line",
        "bell",
        "bookmark",
        "box-arrow-in-right",
        "box-arrow-right",
        "building",
        "bullseye",
        "calculator",
        "calendar",
        "calendar-event",
        "calendar-plus",
        "calendar-x",
        "camera",
        "capsule",
        "capsule-pill",
        "card-checklist",
        "chat-left-text",
        "check-circle",
        "check-circle-fill",
        "check-lg",
        "check2",
        "check2-all",
        "check2-circle",
        "chevron-down",
        "chevron-left",
        "chevron-right",
        "chevron-up",
        "circle",
        "circle-fill",
        "clipboard",
        "clipboard-check",
        "clipboard2-pulse",
        "clock",
        "clock-history",
        "cloud-slash",
        "copy",
        "crosshair",
        "dash-circle",
        "dash-lg",
        "door-open",
        "download",
        "droplet",
        "droplet-half",
        "envelope",
        "exclamation-circle",
        "exclamation-diamond",
        "exclamation-octagon",
        "exclamation-octagon-fill",
        "exclamation-triangle",
        "exclamation-triangle-fill",
        "eye",
        "eyedropper",
        "file-earmark-pdf",
        "file-earmark-text",
        "file-text",
        "filter",
        "flag",
        "flag-fill",
        "gear",
        "globe",
        "graph-up",
        "grip-vertical",
        "heart-pulse",
        "hourglass-split",
        "house",
        "image",
        "info-circle",
        "info-circle-fill",
        "journal-check",
        "journal-medical",
        "journal-text",
        "key",
        "life-preserver",
        "lightning",
        "link-45deg",
        "list",
        "list-check",
        "list-ul",
        "lock",
        "lock-fill",
        "lungs",
        "moon",
        "pause-circle",
        "pen",
        "pencil",
        "pencil-square",
        "people",
        "people-fill",
        "person",
        "person-badge",
        "person-check",
        "person-lines-fill",
        "person-plus",
        "person-vcard",
        "person-walking",
        "person-x",
        "pin-angle",
        "play-circle",
        "plus-circle",
        "plus-lg",
        "plus-slash-minus",
        "prescription2",
        "printer",
        "question-circle",
        "question-diamond",
        "question-diamond-fill",
        "question-lg",
        "record-circle",
        "rulers",
        "save",
        "search",
        "send",
        "shield-check",
        "shield-exclamation",
        "shield-lock",
        "slash-circle",
        "sliders",
        "sort-down",
        "speedometer2",
        "stopwatch",
        "sun",
        "table",
        "tablet",
        "tag",
        "telephone",
        "telephone-fill",
        "thermometer",
        "translate",
        "trash",
        "universal-access",
        "unlock",
        "upc-scan",
        "virus",
        "wifi-off",
        "x-circle",
        "x-lg",
        "x-octagon",
        "zoom-in",
        "zoom-out",
    }
)


def fetch(work: Path, package: str, version: str) -> Path:
    """Pack one npm package into the work folder and return the folder it was unpacked to."""
    packed = subprocess.run(
        ["npm", "pack", "--json", f"{package}@{version}"],
        cwd=work,
        check=True,
        capture_output=True,
        text=True,
    )
    archive = work / str(json.loads(packed.stdout)[0]["filename"])
    folder = work / archive.stem
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / "package"


def write_sprite(icons: Path, target: Path) -> None:
    """Join the chosen icons into one file of symbols, each with the name of its icon as id."""
    symbols = []
    for name in sorted(ICONS):
        svg = (icons / f"{name}.svg").read_text()
        body = re.sub(r"^<svg[^>]*>|</svg>\s*$", "", svg.strip())
        body = re.sub(r">\s+<", "><", body).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 16 16">{body}</symbol>')
    target.parent.mkdir(parents=True, exist_ok=True)
    note = (
        "<!-- Bootstrap Icons, The Bootstrap Authors, MIT licence: see LICENSE beside this file -->"
    )
    target.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg">{note}\n' + "\n".join(symbols) + "\n</svg>\n"
    )


def without_source_map(path: Path) -> None:
    """Drop the pointer to a source map that is not carried: hashed names would miss it."""
    text = path.read_text()
    path.write_text(
        re.sub(r"\n?/\*# sourceMappingURL=\S+ \*/\n?|\n?//# sourceMappingURL=\S+\n?", "\n", text)
    )


def write_readme(out: Path) -> None:
    """List every carried file with its package, version, licence and sha256."""
    lines = [
        "# Carried front-end files",
        "",
        "Written by `tools/vendor.py`; `tests/unit/design/test_vendor.py` checks every hash.",
        "Bootstrap's two files are as published but for the source map pointer, which is dropped.",
        "`inter-extended.woff2` is the published Latin Extended file cut to the letters of",
        "European and Vietnamese names. `icons/sprite.svg` joins the icons that the pages use.",
        "",
        "| File | Package | Version | Licence | sha256 |",
        "| --- | --- | --- | --- | --- |",
    ]
    by_folder = {
        next(iter(files.values())).split("/")[0]: (package, version, licence)
        for package, version, licence, files in PACKAGES
    }
    for path in sorted(p for p in out.rglob("*") if p.is_file() and p.name != "README.md"):
        name = path.relative_to(out).as_posix()
        package, version, licence = by_folder[name.split("/")[0]]
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"| {name} | {package} | {version} | {licence} | `{digest}` |")
    (out / "README.md").write_text("\n".join(lines) + "\n")


def main(work: Path) -> None:
    """Write the whole vendor folder anew."""
    work.mkdir(parents=True, exist_ok=True)
    folders = {package: fetch(work, package, version) for package, version, _, _ in PACKAGES}
    for package, _, _, files in PACKAGES:
        for source, target in files.items():
            (OUT / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folders[package] / source, OUT / target)
    for name in ("bootstrap/bootstrap.min.css", "bootstrap/bootstrap.rtl.min.css"):
        without_source_map(OUT / name)
    write_sprite(folders["bootstrap-icons"] / "icons", OUT / "icons/sprite.svg")
    subprocess.run(
        [
            "pyftsubset",
            str(folders["@fontsource-variable/inter"] / "files/inter-latin-ext-wght-normal.woff2"),
            f"--unicodes={EXTENDED_LATIN}",
            "--flavor=woff2",
            "--layout-features=*",
            f"--output-file={OUT / 'inter/inter-extended.woff2'}",
        ],
        check=True,
    )
    write_readme(OUT)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
