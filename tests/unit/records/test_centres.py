import stat
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from tautband.accounts.models import User
from tautband.errors import NotAllowed, Refused
from tautband.records.actions import centres
from tautband.records.models import Centre
from tautband.records.queries import centre as centre_query
from tests.builders import make_centre, make_desk, make_manager

pytestmark = pytest.mark.django_db


def fields(**changes):
    return centres.CentreFields(
        **{
            "name": "Harbour Street Medical Centre",
            "time_zone": "Europe/London",
            "emergency_number": "999",
            "out_of_hours_number": "01632 960 000",
            **changes,
        }
    )


PERSON = centres.FirstPerson(
    username="Lena",
    full_name="Dr Lena Okafor",
    short_name="",
    password="four made up words",
    is_clinician=True,
    is_senior=True,
)


def test_the_code_is_made_once_and_only_its_owner_may_read_it() -> None:
    code = centres.setup_code()
    assert centres.setup_code() == code
    path = settings.TAUTBAND_DATA / centres.SETUP_CODE_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(code) >= 14


def test_the_first_run_opens_the_centre_and_makes_its_manager() -> None:
    centre, person = centres.set_up(
        code=f" {centres.setup_code().upper()} ", fields=fields(), person=PERSON
    )
    assert centre.name == "Harbour Street Medical Centre"
    assert person.roles == ["clinician", "manager"]
    assert person.is_senior
    assert not person.must_change_password


def test_the_code_is_gone_after_the_first_run(django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        centres.set_up(code=centres.setup_code(), fields=fields(), person=PERSON)
    assert not (settings.TAUTBAND_DATA / centres.SETUP_CODE_FILE).exists()


@pytest.mark.parametrize("code", ["", "wrong", "aaaa-bbbb-cccc", "é" * 14])
def test_without_the_code_nothing_is_opened(code: str) -> None:
    centres.setup_code()
    with pytest.raises(Refused, match="not the code"):
        centres.set_up(code=code, fields=fields(), person=PERSON)
    assert not User.objects.exists()
    assert not Centre.objects.exists()


def test_without_a_code_file_no_code_is_right() -> None:
    with pytest.raises(Refused, match="not the code"):
        centres.set_up(code="", fields=fields(), person=PERSON)


def test_a_second_first_run_is_refused() -> None:
    make_centre()
    with pytest.raises(Refused, match="already has its centre"):
        centres.set_up(code=centres.setup_code(), fields=fields(), person=PERSON)
    with pytest.raises(Refused, match="already has its centre"):
        centres.open_centre(fields=fields(), actor=make_manager())


def test_a_weak_password_opens_nothing() -> None:
    weak = centres.FirstPerson(
        username="lena", full_name="Lena", short_name="", password="password1234"
    )
    with pytest.raises(Refused):
        centres.set_up(code=centres.setup_code(), fields=fields(), person=weak)
    assert not Centre.objects.exists()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"languages": []}, "languages"),
        ({"languages": ["tlh"]}, "languages"),
        ({"emergency_number": "call us"}, "emergency_number"),
        ({"out_of_hours_number": ""}, "out_of_hours_number"),
        ({"opens_at": time(9), "closes_at": time(9)}, "closes_at"),
        ({"slot_minutes": 4}, "slot_minutes"),
        ({"slot_minutes": 100000}, "slot_minutes"),
        ({"rooms": ["x" * 41]}, "rooms"),
        ({"paper_size": "a5"}, "paper_size"),
    ],
)
def test_absurd_details_are_refused_in_place(changes, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        centres.open_centre(fields=fields(**changes), actor=make_manager())
    assert field in refusal.value.fields


def test_only_a_manager_changes_the_centre() -> None:
    make_centre()
    with pytest.raises(NotAllowed):
        centres.change(fields=fields(name="Other"), actor=make_desk())
    centres.change(fields=fields(name="Other", rooms=["A", "A", " "]), actor=make_manager())
    changed = Centre.objects.get()
    assert (changed.name, changed.rooms) == ("Other", ["A"])


def test_changing_the_centre_leaves_the_patient_numbers_alone() -> None:
    make_centre()
    Centre.objects.update(next_patient_number=4_010_077)
    centres.change(fields=fields(name="Other"), actor=make_manager())
    assert Centre.objects.get().next_patient_number == 4_010_077


def test_the_day_is_counted_where_the_centre_is() -> None:
    make_centre(time_zone="Asia/Tokyo")
    assert centre_query.today(datetime(2026, 11, 24, 16, 0, tzinfo=UTC)) == date(2026, 11, 25)
    assert centre_query.zone() == ZoneInfo("Asia/Tokyo")


def test_without_a_centre_there_is_no_day() -> None:
    with pytest.raises(Refused, match="not set up"):
        centre_query.today(datetime(2026, 11, 24, tzinfo=UTC))


def test_a_held_centre_costs_no_query_and_is_let_go(django_assert_num_queries) -> None:
    centre = make_centre()
    with centre_query.held(centre), django_assert_num_queries(0):
        assert centre_query.current() == centre
    with django_assert_num_queries(1):
        centre_query.current()


def test_every_offered_time_zone_exists() -> None:
    assert "Europe/London" in centre_query.time_zones()
    for name in centre_query.time_zones():
        ZoneInfo(name)
