"""Pages about patients: finding them, who they are, their chart."""

from django.urls import URLPattern, path

from tautband.clinic.views import chart, exports, imports, merging, patient, patients, referrer
from tautband.records.models.vocabulary import StatementKind

ONE = "patients/<uuid:patient_id>/"

patterns: list[URLPattern] = [
    path("patients/", patients.search, name="patients"),
    path("patients/new/", patients.register, name="patient_new"),
    path("patients/import/", imports.import_files, name="patient_import"),
    path(
        "patients/import/<uuid:subject>/progress/",
        imports.import_progress,
        name="patient_import_progress",
    ),
    path(ONE, patient.show, name="patient"),
    path(ONE + "edit/", patients.edit, name="patient_edit"),
    path(ONE + "duplicates/", merging.duplicates, name="patient_duplicates"),
    path(ONE + "merge/<uuid:other_id>/", merging.merge, name="patient_merge"),
    path(ONE + "merges/<uuid:merge_id>/undo/", merging.unmerge, name="patient_unmerge"),
    path(ONE + "referrer/", referrer.referrer, name="patient_referrer"),
    path(ONE + "looked/", patient.looked, name="patient_looked"),
    path(ONE + "export/", exports.export_record, name="patient_export"),
    path(ONE + "chart/", chart.show, name="chart"),
    path(ONE + "chart/weight/", chart.weight, name="chart_weight"),
    path(ONE + "chart/height/", chart.height, name="chart_height"),
    path(ONE + "chart/elsewhere/", chart.elsewhere, name="chart_elsewhere"),
    path(ONE + "chart/no-allergies/", chart.no_allergies, name="chart_no_allergies"),
    path(ONE + "chart/lines/<uuid:line_id>/end/", chart.end, name="chart_end"),
    *(
        path(f"{ONE}chart/{kind}/", chart.statement, {"kind": kind}, name=f"chart_{kind}")
        for kind in StatementKind
    ),
    path(ONE + "chart/<slug:what>/<uuid:line_id>/wrong/", chart.wrong, name="chart_wrong"),
]
