"""How a form field is drawn, worked out from its widget, and what an error summary lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldParts:
    """What `_field.html` needs to know about one field."""

    kind: str
    css: str
    group: str
    described_by: str
    quiet: bool
    widget: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorLine:
    """One line of the error summary: what is wrong, and the id of the input it leads to."""

    id: str
    text: str
    label: str = ""


def field_parts(field: BoundField, look: str = "") -> FieldParts:
    """Choose the house look of a field: by name when one is asked for, else by its widget."""
    widget = field.field.widget
    group = ""
    if isinstance(widget, CheckboxSelectMultiple):
        kind, group = look or "choices", "group"
    elif isinstance(widget, RadioSelect):
        kind, group = look or "seg", "radiogroup"
    elif isinstance(widget, CheckboxInput):
        kind = "check"
    else:
        kind = look
    css = {"ask": "ask seg"}.get(kind, kind)
    described = []
    if group and field.help_text:
        described.append(f"{field.auto_id}_helptext")
    if group and field.errors:
        described.append(f"{field.auto_id}_error")
    return FieldParts(
        kind=kind,
        css=css,
        group=group,
        described_by=" ".join(described),
        # A group of answers is asked, never optional; what it needs its help text says.
        quiet=kind in ("ask", "scale", "choices"),
        widget=mark_safe(str(field)),  # noqa: S308 - Django's own rendering of the field
    )


def error_lines(
    form: BaseForm | None, errors: Iterable[Mapping[str, str]] | None = None
) -> list[ErrorLine]:
    """Every error of a bound form, and of any loose list of {id, text}, in the page's order."""
    lines = [ErrorLine(id=line.get("id", ""), text=line["text"]) for line in errors or ()]
    if form is None or not form.is_bound:
        return lines
    lines.extend(ErrorLine(id="", text=str(text)) for text in form.non_field_errors())
    for field in form:
        target = field.id_for_label or f"{field.auto_id}_0"
        lines.extend(
            ErrorLine(id=target, text=str(text), label=str(field.label)) for text in field.errors
        )
    return lines
