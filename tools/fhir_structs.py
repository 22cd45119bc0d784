"""Write interop/fhir/r4/structs.py out of HL7's own definitions of FHIR R4.

`python tools/fhir_structs.py FOLDER`, where FOLDER holds the StructureDefinition-, ValueSet- and
CodeSystem-*.json of FHIR 4.0.1, as the npm package hl7.fhir.r4.examples 4.0.1 does (CC0). The same
folder always gives the same file; with `--check` nothing is written, and the exit code is 1 when
the file would change.
"""

import hashlib
import json
import keyword
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

OUT = Path(__file__).parents[1] / "src/tautband/interop/fhir/r4/structs.py"
VERSION = "4.0.1"
#: What tautband reads or writes. Everything these are made of comes with them.
RESOURCES = (
    "AdverseEvent", "AllergyIntolerance", "Appointment", "Bundle", "Condition", "Consent",
    "Coverage", "DocumentReference", "Encounter", "Medication", "MedicationAdministration",
    "MedicationRequest", "MedicationStatement", "Observation", "OperationOutcome", "Organization",
    "Patient", "Practitioner", "Procedure", "Provenance",
)  # fmt: skip
#: FHIR's primitives, and what primitives.py calls them.
PRIMITIVES = {
    "base64Binary": "Base64", "boolean": "bool", "canonical": "Canonical", "code": "Code",
    "date": "Date", "dateTime": "DateTime", "decimal": "Number", "id": "Id", "instant": "Instant",
    "integer": "Integer", "markdown": "Markdown", "oid": "Oid", "positiveInt": "PositiveInt",
    "string": "String", "time": "Time", "unsignedInt": "UnsignedInt", "uri": "Uri", "url": "Url",
    "uuid": "Uuid", "xhtml": "Xhtml",
}  # fmt: skip
#: The bases that every other type shares, and on what each stands.
BASES = {
    "Element": "Checked",
    "BackboneElement": "Element",
    "Resource": "Checked",
    "DomainResource": "Resource",
}
CANONICAL = "http://hl7.org/fhir/StructureDefinition/"
#: XML attributes and XHTML: no extension can stand beside them.
BARE = frozenset({"Element.id", "Extension.url", "Narrative.div"})
WIDTH = 100
MOST_IN_A_NAME = 3

HEAD = f'''\
"""The resources and datatypes of FHIR R4 ({VERSION}). GENERATED: do not edit.

Written by tools/fhir_structs.py out of HL7's StructureDefinitions, ValueSets and CodeSystems
(npm package hl7.fhir.r4.examples {VERSION}, CC0-1.0). A code that FHIR binds by "required" is a
Literal. A primitive that must be there may be stated by its `_name` alone, so it is optional here
and listed in REQUIRED.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias, Union

from msgspec import defstruct, field

from tautband.interop.fhir.r4.primitives import (
    UNSET, Base64, Canonical, Checked, Code, Date, DateTime, Id, Instant, Integer, Literal, Many,
    Markdown, Number, Oid, PositiveInt, String, Time, UnsignedInt, Unset, Uri, Url, Uuid, Xhtml,
)
'''

Json = dict[str, Any]


class Definitions:
    """HL7's definitions in a folder, by what they define."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def structure(self, name: str) -> Json:
        """The StructureDefinition of a type."""
        found = self._load(self.folder / f"StructureDefinition-{name}.json")
        if found["fhirVersion"] != VERSION:
            raise SystemExit(f"{name} is of FHIR {found['fhirVersion']}, not {VERSION}.")
        return found

    def elements(self, name: str) -> list[Json]:
        """The elements of a type, in HL7's order."""
        found: list[Json] = self.structure(name)["snapshot"]["element"]
        return found

    def resource_types(self) -> list[str]:
        """The name of every resource that R4 knows."""
        found = []
        for path in self.folder.glob("StructureDefinition-*.json"):
            one = self._load(path)
            of_hl7 = one["url"] == CANONICAL + one["type"] and not one["abstract"]
            if of_hl7 and one["kind"] == "resource" and one["derivation"] == "specialization":
                found.append(one["type"])
        return sorted(found)

    def codes(self, canonical: str) -> list[tuple[str, str]] | None:
        """Each (system, code) of a value set; None where not all of them are in the folder."""
        valueset = self._terms.get(canonical.partition("|")[0])
        if valueset is None:
            return None
        compose = valueset.get("compose", {})
        found: dict[tuple[str, str], None] = {}
        for include in compose.get("include", []):
            some = self._included(include)
            if some is None:
                return None
            found |= dict.fromkeys(some)
        for exclude in compose.get("exclude", []):
            for one in self._included(exclude) or ():
                found.pop(one, None)
        return list(found) or None

    def _included(self, include: Json) -> list[tuple[str, str]] | None:
        if include.get("filter"):
            return None
        sets = [self.codes(one) for one in include.get("valueSet", [])]
        if "system" not in include:
            whole = [one for one in sets if one is not None]
            return [pair for one in whole for pair in one] if len(whole) == len(sets) else None
        system = include["system"]
        if "concept" in include:
            return [(system, concept["code"]) for concept in include["concept"]]
        terms = self._terms.get(system)
        if terms is None or terms.get("content") != "complete":
            return None
        return [(system, code) for code in _concepts(terms.get("concept", []))]

    @cached_property
    def _terms(self) -> dict[str, Json]:
        paths = [*self.folder.glob("ValueSet-*.json"), *self.folder.glob("CodeSystem-*.json")]
        found = (self._load(path) for path in sorted(paths))
        return {one["url"]: one for one in found if "url" in one}

    @staticmethod
    def _load(path: Path) -> Json:
        found: Json = json.loads(path.read_text("utf-8"))
        return found


def _concepts(concepts: list[Json]) -> Iterator[str]:
    for concept in concepts:
        yield concept["code"]
        yield from _concepts(concept.get("concept", []))


class Writer:
    """The file as it grows: classes, the code lists they use, and the tables beside them."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.classes: list[str] = []
        self.literals: dict[str, list[str]] = {}
        self.references: dict[tuple[str, ...], str] = {}
        self.choices: dict[str, list[tuple[str, bool, list[str]]]] = {}
        self.required: dict[str, list[str]] = {}
        self.lists: dict[str, list[str]] = {}
        self.concepts: dict[str, list[tuple[str, list[tuple[str, str]]]]] = {}
        self.endless: set[str] = set()
        self._waiting = list(RESOURCES)
        self._known = {*RESOURCES, *PRIMITIVES, *BASES}

    def write(self) -> str:
        """The whole file."""
        for name in BASES:
            self._type(name)
        while self._waiting:
            self._type(self._waiting.pop(0))
        types = self.definitions.resource_types()
        parts = [
            HEAD,
            _wrapped("RESOURCE_TYPES = frozenset({", [f'"{name}"' for name in types], "})"),
            "\n".join(
                _wrapped(f"{name}: TypeAlias = Literal[", [f'"{code}"' for code in codes], "]")
                for name, codes in sorted(self.literals.items())
            ),
            *self.classes,
            self._reference_classes(),
            self._union(types),
            self._tables(),
        ]
        text = "\n\n".join(part.strip("\n") for part in parts) + "\n"
        # So that a test sees a hand in it even where HL7's definitions are not at hand.
        return f"{text}\n# sha256 of all above: {hashlib.sha256(text.encode()).hexdigest()}\n"

    # --- one type ---

    def _type(self, name: str) -> None:
        elements = self.definitions.elements(name)
        root = elements[0]["path"]
        inside = {e["path"] for e in elements if self._is_backbone(e)}
        for owner in [root, *(e["path"] for e in elements if e["path"] in inside)]:
            mine = [e for e in elements if e["path"].rpartition(".")[0] == owner]
            class_name = name if owner == root else _class_name(owner)
            self._class(class_name, mine, is_root=owner == root)

    @staticmethod
    def _is_backbone(element: Json) -> bool:
        codes = {one["code"] for one in element.get("type", [])}
        return "." in element["path"] and bool(codes & {"BackboneElement", "Element"})

    def _class(self, name: str, elements: list[Json], *, is_root: bool) -> None:
        base, tag = self._base(name, elements, is_root=is_root)
        taken = set() if name in BASES and base == "Checked" else self._of(base)
        lines = [f"class {name}({base}, kw_only=True{tag}):"]
        if name == "Reference":
            lines.append("    targets: ClassVar[frozenset[str]] = frozenset()")
        for element in elements:
            if element["path"].rpartition(".")[2] not in taken and element["max"] != "0":
                lines += self._element(name, element)
        self.classes.append("\n".join(lines if len(lines) > 1 else [*lines, "    pass"]))

    def _base(self, name: str, elements: list[Json], *, is_root: bool) -> tuple[str, str]:
        if name in BASES:
            return BASES[name], ""
        names = {element["path"].rpartition(".")[2] for element in elements}
        if name in RESOURCES:
            base = "DomainResource" if "contained" in names else "Resource"
            return base, f', tag_field="resourceType", tag="{name}"'
        return ("BackboneElement" if "modifierExtension" in names else "Element"), ""

    def _of(self, base: str) -> set[str]:
        """The elements that a base brings."""
        found: set[str] = set()
        while base != "Checked":
            elements = self.definitions.elements(base)
            found |= {one["path"].rpartition(".")[2] for one in elements[1:]}
            base = BASES[base]
        return found

    def _element(self, owner: str, element: Json) -> Iterator[str]:
        path, name = element["path"], element["path"].rpartition(".")[2]
        must, many = element["min"] > 0, element["max"] == "*"
        if element["max"] not in {"1", "*"}:
            raise SystemExit(f"{path} may be there {element['max']} times; write that first.")
        if "contentReference" in element:
            target = _class_name(element["contentReference"].partition("#")[2])
            yield _field(name, target, many=many, must=must)
            return
        types = element["type"]
        if name.endswith("[x]"):
            stem = name.removesuffix("[x]")
            forms = [(stem + one["code"][0].upper() + one["code"][1:], one) for one in types]
            self.choices.setdefault(owner, []).append((stem, must, [form for form, _ in forms]))
            must = False
        else:
            if len(types) != 1:
                raise SystemExit(f"{path} has more than one type.")
            forms = [(name, types[0])]
        for form, one in forms:
            code = one["code"]
            if code.startswith("http://hl7.org/fhirpath/"):
                code = {"Resource.id": "id", "Extension.url": "uri"}.get(path, "string")
            if code in PRIMITIVES:
                yield from self._primitive(owner, form, code, element, many=many, must=must)
            else:
                yield _field(form, self._complex(path, one), many=many, must=must)
                self._bound_concept(owner, form, code, element)

    def _primitive(
        self, owner: str, name: str, code: str, element: Json, *, many: bool, must: bool
    ) -> Iterator[str]:
        bare = element["path"] in BARE
        its_type = self._literal(element) if code == "code" else PRIMITIVES[code]
        shape = f"{its_type} | None" if many else its_type
        yield _field(name, shape, many=many, must=must and bare)
        if bare:
            return
        if must:
            self.required.setdefault(owner, []).append(name)
        if many:
            self.lists.setdefault(owner, []).append(name)
        yield _field(f"_{name}", "Element | None" if many else "Element", many=many, must=False)

    def _literal(self, element: Json) -> str:
        binding = element.get("binding", {})
        if binding.get("strength") != "required":
            return "Code"
        canonical = binding["valueSet"]
        pairs = self.definitions.codes(canonical)
        if pairs is None:
            self.endless.add(canonical)
            return "Code"
        words = canonical.partition("|")[0].rpartition("/")[2].split("-")
        name = "".join(word[0].upper() + word[1:] for word in words) + "Code"
        self.literals[name] = sorted({code for _system, code in pairs})
        return name

    def _complex(self, path: str, one: Json) -> str:
        code: str = one["code"]
        if code in {"BackboneElement", "Element"} and path.count("."):
            return _class_name(path)
        if code == "Resource":
            return "AnyResource"
        if code == "Reference":
            targets = [url.removeprefix(CANONICAL) for url in one.get("targetProfile", [])]
            if targets and "Resource" not in targets:
                self._want("Reference")
                return self._reference(path, sorted(targets))
        if f"{CANONICAL}SimpleQuantity" in one.get("profile", []):
            code = "SimpleQuantity"
        self._want(code)
        return code

    def _reference(self, path: str, targets: list[str]) -> str:
        """The class for references to these types, called after them or where it came up first."""
        name = "Or".join(targets) if len(targets) <= MOST_IN_A_NAME else _class_name(path)
        return self.references.setdefault(tuple(targets), f"To{name}".removesuffix("[x]"))

    def _want(self, code: str) -> None:
        if code not in self._known:
            self._known.add(code)
            self._waiting.append(code)

    def _bound_concept(self, owner: str, name: str, code: str, element: Json) -> None:
        binding = element.get("binding", {})
        if code == "CodeableConcept" and binding.get("strength") == "required":
            pairs = self.definitions.codes(binding["valueSet"])
            if pairs is not None:
                self.concepts.setdefault(owner, []).append((name, pairs))

    # --- what stands beside the classes ---

    def _reference_classes(self) -> str:
        parts = []
        for targets, name in self.references.items():
            start = "    targets: ClassVar[frozenset[str]] = frozenset({"
            names = _wrapped(start, [f'"{one}"' for one in targets], "})")
            parts.append(f"class {name}(Reference, kw_only=True):\n{names}")
        return "\n\n".join(parts)

    @staticmethod
    def _union(types: list[str]) -> str:
        others = [f'"{name}"' for name in types if name not in RESOURCES or name == "Bundle"]
        kept = [name for name in RESOURCES if name != "Bundle"]
        return "\n".join(
            [
                "class Other(Checked, kw_only=True, forbid_unknown_fields=False):",
                "    # A resource that is not read, or a bundle in a bundle: only its id is seen.",
                "    id: String | Unset = UNSET",
                "",
                "OTHERS = tuple(",
                '    defstruct(name, [], bases=(Other,), tag_field="resourceType", tag=name)',
                _wrapped("    for name in (", others, ")"),
                ")",
                "if TYPE_CHECKING:",
                _wrapped("    AnyResource: TypeAlias = Union[", [*kept, "Other"], "]"),
                "else:",
                _wrapped("    AnyResource = Union[(", [*kept, "*OTHERS"], ")]"),
            ]
        )

    def _tables(self) -> str:
        of_type = "dict[type[Checked], "
        parts = [
            "# Element, whether one form of it must be there, and its forms.",
            f"CHOICES: {of_type}tuple[tuple[str, bool, tuple[str, ...]], ...]] = {{",
        ]
        for owner, choices in self.choices.items():
            parts.append(f"    {owner}: (")
            for stem, must, forms in choices:
                start = f'        ("{stem}", {must}, ('
                parts.append(_wrapped(start, [f'"{form}"' for form in forms], ",)),"))
            parts.append("    ),")
        parts += [
            "}",
            "# Primitives that must be there.",
            f"REQUIRED: {of_type}tuple[str, ...]] = {{",
        ]
        parts += [_names(owner, names) for owner, names in self.required.items()]
        parts += ["}", "# Lists of primitives.", f"LISTS: {of_type}tuple[str, ...]] = {{"]
        parts += [_names(owner, names) for owner, names in self.lists.items()]
        parts += [
            "}",
            "# Concepts of which one coding must come from a closed list of (system, code).",
            f"CONCEPTS: {of_type}dict[str, frozenset[tuple[str, str]]]] = {{",
        ]
        for owner, concepts in self.concepts.items():
            parts.append(f"    {owner}: {{")
            for name, pairs in concepts:
                parts.append(f'        "{name}": frozenset({{')
                parts += [f'            ("{system}", "{code}"),' for system, code in pairs]
                parts.append("        }),")
            parts.append("    },")
        return "\n".join([*parts, "}"])


def _class_name(path: str) -> str:
    return "".join(part[0].upper() + part[1:] for part in path.split("."))


def _field(name: str, its_type: str, *, many: bool, must: bool) -> str:
    shape = f"Many[{its_type}]" if many else its_type
    python_name = f"{name}_" if keyword.iskeyword(name) else name
    if python_name != name:
        default = f'field(name="{name}")' if must else f'field(default=UNSET, name="{name}")'
    else:
        default = "" if must else "UNSET"
    annotation = shape if must else f"{shape} | Unset"
    return f"    {python_name}: {annotation}" + (f" = {default}" if default else "")


def _names(owner: str, names: list[str]) -> str:
    return _wrapped(f"    {owner}: (", [f'"{name}"' for name in names], ",),")


def _wrapped(start: str, items: list[str], end: str) -> str:
    """Items between commas: on one line where they fit, else indented below."""
    line = start + ", ".join(items) + end
    if len(line) <= WIDTH:
        return line
    margin = " " * (len(start) - len(start.lstrip()))
    lines, row = [start], margin + "   "
    for item in items:
        if len(row) + len(item) + 2 > WIDTH:
            lines.append(row)
            row = margin + "   "
        row += f" {item},"
    return "\n".join([*lines, row, margin + end.lstrip(",")])


def main(arguments: list[str]) -> int:
    """Write or compare the file."""
    folders = [one for one in arguments if not one.startswith("-")]
    if len(folders) != 1 or not Path(folders[0]).is_dir():
        print("python tools/fhir_structs.py FOLDER [--check]", file=sys.stderr)
        return 2
    writer = Writer(Definitions(Path(folders[0])))
    text = writer.write()
    if "--check" in arguments:
        same = OUT.read_text("utf-8") == text
        print("structs.py is as generated." if same else "structs.py would change.")
        return 0 if same else 1
    OUT.write_text(text, "utf-8")
    print(f"wrote {OUT.name}: {text.count(chr(10))} lines")
    for canonical in sorted(writer.endless):
        print(f"any code is taken for {canonical}: its codes are not all in the folder")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
