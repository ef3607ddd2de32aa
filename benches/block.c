/* The ceiling of a copy into a pipe: writes the same 128 KiB, which stay in the cache, until MEBIBYTES went; with "lent" the
   pages themselves go by vmsplice. Usage: block MEBIBYTES [lent] | … */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static char block[1 << 17] __attribute__((aligned(1 << 17)));

int main(int argc, char **argv)
{
    long left = argc > 1 ? atol(argv[1]) << 20 : 0;
    fcntl(1, F_SETPIPE_SZ, 1 << 20);
    memset(block, 'x', sizeof block);
    while (left > 0) {
        struct iovec part = {block, sizeof block};
        ssize_t went = argc > 2 ? vmsplice(1, &part, 1, 0) : write(1, block, sizeof block);
        if (went < 0)
            return perror("block"), 1;
        left -= went;
    }
    return 0;
}
