"""Columns that recur: ids, closed vocabularies, and the constraint that holds each of them."""

import uuid
from enum import StrEnum
from typing import Any

from django.db import models


def key() -> "models.UUIDField[Any, Any]":
    """A random id, which tells nothing of the patient in a URL."""
    return models.UUIDField(primary_key=True, default=uuid.uuid4)


def word(vocabulary: type[StrEnum], **options: Any) -> "models.CharField[Any, Any]":
    """A column that holds one word of a closed vocabulary."""
    choices = [(str(value), str(value)) for value in vocabulary]
    return models.CharField(max_length=32, choices=choices, **options)


def only(column: str, vocabulary: type[StrEnum], name: str, *, blank: bool = False) -> Any:
    """The constraint behind `word`: the database, too, knows the vocabulary."""
    values = [str(value) for value in vocabulary] + ([""] if blank else [])
    return models.CheckConstraint(condition=models.Q(**{f"{column}__in": values}), name=name)


def between(column: str, low: int, high: int, name: str) -> Any:
    """A constraint that a whole number, where known, lies within bounds that nature sets."""
    inside = models.Q(**{f"{column}__gte": low, f"{column}__lte": high})
    return models.CheckConstraint(
        condition=models.Q(**{f"{column}__isnull": True}) | inside, name=name
    )
