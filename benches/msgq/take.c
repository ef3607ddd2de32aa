// The peer of `ipctool msgq recv -c N`: each message becomes a line of standard output, by a blocking msgrcv or
// mq_receive. Usage: take KEY|/NAME N. Built and run by ../msgq.sh.
#include <fcntl.h>
#include <mqueue.h>
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
        return fputs("usage: take KEY|/NAME N\n", stderr), 2;
    int posix = argv[1][0] == '/';
    int queue = posix ? mq_open(argv[1], O_RDONLY) : msgget((key_t)strtol(argv[1], NULL, 0), 0);
    if (queue < 0)
        return perror(argv[1]), 1;
    for (long left = atol(argv[2]); left > 0; left--) {
        ssize_t size = posix ? mq_receive(queue, message.text, sizeof message.text, NULL)
                             : msgrcv(queue, &message, sizeof message.text, 0, 0);
        if (size < 0)
            return perror(argv[1]), 1;
        fwrite(message.text, 1, (size_t)size, stdout);
        putchar('\n');
    }
    return fflush(stdout) != 0;
}
