"""Pages of the day: signing in, the centre and its people, Today, appointments, the trail."""

from django.urls import URLPattern, path

from tautband.clinic.views import (
    appointments,
    centre,
    drafts,
    emergency,
    people,
    setup,
    sign_in,
    today,
    trail,
)

_APPOINTMENT = "appointments/<uuid:appointment_id>/"

patterns: list[URLPattern] = [
    path("", today.today, name="today"),
    path("emergency/", emergency.emergency, name="emergency"),
    path("emergency.pdf", emergency.emergency_pdf, name="emergency_pdf"),
    path("setup/", setup.setup, name="setup"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("language/", sign_in.language, name="language"),
    path("account/", sign_in.account, name="account"),
    path("account/password/", sign_in.password, name="password"),
    path("account/theme/", sign_in.theme, name="theme"),
    path("people/", people.people, name="people"),
    path("people/<uuid:person_id>/", people.person, name="person"),
    path("people/<uuid:person_id>/password/", people.reset_password, name="reset_password"),
    path("centre/", centre.centre, name="centre"),
    path("rescue-kit/", centre.rescue_kit, name="rescue_kit"),
    path("trail/", trail.trail, name="trail"),
    path("drafts/<slug:form>/<uuid:subject>/", drafts.draft, name="draft"),
    path(
        "patients/<uuid:patient_id>/appointments/new/",
        appointments.appointment_new,
        name="appointment_new",
    ),
    path(_APPOINTMENT, appointments.appointment, name="appointment"),
    path(f"{_APPOINTMENT}cancel/", appointments.cancel, name="cancel_appointment"),
    path(f"{_APPOINTMENT}missed/", appointments.did_not_attend, name="did_not_attend"),
]
