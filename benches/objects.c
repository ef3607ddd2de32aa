/* Makes objects in this IPC namespace: argv is segments, queues, sets. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

static int made(int id, const char *what) {
    if (id < 0) {
        perror(what);
        exit(1);
    }
    return id;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    for (int i = atoi(argv[1]); i > 0; i--) made(shmget(0x10000000 + i, 4096, IPC_CREAT | 0600), "shmget");
    for (int i = atoi(argv[2]); i > 0; i--) made(msgget(0x20000000 + i, IPC_CREAT | 0600), "msgget");
    for (int i = atoi(argv[3]); i > 0; i--) made(semget(0x30000000 + i, 1, IPC_CREAT | 0600), "semget");
    return 0;
}
