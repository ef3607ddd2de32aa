#!/usr/bin/env bash
# Pipes and FIFOs beside cat, dd, socat and pv, side by side in one run: seconds, and the ratio to cat.
# Usage: benches/pipe.sh [MEBIBYTES [IPCTOOL]]; by default 4096 and the release build. Needs that much room in TMPDIR.
# Programs that are not installed are left out.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
size=${1:-4096}
ipctool=${2:-$top/target/release/ipctool}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
file=$dir/file
head -c $((size << 20)) /dev/zero | tr '\0' 'x' >"$file"
mkfifo f

# Seconds that a command takes, the best of three.
seconds() {
    local best='' start end now
    for _ in 1 2 3; do
        start=$EPOCHREALTIME
        eval "$1"
        end=$EPOCHREALTIME
        now=$((${end/./} - ${start/./}))
        [ -n "$best" ] && [ "$best" -le "$now" ] || best=$now
    done
    echo "$best"
}

line() { # NAME COMMAND
    local micros
    micros=$(seconds "$2")
    [ -n "${base:-}" ] || base=$micros
    awk -v n="$1" -v m="$micros" -v b="$base" 'BEGIN { printf "%-44s %8.3f s  %5.2f x\n", n, m / 1e6, m / b }'
}

has() { command -v "$1" >/dev/null; }

echo "$size MiB: file -> FIFO -> /dev/null"
base=''
line 'cat >f, cat <f' 'cat <f >/dev/null & cat "$file" >f; wait'
line 'ipctool fifo send, listen --once' \
    '"$ipctool" fifo listen f --once >/dev/null & "$ipctool" fifo send f <"$file"; wait'
line 'ipctool fifo send --raw, listen --once --raw' \
    '"$ipctool" fifo listen f --once --raw >/dev/null & "$ipctool" fifo send f --raw <"$file"; wait'
line 'ipctool fifo send --zero-copy, listen --once' \
    '"$ipctool" fifo listen f --once >/dev/null & "$ipctool" fifo send f --zero-copy <"$file"; wait'
line 'ipctool fifo send, cat' 'cat <f >/dev/null & "$ipctool" fifo send f <"$file"; wait'
line 'dd bs=64K, dd bs=64K' 'dd if=f of=/dev/null bs=64K 2>/dev/null & dd if="$file" of=f bs=64K 2>/dev/null; wait'
! has pv || line 'pv -q, pv -q' 'pv -q <f >/dev/null & pv -q "$file" >f; wait'
! has socat || line 'socat, socat' 'socat -u OPEN:f,rdonly OPEN:/dev/null & socat -u OPEN:"$file" OPEN:f,wronly; wait'

echo "$size MiB: file -> a command"
base=''
line 'cat | cat >/dev/null' 'cat "$file" | cat >/dev/null'
line 'ipctool pipe send --raw -- cat' '"$ipctool" pipe send --raw -- cat <"$file" >/dev/null'
line 'ipctool pipe recv --raw -- cat' '"$ipctool" pipe recv --raw -- cat "$file" >/dev/null'

echo 'one line, start to end, 200 times'
base=''
"$ipctool" fifo hold f -- true
"$ipctool" fifo hold f --hold-for $$ >holder
line "sh -c 'echo x >f'" 'for _ in {1..200}; do sh -c "echo x >f"; done; head -n 200 <f >/dev/null'
line 'ipctool fifo send f x' 'for _ in {1..200}; do "$ipctool" fifo send f x; done; head -n 200 <f >/dev/null'
kill "$(cat holder)"

if has lsof; then
    echo '1,000 processes with 5 pipes each: who has them open'
    base=''
    # Unbuffered, or "up" comes when they end.
    perl -e '$| = 1; for (1..1000) { if (!fork) { for (1..5) { pipe(my $r, my $w) or die; push @k, $r, $w } sleep 1000 } }
             print "up\n"; $SIG{TERM} = sub { kill 9, -$$ }; setpgrp; sleep 1000' >up &
    perl=$!
    for _ in {1..600}; do
        ! grep -q up up || break
        sleep 0.1
    done
    if ! grep -q up up; then
        echo 'the processes did not start within a minute'
        pkill -9 -P "$perl" || true
        kill -9 "$perl"
        exit 1
    fi
    line 'lsof -n -P -d 0-99' 'lsof -n -P -d 0-99 >/dev/null 2>&1'
    ! has lsfd || line "lsfd -Q 'TYPE == \"FIFO\"'" "lsfd -Q 'TYPE == \"FIFO\"' >/dev/null"
    line 'ipctool ls pipe' '"$ipctool" ls pipe >/dev/null 2>&1'
    pkill -9 -P "$perl" || true
    { kill -9 "$perl" && wait "$perl"; } 2>/dev/null || true
fi
