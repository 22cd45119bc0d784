"""The register of FHIR R4's rules, and the words in which breaking one is said."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from tautband.interop.fhir.r4.cardinality import has, listed
from tautband.interop.fhir.r4.primitives import Broken, Checked

_C = TypeVar("_C", bound=Checked)
Check = Callable[[Any], None]
RULES: dict[type[Checked], list[Check]] = {}

NOT_ALLOWED = _("this is not one of the allowed codes")
TOGETHER = _("this may not be given together with what stands beside it")
OUT_OF_BOUNDS = _("this number is out of all bounds")
NO_TEXT = _("an empty or endless string is not allowed")
NO_SUCH_TYPE = _("FHIR R4 knows no such resource type")
NO_BASE64 = _("this is not base64")
NOT_PLAIN_HTML = _("only plain HTML is allowed here")
SAME_ID = _("another resource beside it has this id")


def rule(*types: type[_C]) -> Callable[[Callable[[_C], None]], Callable[[_C], None]]:
    """Holds for these types, and for whatever stands on them."""

    def keep(check: Callable[[_C], None]) -> Callable[[_C], None]:
        for one in types:
            RULES.setdefault(one, []).append(check)
        return check

    return keep


def need(ok: bool, child: str, why: object) -> None:
    """Broken unless the condition holds; `why` is translated only then."""
    if not ok:
        raise Broken(child, why)


def has_code(concept: Any, *codes: str) -> bool:
    """Whether a bound concept carries one of these codes; its system was checked already."""
    return has(concept) and any(one.code in codes for one in listed(concept.coding))
