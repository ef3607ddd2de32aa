// The peer of `ipctool msgq send`: each line of standard input becomes a message, by a blocking msgsnd or mq_send.
// Usage: put KEY|/NAME. Built and run by ../msgq.sh.
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>

static struct {
    long type;
    char text[1 << 16];
} message = {1, ""};

int main(int argc, char **argv) {
    if (argc != 2)
        return fputs("usage: put KEY|/NAME\n", stderr), 2;
    int posix = argv[1][0] == '/';
    int queue = posix ? mq_open(argv[1], O_WRONLY) : msgget((key_t)strtol(argv[1], NULL, 0), 0);
    if (queue < 0)
        return perror(argv[1]), 1;
    char *line = NULL;
    size_t room = 0;
    for (ssize_t size; (size = getline(&line, &room, stdin)) > 0;) {
        size -= line[size - 1] == '\n';
        if (posix) {
            if (mq_send(queue, line, (size_t)size, 0) != 0)
                return perror("mq_send"), 1;
            continue;
        }
        memcpy(message.text, line, (size_t)size);
        if (msgsnd(queue, &message, (size_t)size, 0) != 0)
            return perror("msgsnd"), 1;
    }
    return 0;
}
