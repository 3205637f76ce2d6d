# Runs a program whose output goes to a pseudo-terminal, and passes on what it writes there.
#
#   python3 terminal.py output PROGRAM ARGUMENT...   its input stays the pipe that we have
#   python3 terminal.py both   PROGRAM ARGUMENT...   its input is the pseudo-terminal too
#
# Most programs write at once to a terminal, and keep what they write to a pipe until 4,096 bytes have come together.
#
# Where the system allows it, it also answers for some system calls of the program: see system_calls.py.
import os
import pty
import select
import signal
import socket
import sys
import termios

COLUMNS, ROWS = 400, 50
PIECE = 65536


def set_up(slave, both):
    settings = termios.tcgetattr(slave)
    # What is typed is not shown again: the program itself shows what it wants to show.
    settings[3] &= ~termios.ECHO
    # A line end stays as the program writes it.
    settings[1] &= ~termios.OPOST
    termios.tcsetattr(slave, termios.TCSANOW, settings)
    if hasattr(termios, "tcsetwinsize"):
        termios.tcsetwinsize(slave, (ROWS, COLUMNS))
    else:
        import fcntl
        import struct

        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))


def watching():
    """The module that answers for system calls, or None if we are not to do so, or cannot."""
    if os.environ.get("SERVCHAT_CLINIC_WATCH") != "1":
        return None
    try:
        # We run without the folder of this file on the path.
        sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
        import system_calls

        return system_calls
    except Exception:
        return None
    finally:
        del sys.path[0]


def be_watched(system_calls, channel):
    try:
        system_calls.hand_over(channel)
    except Exception:
        # The program runs without it.
        pass


def become(arguments, slave, both):
    # The helper ignores some signals, and the program must not.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if both:
        os.setsid()
        import fcntl

        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        os.dup2(slave, 0)
    os.dup2(slave, 1)
    os.dup2(slave, 2)
    os.closerange(3, 256)
    try:
        os.execvp(arguments[0], arguments)
    except OSError as error:
        os.write(2, ("cannot start %s: %s\n" % (arguments[0], error.strerror)).encode())
        os._exit(127)


def pass_on(child, master, both, watcher):
    sources = [master, 0] if both else [master]
    if watcher is not None:
        sources.append(watcher.listener)
    status = None
    while master in sources:
        # The output of a program that has ended, while a child of it keeps the terminal open, is read to its end.
        due = None if watcher is None else watcher.go_on()
        ready, _, _ = select.select(sources, [], [], 0.2 if due is None else min(0.2, due))
        if watcher is not None and watcher.listener in ready and not watcher.answer():
            sources.remove(watcher.listener)
        if master in ready:
            try:
                piece = os.read(master, PIECE)
            except OSError:
                piece = b""
            if piece == b"":
                break
            rest = memoryview(piece)
            while len(rest) > 0:
                rest = rest[os.write(1, rest) :]
        if 0 in ready:
            piece = os.read(0, PIECE)
            if piece == b"":
                sources.remove(0)
                piece = b"\x04"
            rest = memoryview(piece)
            while len(rest) > 0:
                rest = rest[os.write(master, rest) :]
        if status is None:
            pid, state = os.waitpid(child, os.WNOHANG)
            if pid == child:
                status = state
        elif not ready:
            break
    if status is None:
        # It closed its output and goes on.
        _, status = os.waitpid(child, 0)
    return status


def main():
    both = sys.argv[1] == "both"
    master, slave = pty.openpty()
    set_up(slave, both)
    # Our library for other programs is loaded here too, and has nothing to note.
    os.environ["SERVCHAT_CLINIC_HOOKED"] = str(os.getpid())
    system_calls = watching()
    here, there = socket.socketpair()
    child = os.fork()
    if child == 0:
        os.close(master)
        if system_calls is not None:
            be_watched(system_calls, there)
        become(sys.argv[2:], slave, both)
    os.close(slave)
    there.close()
    listener = None if system_calls is None else system_calls.take_over(here)
    here.close()
    if not both:
        # Only the program reads what is typed.
        os.close(0)
        os.open(os.devnull, os.O_RDONLY)
    status = pass_on(child, master, both, None if listener is None else system_calls.Watcher(listener))
    if os.WIFSIGNALED(status):
        # We end as the program did.
        number = os.WTERMSIG(status)
        signal.signal(number, signal.SIG_DFL) if number not in (signal.SIGKILL, signal.SIGSTOP) else None
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.kill(os.getpid(), number)
    sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)


main()
