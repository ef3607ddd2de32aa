// The peer of `ipctool msgq send`: each line of standard input becomes a message, by a blocking msgsnd.
// Usage: put KEY. Built and run by ../msgq.sh.
#define _GNU_SOURCE
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
    int queue = msgget(argc > 1 ? (key_t)strtol(argv[1], NULL, 0) : 0, 0);
    if (queue < 0)
        return perror("msgget"), 1;
    char *line = NULL;
    size_t room = 0;
    for (ssize_t size; (size = getline(&line, &room, stdin)) > 0;) {
        size -= line[size - 1] == '\n';
        memcpy(message.text, line, (size_t)size);
        if (msgsnd(queue, &message, (size_t)size, 0) != 0)
            return perror("msgsnd"), 1;
    }
    return 0;
}
