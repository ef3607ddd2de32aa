#!/usr/bin/env bash
# The faces beside the programs whose place they take, in one run (SPEC S6): start-up without objects, lists of 30,000
# queues and of 46,000 objects, and removal of them.
# usage: benches/faces.sh [IPCTOOL…]   default: the release build and, if it is there, the static one
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"
measured "$@"
needs hyperfine gcc ipcs lsipc unshare

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gcc -O2 -o "$work/objects" benches/objects.c
faces=()
for binary in "${binaries[@]}"; do
    dir=$work/${#faces[@]}
    mkdir "$dir"
    "$binary" link "$dir"
    faces+=("$dir")
    echo "$dir: $binary"
done

# Prints one line a program: its median in milliseconds and the ratio to the first.
compare() {
    local runs=$1 words=$2 commands=("$2") status=0 dir
    shift 2
    for dir in "${faces[@]}"; do commands+=("$dir/$words"); done
    echo "$words"
    $words >/dev/null 2>&1 || status=$?
    end_with "$status" "${commands[@]:1}"
    hyperfine -N -i --warmup 3 --runs "$runs" "$@" --export-csv "$work/csv" "${commands[@]}" >/dev/null 2>&1
    awk -F, 'NR == 2 { first = $4 } NR > 1 { printf "  %8.2f ms  %5.2f x  %s\n", $4 * 1000, $4 / first, $1 }' "$work/csv"
}

inside() {
    echo "no objects"
    for words in "ipcs -q" "ipcs" "ipcs --help" "ipcs -Z" "lsipc -q" "lsipc" "ipcrm -q 99" "ipcrm --help" "ipcmk --help"; do
        compare 200 "$words"
    done
    "$work/objects" 0 30000 0
    echo "30,000 queues"
    for words in "ipcs -q" "ipcs -q -t" "ipcs -q -c" "lsipc -q" "lsipc -q -J" "lsipc -q -e"; do compare 7 "$words"; done
    "$work/objects" 4000 1990 10000
    echo "46,000 objects"
    for words in "ipcs -a" "lsipc -m" "lsipc -s"; do compare 7 "$words"; done
    compare 3 "ipcrm -a" --prepare "$work/objects 4000 30000 10000"
}

export -f compare end_with inside
export work
declare -p faces >"$work/faces"
unshare -i bash -c 'set -eu; . "$work/faces"; inside'
