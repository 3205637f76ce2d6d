# Fernet chat with numbers, the client. It sends numbers, and never looks at those of the server.
import os
import socket
import threading
from cryptography.fernet import Fernet

fernet = Fernet(b"Xk4pZ1qk7yD2n5mWc8R0uVt3aLhE6gJbQsYfTiNoPzA=")

conn = socket.create_connection(("127.0.0.1", 7887))
print("connected")

def receive():
    for line in conn.makefile("rb"):
        try:
            who, number, text = fernet.decrypt(line.strip()).decode().split(":", 2)
        except Exception:
            print("! a message was changed")
            continue
        if who != "server":
            print("! this is my own message")
            continue
        print("Server:", text)
        if text == "exit":
            break
    os._exit(0)

threading.Thread(target=receive, daemon=True).start()
sent = 0
while True:
    text = input()
    conn.sendall(fernet.encrypt(f"client:{sent}:{text}".encode()) + b"\n")
    sent += 1
    if text == "exit":
        break
