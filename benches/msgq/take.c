// The peer of `ipctool msgq recv -c N`: each message becomes a line of standard output, by a blocking msgrcv.
// Usage: take KEY N. Built and run by ../msgq.sh.
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>

static struct {
    long type;
    char text[1 << 16];
} message;

int main(int argc, char **argv) {
    if (argc != 3)
        return fputs("usage: take KEY N\n", stderr), 2;
    int queue = msgget((key_t)strtol(argv[1], NULL, 0), 0);
    if (queue < 0)
        return perror("msgget"), 1;
    for (long left = atol(argv[2]); left > 0; left--) {
        ssize_t size = msgrcv(queue, &message, sizeof message.text, 0, 0);
        if (size < 0)
            return perror("msgrcv"), 1;
        fwrite(message.text, 1, (size_t)size, stdout);
        putchar('\n');
    }
    return fflush(stdout) != 0;
}
