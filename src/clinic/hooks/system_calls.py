# Leads the connections of a program and of all its children to the relay, whatever they are written in. It changes no
# file of them, and nothing in their memory.
#
# Linux can ask a parent what is to become of a system call of its child (seccomp_unotify(2), Linux 5.6 and later). We
# ask to be told of each connect and bind. The one to the port of the server we carry out ourselves, with the port of
# the relay; all others the system carries out as usual. This also works for programs that no library can be loaded
# into: those in Go, and those that are linked statically. Where there is to be a pause after each write, we are asked
# about writes too, and let the next one of such a program wait.
import array
import ctypes
import errno
import fcntl
import json
import os
import select
import socket
import struct
import sys
import time

# The machine: its number in a filter (linux/audit.h), and of the system calls seccomp, connect and bind, and of those
# that write: write, writev, sendto, sendmsg. The numbers of pidfd_open and pidfd_getfd are the same on all machines.
MACHINES = {
    "x86_64": (0xC000003E, 317, 42, 49, (1, 20, 44, 46)),
    "aarch64": (0xC00000B7, 277, 203, 200, (64, 66, 206, 211)),
}
PIDFD_OPEN, PIDFD_GETFD = 434, 438

PR_SET_NO_NEW_PRIVS = 38
SECCOMP_SET_MODE_FILTER = 1
SECCOMP_FILTER_FLAG_NEW_LISTENER = 8
ALLOW, NOTIFY = 0x7FFF0000, 0x7FC00000
NOTIF_RECV, NOTIF_SEND, NOTIF_ID_VALID = 0xC0502100, 0xC0182101, 0x40082102
CONTINUE = 1

# struct seccomp_notif: id, pid, flags, then struct seccomp_data: number, machine, place, six arguments.
NOTICE = struct.Struct("=QIIiIQ6Q")
# struct seccomp_notif_resp: id, value, error, flags.
REPLY = struct.Struct("=QqiI")
MOST_ADDRESS = 128
MOST_NOTES = 100

libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    answer = libc.syscall(ctypes.c_long(number), *[ctypes.c_ulong(each) for each in arguments])
    if answer < 0:
        raise OSError(ctypes.get_errno(), "system call %d" % number)
    return answer


def machine():
    if sys.platform != "linux" or ctypes.sizeof(ctypes.c_void_p) != 8:
        raise OSError(errno.ENOSYS, "not a machine that we know")
    return MACHINES[os.uname().machine]


def install(channel):
    """From now on, this process and its children wait for our answer at each connect and bind. Returns where we hear of
    them. What is done with the file `channel` needs no answer."""
    kind, seccomp, connect, bind, writes = machine()
    wanted = [connect, bind, *(writes if pause() > 0 else ())]
    # Each is: load a word of seccomp_data or compare it, how far to jump if it is equal or not, and the value.
    lines = [(0x20, 0, 0, 4), (0x15, 0, len(wanted) + 3, kind)]
    lines += [(0x20, 0, 0, 16), (0x15, len(wanted) + 1, 0, channel), (0x20, 0, 0, 0)]
    lines += [(0x15, len(wanted) - at, 0, number) for at, number in enumerate(wanted)]
    lines += [(0x06, 0, 0, ALLOW), (0x06, 0, 0, NOTIFY)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in lines))
    program = ctypes.create_string_buffer(struct.pack("=H6xQ", len(lines), ctypes.addressof(code)))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    return call(seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, ctypes.addressof(program))


# A number that no program uses for a file of its own, unless it has a thousand of them.
CHANNEL = 1000


def hand_over(channel):
    """In the child. From now on, it and its children wait for our answer. It keeps no listener: when the parent has none
    any more, calls fail and wait no longer."""
    number = fcntl.fcntl(channel, fcntl.F_DUPFD_CLOEXEC, CHANNEL)
    with socket.socket(fileno=number) as exempt:
        listener = install(number)
        exempt.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [listener]))])
    os.close(listener)


def take_over(channel):
    """In the parent. Returns the listener, or None if the child has none."""
    data, more, _, _ = channel.recvmsg(1, socket.CMSG_SPACE(4))
    if data == b"" or not more:
        return None
    return array.array("i", more[0][2][:4])[0]


def ports(name):
    one, _, other = os.environ.get(name, "").partition(":")
    return (int(one), int(other)) if other else None


def pause():
    return float(os.environ.get("SERVCHAT_CLINIC_APART", "0"))


class Watcher:
    """Answers for the system calls of a program. `listener` becomes readable when there is one to answer for, and when
    no process of the program is left."""

    def __init__(self, listener):
        self.listener = listener
        self.connect = machine()[2]
        self.redirect = ports("SERVCHAT_CLINIC_REDIRECT")
        self.move = ports("SERVCHAT_CLINIC_MOVE")
        self.reuse = os.environ.get("SERVCHAT_CLINIC_REUSE") == "1"
        self.pause = pause()
        self.writes = machine()[4]
        self.noted = set()
        # Of each process: whether a hook in it makes the pauses.
        self.paused = {}
        # When a write was let go last, and those that wait: when, which, and what is to be noted of it.
        self.last = 0.0
        self.waiting = []

    def answer(self):
        """Waits for a call. False: no process is left, so nobody will ask again."""
        look = select.poll()
        look.register(self.listener, select.POLLIN)
        if not any(events & select.POLLIN for _, events in look.poll()):
            return False
        notice = bytearray(NOTICE.size)
        try:
            fcntl.ioctl(self.listener, NOTIF_RECV, notice)
        except OSError:
            # The process was ended meanwhile.
            return True
        number, thread, _, call_number, _, caller, fd, place, length, _, _, _ = NOTICE.unpack(notice)
        if call_number in self.writes:
            self.let_wait(number, thread, call_number, caller, fd & 0xFFFFFFFF, length)
            return True
        try:
            result = self.carried_out(number, thread, call_number == self.connect, fd, place, length)
        except Exception:
            result = None
        self.reply(number, result)
        return True

    def reply(self, number, result):
        """False: nobody waits for it any more."""
        reply = REPLY.pack(number, 0, 0, CONTINUE) if result is None else REPLY.pack(number, 0, -result, 0)
        try:
            fcntl.ioctl(self.listener, NOTIF_SEND, bytearray(reply))
            return True
        except OSError:
            return False

    def let_wait(self, number, thread, call_number, caller, fd, length):
        """A write to a connection waits until the pause after the one before is over; any other goes on at once."""
        try:
            pid = process_of(thread)
            is_to_wait = self.is_connection(pid, fd) and not self.pauses_itself(pid, caller)
        except Exception:
            is_to_wait = False
        if not is_to_wait:
            self.reply(number, None)
            return
        self.last = max(time.monotonic(), self.last + self.pause)
        # Only of these two the arguments say how much is written.
        size = length if call_number in (self.writes[0], self.writes[2]) else None
        self.waiting.append((self.last, number, pid, size))
        self.go_on()

    def is_connection(self, pid, fd):
        if not os.readlink("/proc/%d/fd/%d" % (pid, fd)).startswith("socket:"):
            return False
        with borrowed(pid, fd) as one:
            return one.family in (socket.AF_INET, socket.AF_INET6) and one.type & 0xF == socket.SOCK_STREAM

    def pauses_itself(self, pid, caller):
        """Whether a hook in the program makes the pause. Our library does so where the library of C makes the call; what
        Go calls goes past it."""
        if (pid, caller) not in self.paused:
            name = os.path.basename(os.readlink("/proc/%d/exe" % pid))
            with open("/proc/%d/maps" % pid) as maps:
                lines = [line.split(None, 5) for line in maps]
            files = [(line[0], os.path.basename(line[5].strip())) for line in lines if len(line) == 6]
            has_ours = any(file == "connect.so" for _, file in files)
            callers = [file for place, file in files if holds(place, caller)]
            is_by_c = any(file.startswith(("libc", "libpthread", "ld-musl")) for file in callers)
            self.paused[pid, caller] = name.startswith(("python", "node")) or (has_ours and is_by_c)
        return self.paused[pid, caller]

    def go_on(self):
        """Lets go the writes whose time has come. Returns in how many seconds the next one is due, or None."""
        while self.waiting:
            due, number, pid, size = self.waiting[0]
            left = due - time.monotonic()
            if left > 0:
                return left
            del self.waiting[0]
            # A call that was interrupted comes again, and is noted then.
            if self.reply(number, None) and size is not None:
                self.note(pid, "send", bytes=size)
        return None

    def carried_out(self, number, thread, is_connect, fd, place, length):
        """The error number, 0 for none. None: the system is to carry it out."""
        with open("/proc/%d/mem" % thread, "rb", 0) as memory:
            memory.seek(place)
            address = memory.read(min(length, MOST_ADDRESS))
        if len(address) < 8:
            return None
        family = struct.unpack_from("=H", address)[0]
        if family not in (socket.AF_INET, socket.AF_INET6):
            return None
        port = struct.unpack_from("!H", address, 2)[0]
        pid = process_of(thread)
        if is_connect:
            if self.redirect is None or port != self.redirect[0]:
                return None
        # It must still be the same one, and not another process with its number.
        fcntl.ioctl(self.listener, NOTIF_ID_VALID, struct.pack("=Q", number))
        with borrowed(pid, fd & 0xFFFFFFFF) as one:
            if one.type & 0xF != socket.SOCK_STREAM:
                return None
            self.note_program(pid)
            if is_connect:
                self.note(pid, "connect", host=host_in(address, family), port=port, by="system call")
                return led(one, family, self.redirect[1])
            if self.reuse:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if self.move is None or port != self.move[0]:
                return None
            return moved(one, address, family, self.move[1])

    def note_program(self, pid):
        if pid in self.noted or len(self.noted) > MOST_NOTES:
            return
        self.noted.add(pid)
        self.note(pid, "hook", language="native", program=os.readlink("/proc/%d/exe" % pid))

    def note(self, pid, what, **more):
        more.update(what=what, pid=pid)
        log = os.open(os.environ["SERVCHAT_CLINIC_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(log, (json.dumps(more) + "\n").encode())
        finally:
            os.close(log)


def process_of(thread):
    with open("/proc/%d/status" % thread) as status:
        for line in status:
            if line.startswith("Tgid:"):
                return int(line.split()[1])
    raise OSError(errno.ESRCH, "gone")


def holds(place, address):
    """`place` is from /proc/PID/maps: two addresses in hex."""
    first, _, end = place.partition("-")
    return int(first, 16) <= address < int(end, 16)


class borrowed:
    """A socket of another process, for as long as we do something with it."""

    def __init__(self, pid, fd):
        self.pid, self.fd = pid, fd

    def __enter__(self):
        process = call(PIDFD_OPEN, self.pid, 0)
        try:
            self.one = socket.socket(fileno=call(PIDFD_GETFD, process, self.fd, 0))
        finally:
            os.close(process)
        return self.one

    def __exit__(self, *problem):
        self.one.close()


def host_in(address, family):
    return socket.inet_ntop(family, address[4:8] if family == socket.AF_INET else address[8:24])


def led(one, family, port):
    if family == socket.AF_INET:
        return one.connect_ex(("127.0.0.1", port))
    try:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    except OSError:
        # It is bound already. Then it can reach the relay or not, as it is.
        pass
    return one.connect_ex(("::ffff:127.0.0.1", port))


def moved(one, address, family, port):
    try:
        one.bind((host_in(address, family), port))
    except OSError as problem:
        return problem.errno
    return 0


def works():
    """Whether the system allows it. We try it with a child that binds a port, and gets another one."""
    try:
        machine()
        os.environ.update(SERVCHAT_CLINIC_LOG=os.devnull, SERVCHAT_CLINIC_MOVE="1:0")
        here, there = socket.socketpair()
        child = os.fork()
        if child == 0:
            there_is_another = 1
            try:
                hand_over(there)
                with socket.socket() as one:
                    one.bind(("127.0.0.1", 1))
                    there_is_another = 0 if one.getsockname()[1] != 1 else 1
            finally:
                os._exit(there_is_another)
        there.close()
        listener = take_over(here)
        if listener is not None:
            Watcher(listener).answer()
            # A call that waits for an answer fails now.
            os.close(listener)
        return os.waitpid(child, 0)[1] == 0
    except Exception:
        return False


if __name__ == "__main__":
    sys.exit(0 if works() else 1)
