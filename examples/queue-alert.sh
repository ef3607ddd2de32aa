#!/bin/bash
# Alert on queue depth: run COMMAND when more than LIMIT messages wait in QUEUE, once, and again only after the queue
# was down to half of that.
#
#   queue-alert.sh QUEUE LIMIT COMMAND [ARGUMENT]...
#   queue-alert.sh 0x4d2 1000 mail -s 'the worker is stuck' ops
#
# COMMAND finds the depth in $DEPTH. Ends with 3 when the queue is removed. Looking takes no message and needs no read
# permission.
set -uo pipefail
queue=$1 limit=$2
shift 2
alerted=no
while DEPTH=$(ipctool msgq show "$queue" --field qnum); do
    if [ "$alerted" = no ] && [ "$DEPTH" -gt "$limit" ]; then
        alerted=yes
        DEPTH=$DEPTH "$@"
    elif [ "$DEPTH" -le $((limit / 2)) ]; then
        alerted=no
    fi
    sleep "${EVERY:-5}"
done
exit 3
