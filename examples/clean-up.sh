#!/bin/sh
# Clean up after a crashed run: remove my queues, semaphore sets and segments that nobody uses and whose makers and last
# users are all dead.
#
#   clean-up.sh               # only show them
#   clean-up.sh --yes         # remove them, and print what was removed
#   OLDER=1h clean-up.sh      # only those not used for an hour
#
# An object with an unread message, an attachment, somebody who waits, or a living last user is left alone.
set -eu
set -- "${1:---dry-run}" --orphan --mine ${OLDER:+--older "$OLDER"}
exec ipctool rm msgq sem shm --sysv "$@"
