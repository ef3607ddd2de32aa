#!/bin/sh
# Stop processes, kindly first: TERM, and KILL for those that have not ended after the grace.
#
#   stop.sh PID...            # or name:COMMAND
#   GRACE=30s stop.sh 4711
#
# Each is held by a pidfd from the start, so that a new process which gets the same PID is never hit. Prints how each
# one ended. Status 0 when all have ended, 3 if one was not there, 124 if one outlived even KILL: it hangs in the
# kernel.
set -eu
exec ipctool sig send TERM "$@" --then KILL --grace "${GRACE:-10s}" --wait --timeout "${TIMEOUT:-1m}"
