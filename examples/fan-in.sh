#!/bin/bash
# Fan-in over a FIFO: run several commands at once and get all their lines as one stream, each with the number of its
# command.
#
#   fan-in.sh 'journalctl -f -u web' 'tail -f /var/log/app.log'
#
# Lines are never mixed with one another: up to PIPE_BUF (4096) bytes go in one piece. The listener sees that one sender
# has ended and goes on with the others, where a plain `cat FIFO` would end with the first.
set -euo pipefail
dir=$(mktemp -d)
fifo=$dir/lines
trap 'rm -rf "$dir"' EXIT

ipctool fifo create "$fifo" >/dev/null
ipctool fifo listen "$fifo" &
listener=$!
pids=()
for command; do
    number=$((${#pids[@]} + 1))
    sh -c "$command" </dev/null | sed -u "s/^/$number: /" | ipctool fifo send --atomic "$fifo" &
    pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || true; done
# What is in the FIFO is still printed before the listener goes.
kill "$listener"
wait "$listener" || true
