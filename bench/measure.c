// Runs a command and writes to a file descriptor how it went: "STATUS WALL CPU KIB\n", where STATUS is a wait status or
// "timeout". A process of its own, because Linux counts what a process used before exec into its peak memory: measured
// from Python, every program would appear to need at least what the measuring Python does.
//
// usage: measure DESCRIPTOR SECONDS COMMAND ARGS…

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void expire(int number) {
    (void)number;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t) {
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv) {
    if (argc < 4)
        return 2;
    int report = atoi(argv[1]);
    double started = now();
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        close(report);
        execvp(argv[3], argv + 3);
        perror(argv[3]);
        _exit(127);
    }
    struct sigaction action = {.sa_handler = expire};
    sigaction(SIGALRM, &action, NULL);
    alarm((unsigned)atoi(argv[2]));
    int status, expired = 0;
    struct rusage usage;
    while (wait4(pid, &status, 0, &usage) < 0) {
        if (errno != EINTR)
            return 3;
        expired = 1;
        kill(-pid, SIGKILL);
    }
    double elapsed = now() - started;
    char text[200];
    int n = expired ? snprintf(text, sizeof text, "timeout")
                    : snprintf(text, sizeof text, "%d %.6f %.6f %ld", status, elapsed,
                               seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss);
    return write(report, text, (size_t)n) == n ? 0 : 4;
}
