# Fernet chat with numbers, the server. It refuses what has the wrong number; the client never looks.
import os
import socket
import threading
from cryptography.fernet import Fernet

fernet = Fernet(b"Xk4pZ1qk7yD2n5mWc8R0uVt3aLhE6gJbQsYfTiNoPzA=")

listener = socket.create_server(("127.0.0.1", 7887))
print("waiting ...")
conn, _ = listener.accept()
print("connected")

def receive():
    expected = 0
    for line in conn.makefile("rb"):
        try:
            who, number, text = fernet.decrypt(line.strip()).decode().split(":", 2)
        except Exception:
            print("! a message was changed")
            continue
        if who != "client":
            print("! this is my own message")
            continue
        if int(number) != expected:
            print("! a message is missing, or came twice")
            continue
        expected += 1
        print("Client:", text)
        if text == "exit":
            break
    os._exit(0)

threading.Thread(target=receive, daemon=True).start()
sent = 0
while True:
    text = input()
    conn.sendall(fernet.encrypt(f"server:{sent}:{text}".encode()) + b"\n")
    sent += 1
    if text == "exit":
        break
