# Loaded by every Python that the clinic starts, because this folder is on PYTHONPATH. It changes no file of the program.
#
# By the environment it leads connections to the relay, asks to use a port again, and pauses after each write. It notes
# the size of each write and each read in a file. If anything of it fails, the program runs as if it were not there.
import os


def _clinic():
    import json
    import socket
    import time

    env = os.environ
    log_path = env.get("SERVCHAT_CLINIC_LOG")
    if log_path is None:
        return
    # The library that leads other programs leaves the notes to us, here and in what is forked from here.
    def take_notes():
        os.environ["SERVCHAT_CLINIC_HOOKED"] = str(os.getpid())

    take_notes()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=take_notes)
    log = os.open(log_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    left = [5000]

    def note(what, **more):
        if left[0] > 0:
            left[0] -= 1
            more["what"] = what
            more["pid"] = os.getpid()
            try:
                os.write(log, (json.dumps(more) + "\n").encode())
            except OSError:
                left[0] = 0

    def ports(name):
        text = env.get(name, "")
        return tuple(int(each) for each in text.split(":")) if ":" in text else None

    redirect = ports("SERVCHAT_CLINIC_REDIRECT")
    move = ports("SERVCHAT_CLINIC_MOVE")
    reuse = env.get("SERVCHAT_CLINIC_REUSE") == "1"
    pause = float(env.get("SERVCHAT_CLINIC_APART", "0"))
    real = socket.socket
    plain = {name: getattr(real, name) for name in ("connect", "connect_ex", "bind", "send", "sendall", "recv", "recv_into")}

    def is_stream(self):
        return self.family in (socket.AF_INET, socket.AF_INET6) and self.type & 0xF == socket.SOCK_STREAM

    def led(self, address):
        if redirect is None or not is_stream(self) or int(address[1]) != redirect[0]:
            return address
        note("connect", host=str(address[0]), port=int(address[1]))
        host = "::ffff:127.0.0.1" if self.family == socket.AF_INET6 else "127.0.0.1"
        return (host, redirect[1])

    def connect(self, address):
        return plain["connect"](self, led(self, address))

    def connect_ex(self, address):
        return plain["connect_ex"](self, led(self, address))

    def bind(self, address):
        if is_stream(self):
            if reuse:
                self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if move is not None and int(address[1]) == move[0]:
                address = (address[0], move[1]) + tuple(address[2:])
        return plain["bind"](self, address)

    def send(self, data, *more):
        count = plain["send"](self, data, *more)
        if is_stream(self):
            note("send", bytes=count)
            if pause > 0:
                time.sleep(pause)
        return count

    def sendall(self, data, *more):
        answer = plain["sendall"](self, data, *more)
        if is_stream(self):
            note("send", bytes=memoryview(data).nbytes)
            if pause > 0:
                time.sleep(pause)
        return answer

    def recv(self, size, *more):
        data = plain["recv"](self, size, *more)
        if is_stream(self):
            note("recv", asked=size, bytes=len(data))
        return data

    def recv_into(self, buffer, nbytes=0, flags=0):
        count = plain["recv_into"](self, buffer, nbytes, flags)
        if is_stream(self):
            note("recv", asked=nbytes or memoryview(buffer).nbytes, bytes=count)
        return count

    for each in (connect, connect_ex, bind, send, sendall, recv, recv_into):
        setattr(real, each.__name__, each)
    note("hook", language="python")


try:
    _clinic()
except Exception:
    pass
del _clinic

# The system may have a file of this name too.
try:
    import importlib.util as _util
    import sys as _sys

    _here = os.path.dirname(os.path.abspath(__file__))
    for _folder in _sys.path:
        _file = os.path.join(_folder, "sitecustomize.py")
        if os.path.abspath(_folder) != _here and os.path.isfile(_file):
            _spec = _util.spec_from_file_location("_other_sitecustomize", _file)
            _spec.loader.exec_module(_util.module_from_spec(_spec))
            break
except Exception:
    pass
