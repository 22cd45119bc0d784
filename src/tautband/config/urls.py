"""Where each part of the house answers."""

from django.urls import include, path

urlpatterns = [path("", include("tautband.clinic.urls"))]
