"""Pages of this part of the house."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
