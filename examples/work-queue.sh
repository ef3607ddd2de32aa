#!/bin/bash
# A work queue with N workers: each line of standard input is a job, and COMMAND is run once for each, with the job as
# its last argument.
#
#   find . -name '*.wav' | work-queue.sh N COMMAND [ARGUMENT]...
#
# A worker takes its next job when it is through with the last one, so that long jobs hold up nobody. The queue holds
# what its size allows; then reading of the list waits. Status 1 if a job failed.
set -euo pipefail
workers=$1
shift
queue=$(ipctool msgq create)
trap 'ipctool rm --ignore-missing "$queue"' EXIT

work() {
    local job failed=0
    while job=$(ipctool msgq recv "$queue") && [ -n "$job" ]; do
        "$@" "$job" || { failed=1; echo "failed: $job" >&2; }
    done
    return "$failed"
}

pids=()
for ((n = 0; n < workers; n++)); do
    work "$@" </dev/null &
    pids+=($!)
done
{ grep . || true; } | ipctool msgq send "$queue"
# An empty message is a message: here it is the end, once for each worker.
for pid in "${pids[@]}"; do ipctool msgq send "$queue" ''; done
failed=0
for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
exit "$failed"
