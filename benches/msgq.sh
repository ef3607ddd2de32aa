#!/usr/bin/env bash
# Lines through a System V queue and a POSIX one between two processes: `ipctool msgq send` and `recv` against blocking
# msgsnd and msgrcv, mq_send and mq_receive loops in C that do the same. Each pair is pinned to two processors, the pairs take
# turns, medians are compared. The last column is the ceiling: a C program that tries before it sleeps, in blocks, as we do.
#
# Usage: benches/msgq.sh [IPCTOOL]     (target/release/ipctool; needs gcc, taskset, unshare)
#        ROUNDS=9 CPUS=0,1 benches/msgq.sh
#        REALTIME=1 benches/msgq.sh    (root: on a machine that is at other work too, which then has to wait)
#        LEAST=1: the least time of each, not the median
[ $# -eq 0 ] || set -- "$(realpath "$1")"
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
ipctool=${1:-target/release/ipctool}
needs gcc taskset unshare
rounds=${ROUNDS:-5}
cpus=${CPUS:-0,1}
now=()
[ -z "${REALTIME:-}" ] || now=(chrt --fifo 1)

privately "$ipctool"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for program in put take fast; do gcc -O2 -o "$work/$program" "benches/msgq/$program.c"; done
sysv=0x1234
posix=/ipctool-bench
"$ipctool" msgq create $sysv >/dev/null
"$ipctool" msgq create $posix --max-messages 10 --message-size 8192 >/dev/null

lines() { # COUNT SIZE: a file of lines, each with its number in front
    awk -v count="$1" -v size="$2" 'BEGIN {
        filling = sprintf("%*s", size, ""); gsub(/ /, "x", filling)
        for (i = 1; i <= count; i++) print substr(i filling, 1, size)
    }'
}

# Prints the microseconds from the start of both to the end of both.
race() { # COUNT SENDER… -- RECEIVER…
    local count=$1 sender=() begun ended
    shift
    while [ "$1" != -- ]; do sender+=("$1"); shift; done
    shift
    begun=${EPOCHREALTIME/./}
    "${now[@]}" taskset -c "${cpus#*,}" "$@" "$count" >"$work/out" &
    "${now[@]}" taskset -c "${cpus%,*}" "${sender[@]}" <"$work/lines"
    wait $!
    ended=${EPOCHREALTIME/./}
    echo $((ended - begun))
}

median() { sort -n | sed -n "$((${LEAST:+0 *} (rounds / 2) + 1))p"; }

printf '%-15s %8s %10s %14s %14s %8s %8s\n' queue bytes lines 'C, lines/s' 'ipctool' ratio ceiling
while read -r queue size count; do
    lines "$count" "$size" >"$work/lines"
    ln -sf "${OUT:-/dev/null}" "$work/out"
    : >"$work/c"
    : >"$work/ours"
    : >"$work/fastest"
    for _ in $(seq "$rounds"); do
        race "$count" "$work/put" "$queue" -- "$work/take" "$queue" >>"$work/c"
        race "$count" "$ipctool" msgq send "$queue" -- "$ipctool" msgq recv "$queue" -c >>"$work/ours"
        race "$count" "$work/fast" put "$queue" -- "$work/fast" take "$queue" >>"$work/fastest"
    done
    awk -v queue="$queue" -v size="$size" -v count="$count" \
        -v c="$(median <"$work/c")" -v ours="$(median <"$work/ours")" -v fastest="$(median <"$work/fastest")" 'BEGIN {
        printf "%-15s %8d %10d %14.0f %14.0f %8.2f %8.2f\n", queue, size, count, count * 1e6 / c, count * 1e6 / ours, c / ours,
            c / fastest
    }'
done <<SIZES
$sysv 64 1000000
$sysv 1024 400000
$sysv 8000 60000
$posix 64 400000
$posix 1024 200000
$posix 8000 60000
SIZES
