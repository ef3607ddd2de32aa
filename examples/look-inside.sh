#!/bin/sh
# Look into another IPC namespace: what a container's processes have, seen from outside, without a tool inside.
#
#   look-inside.sh PID        # any process of the container: docker inspect -f '{{.State.Pid}}' NAME
#
# Needs the right to enter that namespace: root, or the same user where it is a user namespace of one's own.
set -eu
pid=$1
ipctool ls --ns "$pid"
ipctool ls --ns "$pid" -q | while read -r ref; do
    echo
    echo "== $ref"
    ipctool show --ns "$pid" "$ref"
done
