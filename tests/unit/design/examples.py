"""Made-up things to draw: one clinic morning, nobody real."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django import forms

from tautband.clinical.findings import Finding, Gate, LedgerLine, RuleAnswer, Severity, Source
from tautband.design.charts import (
    CourseEvent,
    Measure,
    ScorePoint,
    SessionFlag,
    course_chart,
    course_rows,
)

NOW = datetime(2026, 11, 24, 11, 24, 6, tzinfo=UTC)
LABEL = Source(cite="Label, section 2.1", verified=True)


def make_finding(
    *,
    answer: RuleAnswer = RuleAnswer.FIRES,
    severity: Severity | None = Severity.WARNING,
    words: str = "Both lungs in one session. Treat one side another day, or say why not.",
    source: Source = LABEL,
) -> Finding:
    """The plainest finding."""
    return Finding(
        rule="both-lungs",
        answer=answer,
        severity=severity,
        gate=Gate.PLAN,
        words=words,
        source=source,
    )


def make_line(
    before: int | None = 216,
    now: int | None = 134,
    warn: int | None = 800,
    label: str = "Local anaesthetic",
) -> LedgerLine:
    """The plainest ledger line."""
    return LedgerLine(
        key="la",
        label=label,
        used_before_permille=before,
        used_now_permille=now,
        warn_permille=warn,
        left="16.9 mL lidocaine 1 % left" if before is not None else "weigh first",
        detail="dentist 09:00, bupivacaine 25 mg · now 35 mg",
        limit_words="4.5 mg/kg, label",
        source=LABEL,
    )


ANSWERS = [("yes", "Yes"), ("no", "No"), ("unknown", "Unknown")]


class AskForm(forms.Form):
    """One field of every look."""

    pregnant = forms.ChoiceField(
        label="Pregnant or breastfeeding?", choices=ANSWERS, widget=forms.RadioSelect
    )
    anticoagulant = forms.ChoiceField(
        label="Anticoagulant or antiplatelet?",
        help_text="Also aspirin and fish oil. Ask for the last dose.",
        choices=ANSWERS,
        widget=forms.RadioSelect,
    )
    elsewhere = forms.ChoiceField(
        label="Any steroid, local anaesthetic or botulinum toxin given elsewhere?",
        choices=ANSWERS,
        widget=forms.RadioSelect,
    )
    what = forms.CharField(label="What, and how much", help_text='Write "unknown" if nobody knows.')
    when = forms.DateField(
        label="When", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    pain = forms.ChoiceField(
        label="Pain now",
        choices=[(str(n), str(n)) for n in range(11)],
        widget=forms.RadioSelect,
        required=False,
    )
    weight = forms.DecimalField(label="Weight", help_text="In indoor clothes, without shoes.")
    volume = forms.DecimalField(label="Volume", min_value=0, max_value=10)
    room = forms.ChoiceField(label="Room", choices=[("1", "Room 1"), ("2", "Room 2")])
    parts = forms.MultipleChoiceField(
        label="Where it hurts",
        choices=[("neck", "Neck"), ("back", "Low back")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    escort = forms.BooleanField(label="Somebody drives the patient home", required=False)
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)


def shell() -> dict[str, object]:
    """What the context processors give every page."""
    return {
        "nav": [
            {"url": "/", "label": "Today", "current": True},
            {"url": "/patients", "label": "Patients", "current": False},
        ],
        "emergency_url": "/emergency",
        "centre_name": "Harbour Street Medical Centre",
        "person_name": "Dr Lena Okafor",
        "person_key": "7",
        "sign_out_url": "/sign-out",
        "home_url": "/",
        "now": NOW,
        "later": (NOW + timedelta(days=2000)).isoformat(),
    }


def banner(**more: object) -> dict[str, object]:
    """Who is in front of you."""
    return {
        "name": "Noor Al-Rashid",
        "age": "57 y",
        "sex": "woman",
        "born_on": date(1969, 3, 3),
        "number": "40-118-27",
        "weight_g": 58000,
        "weight_when": "today 11:02",
        "bmi": "20.8",
        "bmi_words": "thin chest wall",
        "alerts": [
            {"label": "Anticoagulant", "text": "Apixaban 5\u00a0mg", "detail": ""},
            {"label": "Allergy", "text": "Chlorhexidine", "detail": "rash, 2019"},
        ],
        **more,
    }


def steps() -> list[dict[str, str]]:
    """The steps of a session, the fourth under way."""
    words = [
        "Arrive",
        "Ask today",
        "Assess",
        "Plan",
        "Consent",
        "Time-out",
        "Inject",
        "Observe",
        "Sign",
    ]
    states = ["done", "done", "warn", "now", "todo", "todo", "todo", "todo", "todo"]
    return [
        {"label": word, "url": "#" if state != "todo" else "", "state": state}
        for word, state in zip(words, states, strict=True)
    ]


def today_rows() -> list[dict[str, object]]:
    """A morning on the whiteboard."""
    return [
        {
            "time": "09:10",
            "name": "Maryam Haddad",
            "sub": "38 y · 40-117-05",
            "plan": "Lidocaine, upper trapezius right",
            "where_on": "Shoulder",
            "done": 7,
            "now": True,
            "state": "Red flag",
            "note": "Breathless, chest pain",
            "icon": "exclamation-octagon-fill",
            "tone": "stop",
            "css": "red",
            "room": "Home",
            "who": "Okafor",
        },
        {
            "time": "10:50",
            "name": "Noor Al-Rashid",
            "sub": "57 y · 40-118-27",
            "plan": "Repeat: lidocaine, 4 muscles",
            "where_on": "Neck, shoulder",
            "done": 2,
            "now": True,
            "state": "Planned",
            "note": "2 findings",
            "icon": "exclamation-triangle-fill",
            "tone": "warn",
            "wait": 34,
            "css": "me",
            "room": "Room 1",
            "who": "Okafor",
        },
        {
            "time": "11:00",
            "name": "Gracja Mbękiewicz",
            "sub": "47 y · 40-122-19",
            "plan": "New: neck pain, 7 months",
            "where_on": "Neck",
            "done": 0,
            "now": True,
            "state": "Arrived",
            "note": "Weigh first",
            "icon": "speedometer2",
            "wait": 26,
            "room": "Waiting",
            "who": "Okafor",
        },
        {"line": "11:24"},
        {
            "time": "11:50",
            "name": "نور الراشد",
            "sub": "72 y · 40-087-30",
            "plan": "Lidocaine, 3 muscles",
            "where_on": "Low back",
            "done": 0,
            "now": False,
            "state": "Booked",
            "note": "Warfarin: INR to enter",
            "icon": "droplet",
            "who": "Vance",
        },
    ]


def chosen() -> str:
    """What the map shows as chosen."""
    return json.dumps(
        [
            {"muscle": "trapezius_upper", "side": "right", "number": 1, "state": "cur"},
            {"muscle": "infraspinatus", "side": "right", "number": 2, "state": "on"},
            {"muscle": "latissimus_dorsi", "side": "left", "number": 3, "state": "unk"},
            {"muscle": "levator_scapulae", "side": "left", "number": 4, "state": "on"},
            {"muscle": "gluteus_maximus", "side": "left", "number": 5, "state": "old"},
        ]
    )


def injections() -> list[dict[str, object]]:
    """Rows of a plan, one of them over the lung with no depth."""
    unknown = make_finding(
        answer=RuleAnswer.CANNOT_TELL,
        severity=Severity.CRITICAL,
        words="depth not measured. At this build the rib lies 21 ± 4 mm down and the "
        "muscle starts at 12: no safe blind depth.",
        source=Source(cite="Seol 2014, n = 62", address="#", verified=False),
    )
    return [
        {
            "muscle": "trapezius_upper",
            "side": "right",
            "volume": "1",
            "dose": 10000,
            "guidance": "Ultrasound",
            "depth": "pleura 41.2 mm",
        },
        {
            "muscle": "levator_scapulae",
            "side": "right",
            "volume": "1",
            "dose": 10000,
            "guidance": "Ultrasound",
            "depth": "pleura 38.6 mm",
        },
        {
            "muscle": "rhomboid_major",
            "side": "left",
            "volume": "0.5",
            "dose": 5000,
            "guidance": "By hand",
            "depth": "no depth",
            "finding": unknown,
        },
        {
            "muscle": "infraspinatus",
            "side": "right",
            "volume": "1",
            "dose": 10000,
            "guidance": "By hand",
            "depth": "over bone",
        },
    ]


def findings() -> list[Finding]:
    """Every kind of finding once."""
    return [
        make_finding(
            severity=Severity.CRITICAL,
            words="the local anaesthetic of this plan is 134 % of the limit.",
        ),
        make_finding(),
        make_finding(
            severity=Severity.INFO, words="triamcinolone raises the blood sugar for some days."
        ),
        make_finding(
            answer=RuleAnswer.CANNOT_TELL,
            words="weigh the patient first: the dose limit depends on it.",
        ),
        make_finding(answer=RuleAnswer.CLEAR, severity=None, words="no interval is broken."),
    ]


def course() -> tuple[list[ScorePoint], list[SessionFlag], list[CourseEvent]]:
    """A year of somebody's pain."""
    pain = [
        (0, 8),
        (12, 8),
        (12, 3),
        (27, 4),
        (57, 5),
        (96, 7),
        (96, 4),
        (112, 4),
        (140, 6),
        (185, 7),
        (245, 7),
        (245, 5),
        (260, 3),
        (290, 3),
        (304, 4),
        (318, 4),
        (333, 3),
        (363, 4),
        (385, 6),
    ]
    peg = [
        (12, "7.3"),
        (27, "5.3"),
        (57, "5"),
        (96, "6.7"),
        (112, "5.7"),
        (140, "6.3"),
        (245, "6.7"),
        (260, "4.3"),
        (333, "3.3"),
        (385, "5.3"),
    ]
    first = date(2025, 11, 4)
    points = [
        ScorePoint(on=first + timedelta(days=d), measure=Measure.PAIN, score=s) for d, s in pain
    ]
    points += [
        ScorePoint(on=first + timedelta(days=d), measure=Measure.FUNCTION, score=Decimal(s))
        for d, s in peg
    ]
    sessions = [
        SessionFlag(
            on=first + timedelta(days=d), words="Lidocaine, 3 muscles", url="#", relief_days=relief
        )
        for d, relief in ((12, 42), (96, 21), (245, 49), (304, None), (318, 46))
    ]
    events = [
        CourseEvent(on=first + timedelta(days=98), words="Bruise, grade 1"),
        CourseEvent(on=first + timedelta(days=245), words="Faint, grade 2"),
        CourseEvent(on=first + timedelta(days=258), words="Apixaban begun"),
        CourseEvent(on=first + timedelta(days=380), words="Rash, grade 1"),
    ]
    return points, sessions, events


def page(name: str) -> dict[str, object]:
    """The context of one page of the gallery."""
    context = shell()
    context |= {
        "rows": today_rows(),
        "banner": banner(chip="Room 1, 34 min"),
        "banner_actions": banner(
            heading="h1",
            actions=[
                {"url": "#", "label": "Leaflet"},
                {"url": "#", "label": "Open today’s session", "primary": True},
            ],
        ),
        "steps": steps(),
        "ledger": [
            make_line(),
            make_line(917, 0, None, "Botulinum toxin"),
            make_line(None, None, 800, "Steroid, 12 months"),
            make_line(600, 740, 800, "Epinephrine"),
        ][: 3 if name == "session" else 4],
        "chosen": chosen(),
        "injections": injections(),
        "findings": findings()[:2] if name == "session" else findings(),
        "form": AskForm({"weight": "600,0", "pain": "4", "anticoagulant": "yes"})
        if name == "forms"
        else None,
        "many": range(60),
        "chart": course_chart(*course(), NOW.date()),
        "course": course_rows(*course()),
    }
    return context
