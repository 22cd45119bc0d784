"""What the commands say and how they end."""

import json
import os
import signal
import socket
import stat
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.unit.config.conftest import Scratch


def test_somebody_gets_an_account_and_a_password_shown_once(scratch: Scratch) -> None:
    said = scratch.run(
        "user", "add", "Ada", "--name", "Ada Example", "--role", "nurse", "--role", "desk"
    )
    name, password = said.splitlines()[0].split()
    assert name == "ada"
    assert len(password) > 15
    again = scratch.run("user", "password", "ada")
    assert password not in again
    assert [row[0] for row in scratch.ask("SELECT action FROM audit_auditevent ORDER BY id")] == [
        "person.create",
        "person.set-password",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("user", "add", "ada", "--name", "Ada Example", "--role", "king"),
        ("user", "password", "nobody"),
        ("import", "--as", "nobody", "/nowhere"),
        ("restore", "/nowhere"),
    ],
)
def test_a_refusal_is_one_line_and_ends_with_one(
    scratch: Scratch, arguments: tuple[str, ...]
) -> None:
    scratch.run(*arguments, code=1)
    assert scratch.people() == []


@pytest.mark.parametrize(
    "arguments", [(), ("dance",), ("serve", "--port", "99999"), ("user", "add", "ada")]
)
def test_a_misspelt_command_is_one_line_and_ends_with_two(
    empty: Scratch, arguments: tuple[str, ...]
) -> None:
    assert "--help" in empty.run(*arguments, code=2)
    assert not empty.data.exists()


def test_a_wrong_address_of_the_store_is_one_line(empty: Scratch) -> None:
    url, empty.url = empty.url, "oracle://anna:secret@host/clinic"
    assert "secret" not in empty.run("check-store", code=2)
    empty.url = url


def test_a_port_in_use_is_said(scratch: Scratch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = scratch.run("serve", "--port", taken.getsockname()[1], code=1)
    assert "--port" in said


@pytest.fixture
def served(scratch: Scratch) -> tuple[str, "subprocess.Popen[str]", Scratch]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = scratch.start("serve", "--port", port, "--workers", "1")
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/", timeout=5).close()
            break
        except urllib.error.HTTPError:
            break
        except OSError:
            time.sleep(0.1)
    return url, process, scratch


def test_a_server_answers_with_all_its_guards_and_ends_when_told(
    served: tuple[str, "subprocess.Popen[str]", Scratch],
) -> None:
    url, process, scratch = served
    with urllib.request.urlopen(f"{url}/", timeout=10) as answer:
        headers = answer.headers
        body = answer.read().decode()
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for part in (
        "default-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    ):
        assert part in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    cookies = headers.get_all("Set-Cookie") or []
    assert all("HttpOnly" in cookie and "SameSite" in cookie for cookie in cookies)

    script = next(part for part in body.split('"') if part.startswith("/static/") and ".js" in part)
    with urllib.request.urlopen(url + script, timeout=10) as answer:
        assert "immutable" in answer.headers["Cache-Control"]

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert "First run" in out
    assert "Traceback" not in err
    for path in scratch.data.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_name_the_server_does_not_go_by_is_refused(
    served: tuple[str, "subprocess.Popen[str]", Scratch],
) -> None:
    url, _process, _scratch = served
    request = urllib.request.Request(f"{url}/", headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request, timeout=10)
    assert refusal.value.code == 400
    refusal.value.close()


def test_nothing_is_taken_from_where_the_command_was_typed(
    scratch: Scratch, tmp_path: Path
) -> None:
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        scratch.run("check-store")
    finally:
        os.chdir(here)


def test_a_plan_is_checked_without_a_store(scratch: Scratch, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    row = {"muscle": "soleus", "side": "left", "agent": "lidocaine", "concentration_mg_per_ml": 10}
    planned = {"consent": True, "resuscitation": True, "injections": [{**row, "volume_ml": 31}]}
    plan.write_text(json.dumps({"patient": {"infection": "none"}, "planned": planned}))
    store, scratch.url = scratch.url, "nowhere://"
    done = scratch.start("check", str(plan), "--json")
    scratch.url = store
    said, told = done.communicate(timeout=60)
    findings = {each["rule"]: each["severity"] for each in json.loads(said)["findings"]}
    assert (done.returncode, findings["la-load"], told) == (1, "critical", "")
    in_words = scratch.start("check", str(plan)).communicate(timeout=60)[0]
    assert in_words.startswith("critical la-load: Too much local anaesthetic")


@pytest.mark.parametrize(
    ("written", "where"),
    [('{"planned": {"injections": [{"volume_ml": -1}]}}', "planned.injections[0].volume_ml"),
     ("{", "line 1, column 2"), (None, "file")],
)  # fmt: skip
def test_a_plan_that_cannot_be_read_is_refused_with_its_place(
    scratch: Scratch, tmp_path: Path, written: str | None, where: str
) -> None:
    plan = tmp_path / "plan.json"
    if written is not None:
        plan.write_text(written)
    done = scratch.start("check", str(plan), "--json")
    said, told = done.communicate(timeout=60)
    assert (done.returncode, told) == (2, "")
    assert [each["where"] for each in json.loads(said)["refused"]] == [where]
    spoken = scratch.start("check", str(plan)).communicate(timeout=60)[1]
    assert spoken.startswith(f"{where}: ")
