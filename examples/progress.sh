#!/bin/bash
# Progress through shared memory: run COMMAND for each FILE, four at a time, and say how far it is.
#
#   progress.sh COMMAND FILE...
#
# Each run adds 1 to a counter that all of them share, by one atomic instruction: nothing is counted twice or lost, and
# no file is written. To look in from another terminal: ipctool shm watch REF --struct 'int done; int total'
set -euo pipefail
export command=$1 layout='int done; int total'
shift
memory=$(ipctool shm create 64)
export memory
trap 'ipctool rm --ignore-missing "$memory"' EXIT
ipctool shm write "$memory" --struct "$layout" --set "total=$#"

one='"$command" "$1"; ipctool shm write "$memory" --struct "$layout" --add done=1 >/dev/null'
printf '%s\0' "$@" | xargs -0 -P 4 -n 1 sh -c "$one" sh &

until ipctool shm wait "$memory" --struct "$layout" --until "done=$#" --timeout "${EVERY:-1s}" 2>/dev/null; do
    echo "$(ipctool shm dump "$memory" --struct "$layout" --get done) of $#" >&2
done
wait $!
echo "all $# done"
