/* measure: runs a command with its output thrown away and appends one line to a file:
 * NAME <tab> wall seconds <tab> CPU seconds <tab> peak memory in MiB <tab> exit status.
 *   measure FILE NAME COMMAND [ARGUMENT]... */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

int main(int argc, char **argv)
{
    struct timespec begin, end;
    struct rusage use;
    int status = 0;

    if (argc < 4) {
        fprintf(stderr, "usage: measure FILE NAME COMMAND [ARGUMENT]...\n");
        return 2;
    }
    clock_gettime(CLOCK_MONOTONIC, &begin);
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        if (null >= 0)
            dup2(null, STDOUT_FILENO);
        execvp(argv[3], argv + 3);
        perror(argv[3]);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &use) < 0) {
        perror("measure");
        return 2;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    FILE *out = fopen(argv[1], "a");
    if (!out) {
        perror(argv[1]);
        return 2;
    }
    fprintf(out, "%s\t%.4f\t%.4f\t%.1f\t%d\n", argv[2],
            (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) * 1e-9,
            seconds(use.ru_utime) + seconds(use.ru_stime), (double)use.ru_maxrss / 1024.0,
            WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return fclose(out) ? 2 : 0;
}
