"""Doses read the same in both languages: a point before decimals, nothing between thousands."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 0
