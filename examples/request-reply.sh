#!/bin/sh
# Request and reply over two queues: a server, and any number of clients at a time.
#
#   request-reply.sh serve COMMAND [ARGUMENT]...   # COMMAND gets a request on its standard input, prints the reply
#   request-reply.sh ask TEXT
#
# A request carries its client's PID as the message's type; the reply has the same type, and each client takes only
# messages of its own. FILE (this script unless set) gives the queues their keys.
set -eu
file=${FILE:-$0}
requests="ftok:$file:Q" replies="ftok:$file:R"

case $1 in
serve)
    shift
    ipctool msgq create "$replies" >/dev/null
    export replies
    exec ipctool msgq recv "$requests" --create --follow -- \
        sh -c '"$@" | ipctool msgq send --raw "$replies" --type "$IPCTOOL_TYPE"' sh "$@"
    ;;
ask)
    ipctool msgq send "$requests" --type $$ --timeout 10s -- "$2"
    exec ipctool msgq recv --raw "$replies" --type $$ --timeout 10s
    ;;
esac
