"""Pages of a session, from arrival to the note."""

from django.urls import URLPattern, path

from tautband.clinic.views.sessions import (
    after,
    assess,
    before,
    consent,
    draw_up,
    inject,
    notes,
    plan,
)

SESSION = "sessions/<uuid:procedure_id>/"

patterns: list[URLPattern] = [
    path("appointments/<uuid:appointment_id>/arrived/", before.receive, name="receive"),
    path("patients/<uuid:patient_id>/walk-in/", before.walk_in, name="walk_in"),
    path("muscles/", plan.muscle_search, name="muscle_search"),
    path(SESSION, before.session, name="session"),
    path(f"{SESSION}arrive/", before.arrive, name="session_arrive"),
    path(f"{SESSION}weight/", before.weigh, name="session_weigh"),
    path(f"{SESSION}ask/", before.ask_today, name="session_ask"),
    path(f"{SESSION}assess/", assess.assess, name="session_assess"),
    path(f"{SESSION}points/", assess.add_point, name="session_add_point"),
    path(f"{SESSION}points/<uuid:point_id>/", assess.change_point, name="session_change_point"),
    path(f"{SESSION}motion/", assess.add_motion, name="session_add_motion"),
    path(f"{SESSION}plan/", plan.plan, name="session_plan"),
    path(f"{SESSION}plan/words/", plan.plan_words, name="session_plan_words"),
    path(f"{SESSION}plan/settle/", plan.settle, name="session_settle"),
    path(f"{SESSION}not-injected/", plan.not_injected, name="session_not_injected"),
    path(f"{SESSION}findings/", plan.answer_finding, name="session_answer_finding"),
    path(f"{SESSION}rows/", plan.add_row, name="session_add_row"),
    path(f"{SESSION}rows/<uuid:injection_id>/", plan.change_row, name="session_change_row"),
    path(f"{SESSION}rows/<uuid:injection_id>/remove/", plan.remove_row, name="session_remove_row"),
    path(f"{SESSION}syringes/", draw_up.draw_up, name="session_draw_up"),
    path(
        f"{SESSION}syringes/<uuid:syringe_id>/",
        draw_up.change_syringe,
        name="session_change_syringe",
    ),
    path(f"{SESSION}labels/", draw_up.labels, name="session_labels"),
    path(f"{SESSION}consent/", consent.consent, name="session_consent"),
    path(f"{SESSION}consent/withdraw/", consent.withdraw, name="session_withdraw"),
    path(f"{SESSION}time-out/", consent.time_out, name="session_time_out"),
    path(f"{SESSION}inject/", inject.inject, name="session_inject"),
    path(f"{SESSION}inject/start/", inject.start, name="session_start"),
    path(f"{SESSION}inject/add/", inject.add_on_table, name="session_add_on_table"),
    path(f"{SESSION}inject/second-side/", inject.second_side, name="session_second_side"),
    path(f"{SESSION}inject/finish/", inject.finish, name="session_finish"),
    path(f"{SESSION}inject/<uuid:injection_id>/", inject.give, name="session_give"),
    path(f"{SESSION}observe/", after.observe, name="session_observe"),
    path(f"{SESSION}observe/signs/", after.vital_signs, name="session_vital_signs"),
    path(f"{SESSION}observe/leave/", after.let_leave, name="session_let_leave"),
    path(f"{SESSION}check/", after.check_answers, name="session_check"),
    path(f"{SESSION}amend/", after.amend, name="session_amend"),
    path(f"{SESSION}in-error/", after.mark_in_error, name="session_mark_in_error"),
    path(f"{SESSION}right-patient/", after.on_right_patient, name="session_on_right_patient"),
    path(f"{SESSION}note/", notes.note, name="note"),
    path(f"{SESSION}note.txt", notes.note_text, name="note_text"),
    path(f"{SESSION}note.pdf", notes.note_pdf, name="note_pdf"),
]
