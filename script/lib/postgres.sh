# A throw-away PostgreSQL cluster for tests, reached by a Unix socket: no port, no password, no
# other user. To be sourced by bash:
#
#   . script/lib/postgres.sh
#   postgres_start        # exports LAMSACH_TEST_POSTGRES, an administrator's URL
#   trap postgres_stop EXIT
#
# shellcheck shell=bash

# The folder of PostgreSQL's server programs, newest version first; fails when there is none.
postgres_programs() {
    local folder
    for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort --version-sort --reverse); do
        [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && { echo "$folder"; return; }
    done
    command -v initdb >/dev/null && command -v postgres >/dev/null &&
        dirname "$(readlink -f "$(command -v initdb)")"
}

# PostgreSQL refuses to run as root: then it runs as the user its package made, or as nobody.
postgres_as_owner() {
    (
        cd /
        if [ "$(id -u)" = 0 ]; then
            exec setpriv --reuid="$POSTGRES_OWNER" --regid="$(id -g "$POSTGRES_OWNER")" --clear-groups "$@"
        fi
        exec "$@"
    )
}

postgres_start() {
    local programs
    programs=$(postgres_programs) || {
        echo "PostgreSQL's server programs are not installed: script/setup installs them (Debian: postgresql-15)" >&2
        return 1
    }
    POSTGRES_OWNER=$(id -un)
    if [ "$(id -u)" = 0 ]; then
        POSTGRES_OWNER=nobody
        id -u postgres >/dev/null 2>&1 && POSTGRES_OWNER=postgres
    fi
    # Not below TMPDIR: the path of a socket has room for about 100 bytes.
    POSTGRES_FOLDER=$(mktemp --directory /tmp/lamsach-postgres.XXXXXX)
    [ "$(id -u)" = 0 ] && chown "$POSTGRES_OWNER" "$POSTGRES_FOLDER"
    POSTGRES_PROGRAMS=$programs
    # Tests may lose everything at a power cut, so nothing is flushed.
    if ! postgres_as_owner "$programs/initdb" --pgdata="$POSTGRES_FOLDER/data" --username=lamsach \
            --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$POSTGRES_FOLDER/initdb.log" 2>&1 ||
        ! postgres_as_owner "$programs/pg_ctl" start --silent --wait --pgdata="$POSTGRES_FOLDER/data" \
            --log="$POSTGRES_FOLDER/server.log" --options="-c listen_addresses='' -k $POSTGRES_FOLDER \
            -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=400" \
            </dev/null >/dev/null 2>&1; then
        tail -n 20 "$POSTGRES_FOLDER"/*.log >&2
        postgres_stop
        return 1
    fi
    export LAMSACH_TEST_POSTGRES="postgres://lamsach@localhost/postgres?host=$POSTGRES_FOLDER"
}

# Stops the cluster and removes everything of it; does nothing when none was started.
postgres_stop() {
    [ -n "${POSTGRES_FOLDER:-}" ] || return 0
    postgres_as_owner "$POSTGRES_PROGRAMS/pg_ctl" stop --silent --wait --mode=immediate \
        --pgdata="$POSTGRES_FOLDER/data" >/dev/null 2>&1 || true
    rm -rf "$POSTGRES_FOLDER"
    unset POSTGRES_FOLDER LAMSACH_TEST_POSTGRES
}
