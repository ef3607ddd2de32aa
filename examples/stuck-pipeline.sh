#!/bin/bash
# Peek into a pipeline that is stuck: for each pipe that the process has open, who has the ends, who waits for whom, and
# the last lines that wait in it. Nothing is taken out.
#
#   stuck-pipeline.sh PID
#
# What may not be looked into is said. Without PID: all pipes that somebody waits for.
set -euo pipefail
[ $# -gt 0 ] || exec ipctool ls pipe --blocked
pid=$1
for fd in "/proc/$pid/fd"/*; do
    case $(readlink "$fd") in
    pipe:*)
        pipe=$pid:${fd##*/}
        ipctool pipe show "$pipe"
        echo "last lines in $pipe:"
        ipctool pipe peek "$pipe" | tail -n "${LINES_OF_IT:-3}" | cut -c 1-200 || true
        echo
        ;;
    esac
done
