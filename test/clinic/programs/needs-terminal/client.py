# Chat that wants a terminal: it asks for the password with getpass, and reads key after key. Without one it crashes.
import getpass
import hashlib
import os
import socket
import sys
import termios
import threading
import tty

def crypt(data, key):
    return bytes(b ^ key[i % 32] for i, b in enumerate(data))

def read_keys(old):
    line = ""
    while True:
        key = sys.stdin.read(1)
        if key in "\r\n":
            print("\r")
            return line
        if key == "\x03":
            termios.tcsetattr(0, termios.TCSADRAIN, old)
            os._exit(1)
        if key == "\x7f":
            line = line[:-1]
            print("\b \b", end="", flush=True)
        else:
            line += key
            print(key, end="", flush=True)

def chat(sock, key):
    old = termios.tcgetattr(0)
    tty.setcbreak(0)
    threading.Thread(target=receive, args=(sock, key, old), daemon=True).start()
    while True:
        line = read_keys(old)
        sock.sendall(crypt(line.encode(), key).hex().encode() + b"\n")
        if line == "exit":
            termios.tcsetattr(0, termios.TCSADRAIN, old)
            os._exit(0)

def receive(sock, key, old):
    for line in sock.makefile("r"):
        text = crypt(bytes.fromhex(line), key).decode(errors="replace")
        print("\r\033[K\033[32mServer:\033[0m " + text)
        if text == "exit":
            break
    termios.tcsetattr(0, termios.TCSADRAIN, old)
    os._exit(0)

key = hashlib.sha256(getpass.getpass("Shared password: ").encode()).digest()
sock = socket.create_connection(("127.0.0.1", 5432))
print("Connected")
chat(sock, key)
