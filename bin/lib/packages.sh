# Sourced by bin/test: what it needs of the machine, and installing it where that is allowed.
# shellcheck shell=sh

missing_packages() {
    missing=
    command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 ||
        missing="$missing postgresql"
    "$venv/bin/python" - <<'PYTHON' || missing="$missing libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
import sys
from tautband.config.libraries import missing_pdf_library
sys.exit(1 if missing_pdf_library() else 0)
PYTHON
    { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=ar family)" ]; } ||
        missing="$missing fontconfig fonts-noto-core"
    printf '%s' "${missing# }"
}

# Nothing is skipped for want of a program: install it, or name it and stop.
require_packages() {
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        warn "Installing Debian packages: $missing …"
        export DEBIAN_FRONTEND=noninteractive
        # shellcheck disable=SC2086
        { apt-get -qq update && apt-get -qq install -y --no-install-recommends $missing; } \
            </dev/null >/dev/null || die "Installing $missing failed."
        missing=$(missing_packages)
    fi
    [ -z "$missing" ] || die "The tests need these Debian packages: $missing"
}
