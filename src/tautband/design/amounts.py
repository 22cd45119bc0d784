"""Amounts in words: a leading zero always, a trailing zero never, number and unit never apart."""

from decimal import Decimal

NO_BREAK = "\u00a0"


def _words(whole: int, per_unit: int, unit: str) -> str:
    number = (Decimal(whole) / per_unit).normalize()
    return f"{number:,f}{NO_BREAK}{unit}"


def format_ml(ul: int) -> str:
    """µL as millilitres ("0.5 mL")."""
    return _words(ul, 1000, "mL")


def format_mg(ug: int) -> str:
    """µg as milligrams ("35 mg")."""
    return _words(ug, 1000, "mg")


def format_units(centi: int) -> str:
    """Hundredths of a unit as units ("155 units")."""
    return _words(centi, 100, "units")


def format_mm(um: int) -> str:
    """µm as millimetres ("41.2 mm")."""
    return _words(um, 1000, "mm")


def format_kg(g: int) -> str:
    """Grams as kilograms ("58 kg")."""
    return _words(g, 1000, "kg")
