/* Runs a command with its output thrown away, and prints the most memory it held, in KiB. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    pid_t child = vfork();
    if (child == 0) {
        dup2(open("/dev/null", O_WRONLY), 1);
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    struct rusage used;
    wait4(child, NULL, 0, &used);
    printf("%ld\n", used.ru_maxrss);
    return argc < 2;
}
