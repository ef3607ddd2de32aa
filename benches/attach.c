/* Starts argv[1] processes, of which the first two keep a segment attached; prints its identifier; ends with its input.
   The creator detaches and a process that is gone was the last user: nobody is found by looking at those two first. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 0, pipes[2];
    int id = shmget(IPC_PRIVATE, 4096, 0600);
    if (id < 0 || pipe(pipes) != 0)
        return 1;
    for (int i = 0; i < count; i++)
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (i < 2)
                shmat(id, NULL, SHM_RDONLY);
            if (write(pipes[1], "", 1) != 1)
                return 1;
            pause();
        }
    char byte;
    for (int i = 0; i < count; i++)
        if (read(pipes[0], &byte, 1) != 1)
            return 1;
    pid_t last = fork();
    if (last == 0) {
        shmdt(shmat(id, NULL, SHM_RDONLY));
        _exit(0);
    }
    waitpid(last, NULL, 0);
    printf("%d\n", id);
    fflush(stdout);
    while (getchar() != EOF)
        ;
    shmctl(id, IPC_RMID, NULL);
    return 0;
}
