# Sourced by every verb: finds a Python, makes .venv and installs what requirements/ pins.
# shellcheck shell=sh

set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
venv="$root/.venv"
export PYTHONPATH="$root/src"

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() {
    warn "$*"
    exit 1
}

# A Python of 3.11 or later that can make virtual environments.
find_python() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
            >/dev/null 2>&1; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# ensure NAME: .venv holds exactly what requirements/NAME.txt pins. Silent when it already does.
ensure() {
    wanted="$root/requirements/$1.txt"
    stamp="$venv/.installed-$1.txt"
    if cmp -s "$wanted" "$stamp" && "$venv/bin/python" -c '' 2>/dev/null; then
        return 0
    fi
    # Two verbs started at once must not install into the same folder at once.
    if command -v flock >/dev/null 2>&1; then
        exec 9>"$root/.venv.lock"
        flock 9
    fi
    if ! "$venv/bin/python" -c '' 2>/dev/null; then
        python=$(find_python) || die "Python 3.11 or later with venv is needed (Debian: python3 and python3-venv)."
        rm -rf "$venv"
        "$python" -m venv "$venv" || die "The folder .venv could not be made."
    fi
    if ! cmp -s "$wanted" "$stamp"; then
        warn "Installing what requirements/$1.txt pins …"
        "$venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --no-input \
            --require-hashes --requirement "$wanted" ||
            die "Installing the pinned packages failed; nothing was started."
        cp "$wanted" "$stamp"
        # test.txt contains core.txt.
        if [ "$1" = test ]; then cp "$root/requirements/core.txt" "$venv/.installed-core.txt"; fi
    fi
    exec 9>&- 2>/dev/null || true
}
