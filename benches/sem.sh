#!/usr/bin/env bash
# Start to end: `sem p; sem v` beside a C program with the same calls, `sem run true` beside flock(1) and, where it is
# installed, GNU sem; all in one run (SPEC S6).
# usage: benches/sem.sh [IPCTOOL…]   default: the release build and, if it is there, the static one
#        RUNS=1000 benches/sem.sh
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
measured "$@"
needs hyperfine gcc flock strace unshare
runs=${RUNS:-400}

privately "${binaries[@]}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gcc -O2 -o "$work/sem" benches/sem.c
key=0x4d2
# Half way up, so that as many can be taken as given.
"${binaries[0]}" sem create $key --value 16000 >/dev/null
"${binaries[0]}" sem create 0x4d3 >/dev/null

# Prints one line a command: the mean of four medians in microseconds, and the ratio to the first. They take turns, so
# that what else the machine does meets all of them.
compare() {
    local title=$1 turn
    shift
    echo "$title"
    end_with 0 "$@"
    for turn in 1 2 3 4; do
        hyperfine -N --warmup 5 --runs "$((runs / 4))" --export-csv "$work/csv$turn" "$@" >/dev/null 2>&1
    done
    awk -F, 'FNR > 1 { sum[FNR] += $4; name[FNR] = $1; last = FNR }
        END { for (row = 2; row <= last; row++) printf "  %8.0f µs  %5.2f x  %s\n", sum[row] / 4 * 1e6, sum[row] / sum[2], name[row] }' \
        "$work"/csv?
}

compare "P" "$work/sem p $key" "${binaries[@]/%/ sem p $key}"
compare "V" "$work/sem v $key" "${binaries[@]/%/ sem v $key}"
compare "a command under a lock" "flock $work/lock true" "${binaries[@]/%/ sem run 0x4d3 -- true}"
if command -v parallel >/dev/null && sem --version 2>/dev/null | grep -q GNU; then
    export HOME=$work
    runs=40 compare "the same, GNU sem" "sem --will-cite --id bench --fg true" "${binaries[@]/%/ sem run 0x4d3 -- true}"
fi
echo "system calls"
for command in "$work/sem v $key" "${binaries[@]/%/ sem v $key}" "flock $work/lock true" "${binaries[@]/%/ sem run 0x4d3 -- true}"; do
    # shellcheck disable=SC2086
    strace -c -o "$work/calls" $command
    awk -v command="$command" '$NF == "total" { printf "  %8d  %s\n", $4, command }' "$work/calls"
done
