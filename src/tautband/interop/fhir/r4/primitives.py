"""What the generated structs stand on: FHIR's primitive types, and the base that checks itself.

Source: FHIR R4 4.0.1, "Data Types". The patterns are HL7's, with four differences: they are
anchored, a day must exist in the calendar, base64 is only seen to hold the right letters here, and
a string of nothing but blanks is no string.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

__all__ = [
    "UNSET", "Base64", "Broken", "Canonical", "Checked", "Code", "Date", "DateTime", "Id",
    "Instant", "Integer", "Literal", "Many", "Markdown", "Number", "Oid", "PositiveInt", "String",
    "Time", "Unset", "UnsignedInt", "Uri", "Url", "Uuid", "Xhtml",
]  # fmt: skip

_MONTH = "(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])"
_DAY = (
    "(?:(?!0000)[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    "|(?!0000)(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
)
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_ZONE = "(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"

TEXT = r"\S"
URI = r"\A\S+\Z"
CODE = r"\A\S+(?:\s\S+)*\Z"
ID = r"\A[A-Za-z0-9\-.]{1,64}\Z"
OID = r"\Aurn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+\Z"
UUID = r"\Aurn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z"
BASE64 = r"\A\s*[0-9A-Za-z+/=][0-9A-Za-z+/=\s]*\Z"
XHTML = r"\A\s*<div[\s>][\s\S]*</div>\s*\Z"
# The commonest form first.
DATE = rf"\A(?:{_DAY}|{_MONTH}|(?!0000)[0-9]{{4}})\Z"
DATE_TIME = rf"\A(?:{_DAY}(?:T{_CLOCK}{_ZONE})?|{_MONTH}|(?!0000)[0-9]{{4}})\Z"
INSTANT = rf"\A{_DAY}T{_CLOCK}{_ZONE}\Z"
TIME = rf"\A{_CLOCK}\Z"

_LONGEST = 1024 * 1024
_INT32 = 2**31

_T = TypeVar("_T")
Unset: TypeAlias = UnsetType
Many: TypeAlias = Annotated[list[_T], Meta(min_length=1)]
String: TypeAlias = Annotated[str, Meta(pattern=TEXT, max_length=_LONGEST)]
Markdown: TypeAlias = String
Uri: TypeAlias = Annotated[str, Meta(pattern=URI)]
Url: TypeAlias = Uri
Canonical: TypeAlias = Uri
Oid: TypeAlias = Annotated[str, Meta(pattern=OID)]
Uuid: TypeAlias = Annotated[str, Meta(pattern=UUID)]
Code: TypeAlias = Annotated[str, Meta(pattern=CODE)]
Id: TypeAlias = Annotated[str, Meta(pattern=ID)]
Base64: TypeAlias = Annotated[str, Meta(pattern=BASE64)]
Xhtml: TypeAlias = Annotated[str, Meta(pattern=XHTML)]
Date: TypeAlias = Annotated[str, Meta(pattern=DATE)]
DateTime: TypeAlias = Annotated[str, Meta(pattern=DATE_TIME)]
Instant: TypeAlias = Annotated[str, Meta(pattern=INSTANT)]
Time: TypeAlias = Annotated[str, Meta(pattern=TIME)]
Integer: TypeAlias = Annotated[int, Meta(ge=-_INT32, lt=_INT32)]
UnsignedInt: TypeAlias = Annotated[int, Meta(ge=0, lt=_INT32)]
PositiveInt: TypeAlias = Annotated[int, Meta(ge=1, lt=_INT32)]
# FHIR's decimal. A whole number stays an int, so that no digit is added to it.
Number: TypeAlias = Decimal | int


class Broken(ValueError):
    """An element breaks a rule of FHIR: which of its children, and why. Carries no value."""

    def __init__(self, child: str, why: object) -> None:
        self.child = child
        self.why = str(why)
        super().__init__(self.why)


class Checked(Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A part of a resource; `invariants` fills in what is checked whenever one is made."""

    def __post_init__(self) -> None:
        for check in CHECKS.get(type(self), ()):
            check(self)


CHECKS: dict[type[Checked], tuple[Callable[[Any], None], ...]] = {}
