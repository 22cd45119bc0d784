"""Every page for staff, one list per part of the house."""

from tautband.clinic.urls import day, patients, sessions

app_name = "clinic"
urlpatterns = [*day.patterns, *patients.patterns, *sessions.patterns]
