"""The admin pages that show and save what Today, the patient's page and the plan do."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.forms import AuthenticationForm
from django.db.models import Field
from django.http import HttpRequest
from django.urls import path

from tautband.records.models import Appointment, Injection, Procedure, Syringe


class Site(admin.AdminSite):
    """Open to everybody who can sign in: the product's people have no staff flag."""

    login_form = AuthenticationForm

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active)


class Open:
    """Whoever is signed in may do everything, and what may be NULL may be left empty."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        return True

    def formfield_for_dbfield(self, column: Field, request: HttpRequest, **more: Any) -> Any:
        if column.null:
            more["required"] = False
        return super().formfield_for_dbfield(column, request, **more)  # type: ignore[misc]


class Bookings(Open, admin.ModelAdmin):
    """The day: one row a booking, the columns of Today that a join away can be had."""

    list_per_page = 300
    list_select_related = ("patient", "clinician", "encounter")
    list_display = ("starts_at", "who", "born_on", "by", "region", "reason", "arrived", "status")
    show_full_result_count = False

    def who(self, row: Appointment) -> str:
        return f"{row.patient.family_name}, {row.patient.given_name}"

    def born_on(self, row: Appointment) -> object:
        return row.patient.born_on

    def by(self, row: Appointment) -> str:
        return row.clinician.short_name

    def arrived(self, row: Appointment) -> object:
        return row.encounter.arrived_at if hasattr(row, "encounter") else None


class Injections(Open, admin.ModelAdmin):
    """What one patient was given, every row on one page."""

    list_per_page = 200
    list_select_related = ("procedure__encounter",)
    list_display = (
        "on", "muscle", "side", "volume_ul", "given_volume_ul", "given_at", "pain_before",
        "pain_after", "status",
    )  # fmt: skip
    show_full_result_count = False

    def on(self, row: Injection) -> object:
        return row.procedure.encounter.on


class SyringeLines(Open, admin.TabularInline):
    model = Syringe
    extra = 0
    raw_id_fields = ("drawn_up_by", "checked_by")


class InjectionLines(Open, admin.TabularInline):
    model = Injection
    extra = 0
    raw_id_fields = ("syringe", "given_by")


class Sittings(Open, admin.ModelAdmin):
    """One sitting with its rows and syringes, every column of them."""

    inlines = (SyringeLines, InjectionLines)
    raw_id_fields = (
        "patient", "encounter", "replaces", "planned_by", "operator", "supervisor", "signed_by",
    )  # fmt: skip


site = Site()
site.register(Appointment, Bookings)
site.register(Injection, Injections)
site.register(Procedure, Sittings)

urlpatterns = [path("admin/", site.urls)]
