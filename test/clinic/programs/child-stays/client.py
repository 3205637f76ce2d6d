# The client of a server that forks. Its lines go in plaintext.
import os
import socket
import sys
import threading

sock = socket.create_connection(("127.0.0.1", 7878))
print("Connected")

def show():
    for line in sock.makefile("r", encoding="utf-8"):
        print("Server:", line.rstrip())
    print("Server has closed")
    os._exit(0)

threading.Thread(target=show, daemon=True).start()
for line in sys.stdin:
    sock.sendall(line.encode())
    if line == "exit\n":
        break
