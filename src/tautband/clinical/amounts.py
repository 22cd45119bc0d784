"""Amounts as people type and read them: whole numbers of the smallest sensible unit inside.

Units inside: grams, µg, ng (epinephrine), µL, hundredths of a botulinum unit, µm, mm (height).
A reckoned amount is shown rounded up: what was given is never shown as less than it was.
"""

import math
import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from tautband.clinical.knowledge import knowledge
from tautband.clinical.words import known, say
from tautband.errors import Refused

NBSP = "\u00a0"
KG_PER_LB = Decimal("0.45359237")
# "1,500" is one and a half to one reader and fifteen hundred to another.
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹\u066b", "01234567890123456789.")


def parse_amount(
    text: str,
    *,
    field: str,
    scale: int = 1,
    lowest: Decimal | None = None,
    highest: Decimal | None = None,
    unit: str = "",
) -> int:
    """A typed number as a whole count of the small unit (`scale` small units in one).

    A comma or a point separates decimals; Arabic digits are read too. Raises Refused, with
    the field named, for what is no number, negative, out of bounds or finer than the unit.
    """
    value = parse_decimal(text, field=field, lowest=lowest, highest=highest, unit=unit)
    scaled = value * scale
    if scaled != scaled.to_integral_value():
        raise _refused(field, say("Too many decimals. Round it and enter it again."))
    return int(scaled)


def parse_decimal(
    text: str,
    *,
    field: str,
    lowest: Decimal | None = None,
    highest: Decimal | None = None,
    unit: str = "",
) -> Decimal:
    """A typed number, exact; raises Refused with the field named (see `parse_amount`)."""
    typed = text.strip().translate(_DIGITS)
    if _THOUSANDS.fullmatch(typed):
        raise _refused(field, say("Leave out the comma: write 1500, or 1.5."))
    cleaned = typed.replace(",", ".")
    if not cleaned:
        raise _refused(field, say("Enter a number."))
    if len(cleaned) > 20 or not set(cleaned) <= set("0123456789.-+"):
        raise _refused(field, say("Enter a number, such as 1.5."))
    try:
        value = Decimal(cleaned)
    except InvalidOperation as error:
        raise _refused(field, say("Enter a number, such as 1.5.")) from error
    if value < 0:
        raise _refused(field, say("It cannot be less than zero."))
    if lowest is not None and value < lowest:
        raise _refused(
            field,
            say("That is too little. The least is {limit}.", limit=_with_unit(lowest, unit)),
        )
    if highest is not None and value > highest:
        raise _refused(
            field,
            say("That is too much. The most is {limit}.", limit=_with_unit(highest, unit)),
        )
    return value


def parse_ml(text: str, *, field: str = "volume", highest_ml: Decimal = Decimal(100)) -> int:
    """Millilitres typed, as µL."""
    return parse_amount(
        text, field=field, scale=1000, lowest=Decimal("0.01"), highest=highest_ml, unit="mL"
    )


def parse_mg_per_ml(text: str, *, field: str = "concentration") -> int:
    """A strength in mg/mL typed, as µg/mL."""
    return parse_amount(
        text,
        field=field,
        scale=1000,
        lowest=Decimal("0.01"),
        highest=Decimal(200),
        unit="mg/mL",
    )


def parse_ug_per_ml(text: str, *, field: str = "epinephrine") -> int:
    """Epinephrine in µg/mL typed, as ng/mL; 0 is none."""
    return parse_amount(text, field=field, scale=1000, highest=Decimal(100), unit="µg/mL")


def parse_units(text: str, *, field: str = "units") -> int:
    """Botulinum units typed, as hundredths of a unit."""
    return parse_amount(
        text, field=field, scale=100, lowest=Decimal("0.01"), highest=Decimal(5000), unit="units"
    )


def parse_mm(text: str, *, field: str = "depth", highest_mm: Decimal = Decimal(250)) -> int:
    """Millimetres typed, as µm."""
    return parse_amount(
        text, field=field, scale=1000, lowest=Decimal("0.1"), highest=highest_mm, unit="mm"
    )


def parse_height_cm(text: str, *, field: str = "height") -> int:
    """Body height in cm typed, as mm."""
    return parse_amount(
        text, field=field, scale=10, lowest=Decimal(40), highest=Decimal(260), unit="cm"
    )


def parse_weight(text: str, *, unit: str = "kg", field: str = "weight") -> int:
    """Body weight typed in kg or lb, as grams rounded down, toward the smaller dose."""
    if unit not in {"kg", "lb"}:
        raise _refused(field, say("Choose kilograms or pounds."))
    value = parse_decimal(text, field=field)
    return check_weight_g(int(value * (KG_PER_LB if unit == "lb" else 1) * 1000), field=field)


def check_weight_g(weight_g: int, *, field: str = "weight") -> int:
    """The same grams if a patient may weigh them; raises Refused otherwise."""
    lowest = knowledge().limit("weight.lowest_kg").value
    highest = knowledge().limit("weight.highest_kg").value
    if weight_g < lowest * 1000:
        raise _refused(
            field,
            say("That is too little. The least is {limit}.", limit=_with_unit(lowest, "kg")),
        )
    if weight_g > highest * 1000:
        raise _refused(
            field,
            say("That is too much. The most is {limit}.", limit=_with_unit(highest, "kg")),
        )
    return weight_g


def format_ml(ul: int) -> str:
    """µL as millilitres: `0.5 mL`."""
    return _with_unit(Decimal(ul) / 1000, "mL")


def format_mg(ug: int | Fraction) -> str:
    """µg as milligrams, up to the next whole µg: `25 mg`."""
    return _with_unit(Decimal(math.ceil(ug)) / 1000, "mg")


def format_ug(ng: int | Fraction) -> str:
    """ng as micrograms, up to the next whole ng: `200 µg`."""
    return _with_unit(Decimal(math.ceil(ng)) / 1000, "µg")


def format_units(centi: int | Fraction) -> str:
    """Hundredths of a unit as units, up to the next hundredth: `155 units`."""
    count = Decimal(math.ceil(centi)) / 100
    if count == 1:
        return say("{count}\u00a0unit", count=plain(count))
    return say("{count}\u00a0units", count=plain(count))


def format_mm(um: int) -> str:
    """µm as millimetres: `41.2 mm`."""
    return _with_unit(Decimal(um) / 1000, "mm")


def format_kg(g: int) -> str:
    """Grams as kilograms: `58 kg`."""
    return _with_unit(Decimal(g) / 1000, "kg")


def format_strength(ug_per_ml: int) -> str:
    """µg/mL as percent: `1 %`."""
    return _with_unit(Decimal(ug_per_ml) / 10_000, "%")


def format_mg_per_ml(ug_per_ml: int) -> str:
    """µg/mL as `10 mg/mL`."""
    return _with_unit(Decimal(ug_per_ml) / 1000, "mg/mL")


def format_permille(permille: int) -> str:
    """Parts per thousand as percent, rounded up, toward caution: `35 %`."""
    return _with_unit(Decimal(-(-permille // 10)), "%")


def plain(value: Decimal) -> str:
    """A number with a leading zero and no trailing ones."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _with_unit(value: Decimal, unit: str) -> str:
    return known(f"{plain(value)}{NBSP}{unit}" if unit else plain(value))


def _refused(field: str, words: str) -> Refused:
    return Refused(words, fields={field: words})
