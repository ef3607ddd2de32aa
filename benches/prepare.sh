# Sourced by the scripts beside it: where they run, what they measure, what they need.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Sets `binaries`: those named, or else the builds that are there.
measured() {
    local built
    binaries=("$@")
    [ $# -eq 0 ] || return 0
    for built in target/release/ipctool target/x86_64-unknown-linux-musl/dist/ipctool; do
        [ ! -x "$built" ] || binaries+=("$built")
    done
}

# Ends where one of these programs is missing.
needs() {
    local need
    for need; do
        command -v "$need" >/dev/null || { echo "$0: needs $need" >&2; exit 1; }
    done
}

# Starts the script again, with these arguments, in an IPC namespace of its own: no object of the machine's is met, and none is
# left behind.
privately() {
    local user=()
    [ -z "${IPCTOOL_BENCH_INSIDE:-}" ] || return 0
    [ "$(id -u)" -eq 0 ] || user=(--user --map-root-user)
    IPCTOOL_BENCH_INSIDE=1 exec unshare "${user[@]}" --ipc -- "benches/${0##*/}" "$@"
}

# Ends where one of these commands does not end with this status: its time would say nothing.
end_with() {
    local status=$1 command got
    shift
    for command; do
        got=0
        # shellcheck disable=SC2086
        $command >/dev/null 2>&1 || got=$?
        [ "$got" -eq "$status" ] || { echo "$0: $command: status $got, not $status" >&2; exit 1; }
    done
}
