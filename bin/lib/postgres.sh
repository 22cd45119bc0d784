# Sourced by bin/test: a PostgreSQL of our own, on loopback, in a temporary folder.
# shellcheck shell=sh
# pg_start FOLDER sets pg_url; pg_stop ends what pg_start began and nothing else.

pg_data=

pg_bin() {
    for found in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5,5nr); do
        [ -x "$found/initdb" ] && printf '%s\n' "$found" && return 0
    done
    found=$(command -v initdb) && dirname -- "$found"
}

# PostgreSQL refuses to run as root; Debian brings a user for it.
pg_as() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"
    else
        "$@"
    fi
}

pg_start() {
    pg_programs=$(pg_bin) || die "PostgreSQL's initdb was not found."
    pg_folder="$1/postgres"
    mkdir -m 700 "$pg_folder"
    chmod 711 "$1"
    pg_password=$("$venv/bin/python" -c 'import secrets; print(secrets.token_hex(16))')
    pg_port=$("$venv/bin/python" -c \
        'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    printf '%s\n' "$pg_password" >"$pg_folder/password"
    [ "$(id -u)" != 0 ] || chown -R postgres:postgres "$pg_folder"
    (
        cd "$pg_folder"
        pg_as "$pg_programs/initdb" --pgdata=data --username=tautband --pwfile=password \
            --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync >initdb.log 2>&1 ||
            { cat initdb.log >&2; exit 1; }
        # Nothing here outlives the test, so nothing has to reach the disk.
        pg_as "$pg_programs/pg_ctl" --pgdata=data --wait --log="$pg_folder/log" --silent \
            --options="-h 127.0.0.1 -p $pg_port -k $pg_folder -F -c synchronous_commit=off -c full_page_writes=off" \
            start >/dev/null || { cat log >&2; exit 1; }
    ) || die "PostgreSQL did not start."
    pg_data="$pg_folder/data"
    pg_url="postgresql://tautband:$pg_password@127.0.0.1:$pg_port/postgres"
    PATH="$pg_programs:$PATH"
}

pg_stop() {
    [ -n "$pg_data" ] || return 0
    (cd / && pg_as "$pg_programs/pg_ctl" --pgdata="$pg_data" --mode=immediate --silent stop) || true
    pg_data=
}
