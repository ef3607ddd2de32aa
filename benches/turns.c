/* Runs commands in turns and prints, a line each, the median and the least time from start to end, in microseconds:
   turns ROUNDS OUTPUT STATUS COMMAND [ARGUMENT]… [::: STATUS COMMAND [ARGUMENT]…]…
   A round before the first is not counted; 0 rounds: that one is. A command that ends with another status than its STATUS
   is an error, whose time says nothing: all stops. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

/* Says what ended with another status than it should. */
static void wrong(char **command, int status)
{
    fprintf(stderr, "turns:");
    for (char **word = command + 1; *word; word++)
        fprintf(stderr, " %s", *word);
    if (WIFEXITED(status))
        fprintf(stderr, ": status %d, not %s\n", WEXITSTATUS(status), command[0]);
    else
        fprintf(stderr, ": ended by signal %d\n", WTERMSIG(status));
    exit(1);
}

/* A command is its status and its words. */
static double once(char **command, const char *output)
{
    /* What the one before wrote is cleared away outside the time. */
    int out = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    double begun = now();
    pid_t child = vfork();
    if (child == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(out, 1);
        dup2(null, 2);
        execvp(command[1], command + 1);
        _exit(127);
    }
    int status;
    waitpid(child, &status, 0);
    double took = now() - begun;
    close(out);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != atoi(command[0]))
        wrong(command, status);
    return took;
}

int main(int argc, char **argv)
{
    char **commands[64];
    int count = 0, rounds = atoi(argv[1]);
    commands[count++] = argv + 3;
    for (int i = 3; i < argc; i++)
        if (strcmp(argv[i], ":::") == 0) {
            argv[i] = NULL;
            commands[count++] = argv + i + 1;
        }
    int warm = rounds > 0;
    rounds += !warm;
    double *times = malloc(sizeof(double) * rounds * count);
    for (int round = -warm; round < rounds; round++)
        for (int i = 0; i < count; i++) {
            double took = once(commands[i], argv[2]);
            if (round >= 0)
                times[i * rounds + round] = took;
        }
    for (int i = 0; i < count; i++) {
        qsort(times + i * rounds, rounds, sizeof(double), ascending);
        printf("%.1f %.1f\n", times[i * rounds + rounds / 2], times[i * rounds]);
    }
    return 0;
}
