/*
 * Loaded into every program that the clinic starts, where it loads libraries at all: LD_PRELOAD names what the cc of
 * this machine makes of this file. It changes no file of the program.
 *
 * By the environment it leads connections to the relay, asks to use a port again, moves a server to another port, and
 * pauses after each write. It notes the size of each write and each read in a file. In a Python or Node that has a hook
 * of its own, it only leads what that hook has not led.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* The next function of this name, which is the one of the system. */
#define PLAIN(name) ((__typeof__(&name))plain(&plain_##name, #name))
#define KEEP(name) static void *plain_##name
KEEP(connect);
KEEP(bind);
KEEP(send);
KEEP(sendto);
KEEP(sendmsg);
KEEP(write);
KEEP(writev);
KEEP(recv);
KEEP(recvfrom);
KEEP(recvmsg);
KEEP(read);
KEEP(readv);

static void *plain(void **kept, const char *name)
{
    if (*kept == NULL) *kept = dlsym(RTLD_NEXT, name);
    return *kept;
}

#define MOST_NOTES 5000
static int notes_left = MOST_NOTES;

static void note(const char *format, ...)
{
    char line[4400];
    const char *path = getenv("SERVCHAT_CLINIC_LOG");
    if (path == NULL || notes_left <= 0) return;
    notes_left -= 1;
    int kept = errno;
    va_list values;
    va_start(values, format);
    int length = vsnprintf(line, sizeof line - 32, format, values);
    va_end(values);
    if (length > 0 && length < (int)sizeof line - 32) {
        length += snprintf(line + length, 32, ", \"pid\": %d}\n", (int)getpid());
        /* By system calls: our own write would come here again. The file is closed again, since a program may close all. */
        int log = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        if (log < 0 || syscall(SYS_write, log, line, length) < 0) notes_left = 0;
        if (log >= 0) close(log);
    }
    errno = kept;
}

/*
 * Whether a hook for its language runs in this process, or in the one that it was forked from, and notes what it does.
 * Ask only when a connection is used: that hook begins later than this one.
 */
static int is_noted_already(void)
{
    static int answer = -1;
    if (answer < 0) {
        const char *pid = getenv("SERVCHAT_CLINIC_HOOKED");
        answer = pid != NULL && atoi(pid) == (int)getpid();
    }
    return answer;
}

static void note_program(void)
{
    static int done = 0;
    char program[4096];
    if (done || is_noted_already()) return;
    done = 1;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0) return;
    program[length] = '\0';
    if (strpbrk(program, "\"\\\n") == NULL)
        note("{\"what\": \"hook\", \"language\": \"native\", \"program\": \"%s\"", program);
}

/* The family of a TCP socket; 0 for everything else. */
static int family_of(int fd)
{
    int kept = errno, type = 0, family = 0;
    socklen_t size = sizeof type;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM) family = 0;
    else {
        size = sizeof family;
        if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) != 0) family = 0;
    }
    errno = kept;
    return family == AF_INET || family == AF_INET6 ? family : 0;
}

static int ports(const char *name, int *one, int *other)
{
    const char *text = getenv(name);
    return text != NULL && sscanf(text, "%d:%d", one, other) == 2;
}

/* Big enough for both kinds of an address. */
union address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

/* Copies an address of TCP. Returns its port, or -1 if it is of another kind. */
static int port_in(union address *copy, const struct sockaddr *given, socklen_t size)
{
    if (given == NULL || size < sizeof copy->four) return -1;
    memset(copy, 0, sizeof *copy);
    memcpy(copy, given, size < sizeof *copy ? size : sizeof *copy);
    if (copy->any.sa_family == AF_INET) return ntohs(copy->four.sin_port);
    return copy->any.sa_family == AF_INET6 && size >= sizeof copy->six ? ntohs(copy->six.sin6_port) : -1;
}

int connect(int fd, const struct sockaddr *given, socklen_t size)
{
    union address to;
    int from_port, relay;
    char host[INET6_ADDRSTRLEN] = "";
    int port = port_in(&to, given, size);
    if (port < 0 || family_of(fd) == 0) return PLAIN(connect)(fd, given, size);
    note_program();
    if (!ports("SERVCHAT_CLINIC_REDIRECT", &from_port, &relay) || port != from_port)
        return PLAIN(connect)(fd, given, size);
    int is_six = to.any.sa_family == AF_INET6;
    inet_ntop(to.any.sa_family, is_six ? (void *)&to.six.sin6_addr : (void *)&to.four.sin_addr, host, sizeof host);
    note("{\"what\": \"connect\", \"by\": \"library\", \"host\": \"%s\", \"port\": %d", host, port);
    if (is_six) {
        int off = 0;
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
        inet_pton(AF_INET6, "::ffff:127.0.0.1", &to.six.sin6_addr);
        to.six.sin6_port = htons((unsigned short)relay);
        return PLAIN(connect)(fd, &to.any, sizeof to.six);
    }
    to.four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.four.sin_port = htons((unsigned short)relay);
    return PLAIN(connect)(fd, &to.any, sizeof to.four);
}

int bind(int fd, const struct sockaddr *given, socklen_t size)
{
    union address to;
    int from_port, other;
    const char *reuse = getenv("SERVCHAT_CLINIC_REUSE");
    int port = port_in(&to, given, size);
    if (port < 0 || family_of(fd) == 0) return PLAIN(bind)(fd, given, size);
    note_program();
    if (reuse != NULL && strcmp(reuse, "1") == 0) {
        int on = 1;
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    }
    if (!ports("SERVCHAT_CLINIC_MOVE", &from_port, &other) || port != from_port) return PLAIN(bind)(fd, given, size);
    if (to.any.sa_family == AF_INET6) to.six.sin6_port = htons((unsigned short)other);
    else to.four.sin_port = htons((unsigned short)other);
    return PLAIN(bind)(fd, &to.any, to.any.sa_family == AF_INET6 ? sizeof to.six : sizeof to.four);
}

static void sent(int fd, ssize_t count)
{
    if (count <= 0 || family_of(fd) == 0 || is_noted_already()) return;
    note("{\"what\": \"send\", \"bytes\": %zd", count);
    const char *pause = getenv("SERVCHAT_CLINIC_APART");
    double seconds = pause == NULL ? 0 : atof(pause);
    if (seconds <= 0) return;
    int kept = errno;
    struct timespec left = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) continue;
    errno = kept;
}

static void received(int fd, size_t asked, ssize_t count, int flags)
{
    if (count < 0 || (flags & MSG_PEEK) != 0 || family_of(fd) == 0 || is_noted_already()) return;
    note("{\"what\": \"recv\", \"asked\": %zu, \"bytes\": %zd", asked, count);
}

static size_t size_of(const struct iovec *parts, int count)
{
    size_t sum = 0;
    for (int at = 0; at < count; at += 1) sum += parts[at].iov_len;
    return sum;
}

ssize_t send(int fd, const void *bytes, size_t size, int flags)
{
    ssize_t count = PLAIN(send)(fd, bytes, size, flags);
    sent(fd, count);
    return count;
}

ssize_t sendto(int fd, const void *bytes, size_t size, int flags, const struct sockaddr *to, socklen_t length)
{
    ssize_t count = PLAIN(sendto)(fd, bytes, size, flags, to, length);
    sent(fd, count);
    return count;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    ssize_t count = PLAIN(sendmsg)(fd, message, flags);
    sent(fd, count);
    return count;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    ssize_t count = PLAIN(write)(fd, bytes, size);
    sent(fd, count);
    return count;
}

ssize_t writev(int fd, const struct iovec *parts, int number)
{
    ssize_t count = PLAIN(writev)(fd, parts, number);
    sent(fd, count);
    return count;
}

ssize_t recv(int fd, void *bytes, size_t size, int flags)
{
    ssize_t count = PLAIN(recv)(fd, bytes, size, flags);
    received(fd, size, count, flags);
    return count;
}

ssize_t recvfrom(int fd, void *bytes, size_t size, int flags, struct sockaddr *from, socklen_t *length)
{
    ssize_t count = PLAIN(recvfrom)(fd, bytes, size, flags, from, length);
    received(fd, size, count, flags);
    return count;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    ssize_t count = PLAIN(recvmsg)(fd, message, flags);
    received(fd, size_of(message->msg_iov, (int)message->msg_iovlen), count, flags);
    return count;
}

ssize_t read(int fd, void *bytes, size_t size)
{
    ssize_t count = PLAIN(read)(fd, bytes, size);
    received(fd, size, count, 0);
    return count;
}

ssize_t readv(int fd, const struct iovec *parts, int number)
{
    ssize_t count = PLAIN(readv)(fd, parts, number);
    received(fd, size_of(parts, number), count, 0);
    return count;
}

/* What a compiler makes of read, recv and recvfrom where it is asked to check sizes (_FORTIFY_SOURCE). */
extern void __chk_fail(void) __attribute__((weak));

static void check_room(size_t size, size_t room)
{
    if (size <= room) return;
    if (__chk_fail != NULL) __chk_fail();
    abort();
}

ssize_t __read_chk(int fd, void *bytes, size_t size, size_t room)
{
    check_room(size, room);
    return read(fd, bytes, size);
}

ssize_t __recv_chk(int fd, void *bytes, size_t size, size_t room, int flags)
{
    check_room(size, room);
    return recv(fd, bytes, size, flags);
}

ssize_t __recvfrom_chk(int fd, void *bytes, size_t size, size_t room, int flags, struct sockaddr *from,
                       socklen_t *length)
{
    check_room(size, room);
    return recvfrom(fd, bytes, size, flags, from, length);
}
