#!/usr/bin/env bash
# Start-up with few objects and lists of many, beside ipcs and lsipc in one run (SPEC S6).
# usage: benches/ls.sh [IPCTOOL…]   default: the release build and, if it is there, the static one
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
measured "$@"
needs hyperfine gcc ipcs lsipc strace unshare

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gcc -O2 -o "$work/objects" benches/objects.c
gcc -O2 -o "$work/peak" benches/peak.c

# Prints one line a command: its median in milliseconds and the ratio to the first. All but the first end with STATUS.
compare() { # TITLE RUNS STATUS COMMAND…
    local title=$1 runs=$2 status=$3
    shift 3
    echo "$title"
    end_with "$status" "${@:2}"
    hyperfine -N -i --warmup 5 --runs "$runs" --export-csv "$work/csv" "$@" >/dev/null 2>&1
    awk -F, 'NR == 2 { first = $4 } NR > 1 { printf "  %8.2f ms  %5.2f x  %s\n", $4 * 1000, $4 / first, $1 }' "$work/csv"
}

inside() {
    compare "no objects" 400 0 "ipcs -q" "${binaries[@]/%/ ls msgq}"
    "$work/objects" 0 10 0
    compare "10 queues" 400 0 "ipcs -q" "${binaries[@]/%/ ls msgq}"
    compare "help" 200 0 "ipcs --help" "${binaries[@]/%/ --help}"
    compare "usage error" 200 2 "ipcs --help" "${binaries[@]/%/ ls --no-such-flag}"
    "$work/objects" 4000 31990 10000
    compare "46,000 objects, table" 10 0 "ipcs -a" "${binaries[@]/%/ ls}"
    compare "46,000 objects, JSON" 10 0 "ipcs -a" "${binaries[@]/%/ ls --json}"
    compare "32,000 queues, table" 10 0 "ipcs -q" "lsipc -q" "${binaries[@]/%/ ls msgq}"
    echo "peak memory, 46,000 objects, KiB"
    printf '  %8d  ipcs -a\n' "$("$work/peak" ipcs -a)"
    for binary in "${binaries[@]}"; do
        printf '  %8d  %s ls\n' "$("$work/peak" "$binary" ls)" "$binary"
        printf '  %8d  %s ls --json\n' "$("$work/peak" "$binary" ls --json)" "$binary"
    done
    echo "system calls, ls msgq without objects"
    ipcrm --all=msg
    for binary in ipcs "${binaries[@]}"; do
        local args=(ls msgq)
        [ "$binary" = ipcs ] && args=(-q)
        strace -f -c -o "$work/calls" "$binary" "${args[@]}" >/dev/null
        awk -v binary="$binary" '$NF == "total" { printf "  %8d  %s\n", $(NF - 2) ~ /^[0-9]+$/ ? $(NF - 2) : $(NF - 1), binary }' "$work/calls"
    done
}

export -f compare end_with inside
export work
declare -p binaries >"$work/binaries"
unshare -i bash -c 'set -eu; . "$work/binaries"; inside'
