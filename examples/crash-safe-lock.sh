#!/bin/sh
# One at a time: run COMMAND while no other run with the same FILE does.
#
#   crash-safe-lock.sh FILE COMMAND [ARGUMENT]...
#
# The kernel gives the lock back when COMMAND ends, by any death: kill -9 of it leaves nothing locked, and nothing to
# clean up by hand. FILE only gives the lock its key; it must exist. Waits a minute for its turn at most, then exits
# with 75; else with the status of COMMAND.
set -eu
file=$1
shift
exec ipctool sem run "ftok:$file:L" --create --timeout "${LOCK_TIMEOUT:-1m}" -E 75 -- "$@"
