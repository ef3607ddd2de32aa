/* The system calls of `ipctool sem p KEY` and `sem v KEY`, and nothing else: sem p|v KEY */
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/sem.h>

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    int set = semget((key_t)strtoul(argv[2], 0, 0), 0, 0);
    struct sembuf operation = { 0, argv[1][0] == 'p' ? -1 : 1, 0 };
    return set < 0 || semop(set, &operation, 1) < 0;
}
