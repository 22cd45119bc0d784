"""What an import asks of the address by which a Bundle calls a resource.

Held are those of R4's rules for Bundles on which it depends who or what is meant: bdl-7 and bdl-8,
and that an address names no other type than its resource has. An import sends no requests and
answers none, so it does not matter to it whether they are there (bdl-1 to 4, 9 to 12): exports are
often wrong in them, and nothing in them is kept.
"""

import re
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tautband.interop.fhir.r4.structs import RESOURCE_TYPES

SAME_ADDRESS = gettext_lazy("something else in this Bundle has the same address")
_RESTFUL = re.compile(r"https?://.+/([A-Za-z]+)/[A-Za-z0-9\-.]{1,64}")


class _Versioned(msgspec.Struct):
    meta: Any = None


_versioned = msgspec.json.Decoder(_Versioned)


def are_confused(first: bytes, second: bytes) -> bool:
    """Whether nobody can tell which of two resources of one address is meant (bdl-7).

    The same one twice confuses nobody, and of two versions each says which it is.
    """
    return first != second and _version(first) == _version(second)


def _version(raw: bytes) -> object:
    meta = _versioned.decode(raw).meta
    return meta.get("versionId") if isinstance(meta, dict) else None


def address_fault(kind: str, full_url: str) -> str | None:
    """What is wrong with the address of a resource of this type; None if nothing is."""
    if "/_history/" in full_url:
        return _("an address without a version is needed")
    named = _RESTFUL.fullmatch(full_url)
    if named and named[1] in RESOURCE_TYPES and named[1] != kind:
        return _("this is the address of a resource of another type")
    return None
