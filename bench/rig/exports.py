"""Exports of fictional patients as large as wanted: the sample bundles, copied under new ids."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).resolve().parents[2]
SYNTHEA = ROOT.parent / "shared" / "data" / "fhir" / "synthea"
# A fresh clone has no Synthea beside it; the bundle of our own is always there.
BUNDLES = [
    ROOT / "tests" / "conformance" / "fhir" / "quillfeather.json",
    *sorted(SYNTHEA.glob("*.json.gz")),
]
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MEGABYTE = 1_000_000


def _read(path: Path) -> str:
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()


def copies() -> Iterator[str]:
    """One bundle after the other, for ever; each copy has ids and identifiers of its own."""
    texts = [_read(path) for path in BUNDLES]
    number = 0
    while True:
        for text in texts:
            found = set(_UUID.findall(text))
            fresh = {one: str(uuid5(NAMESPACE_URL, f"{number}/{one}")) for one in found}
            renamed = _UUID.sub(lambda match, fresh=fresh: fresh[match[0]], text)
            yield _with_own_identifiers(renamed, number)
        number += 1


def _with_own_identifiers(text: str, number: int) -> str:
    content = json.loads(text)
    for entry in content["entry"]:
        if entry["resource"]["resourceType"] == "Patient":
            for identifier in entry["resource"].get("identifier", []):
                identifier["value"] = f"{identifier.get('value', '')}-{number}"
    # As Synthea writes it: two spaces to a level.
    return json.dumps(content, indent=2, ensure_ascii=False)


def write_bundles(folder: Path, *, megabytes: int) -> None:
    """A file for each patient."""
    folder.mkdir()
    size = 0
    for number, text in enumerate(copies()):
        (folder / f"{number:06}.json").write_text(text, "utf-8")
        size += len(text)
        if size >= megabytes * MEGABYTE:
            return


def write_one_bundle(path: Path, *, megabytes: int) -> None:
    """One Bundle with everybody in it."""
    size = 0
    with path.open("w", encoding="utf-8") as file:
        file.write('{"resourceType": "Bundle", "type": "collection", "entry": [\n')
        for number, text in enumerate(copies()):
            entries = json.loads(text)["entry"]
            block = ",\n".join(json.dumps(entry, indent=2) for entry in entries)
            size += file.write(block if not number else ",\n" + block)
            if size >= megabytes * MEGABYTE:
                break
        file.write("\n]}\n")


def write_bulk(folder: Path, *, megabytes: int) -> None:
    """NDJSON, one file for each type; references as a server writes them, patients last."""
    folder.mkdir()
    files: dict[str, Any] = {}
    size = 0
    for text in copies():
        content = json.loads(text)
        kinds = {e["fullUrl"]: e["resource"]["resourceType"] for e in content["entry"]}
        for entry in content["entry"]:
            resource = entry["resource"]
            kind = resource["resourceType"]
            name = f"z-{kind}" if kind == "Patient" else kind
            if name not in files:
                files[name] = (folder / f"{name}.ndjson").open("w", encoding="utf-8")
            line = json.dumps(resource, separators=(",", ":"))
            for full_url, its_kind in kinds.items():
                if full_url in line:
                    line = line.replace(full_url, f"{its_kind}/{full_url.rpartition(':')[2]}")
            size += files[name].write(line + "\n")
        if size >= megabytes * MEGABYTE:
            break
    for file in files.values():
        file.close()


def write_kept_lines(path: Path) -> int:
    """The resources of the sample bundles that are kept, one on each line, each Patient first."""
    import django

    django.setup()
    from tautband.interop.fhir.loinc import is_kept
    from tautband.interop.fhir.references import SUBJECTS

    count = 0
    with path.open("w", encoding="utf-8") as file:
        for bundle in BUNDLES:
            for entry in json.loads(_read(bundle))["entry"]:
                resource = entry["resource"]
                kind = resource["resourceType"]
                codings = resource.get("code", {}).get("coding", [])
                if kind == "Observation" and not any(
                    is_kept(one.get("system", ""), one.get("code", "")) for one in codings
                ):
                    continue
                if kind in SUBJECTS or kind == "Patient":
                    file.write(json.dumps(resource, separators=(",", ":")) + "\n")
                    count += 1
    return count
