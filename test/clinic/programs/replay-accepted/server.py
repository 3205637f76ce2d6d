# Fernet chat with a key for each direction, known beforehand. Messages have no numbers, so a replay is shown again.
import os
import socket
import threading
from cryptography.fernet import Fernet, InvalidToken

CLIENT_KEY = Fernet(b"vG2mWq0b0CkXo3PO0Yq7m0n3Q4vJ8xkz5bJcUu1tR2E=")
SERVER_KEY = Fernet(b"6k9sW1tq7aB5d2Zx0Rm8Yc4Ee1Hh3Jj6Ll9Nn2Pp5Ss=")

def receive_lines(sock):
    waiting = b""
    while True:
        data = sock.recv(4096)
        if not data:
            return
        waiting += data
        while b"\n" in waiting:
            line, waiting = waiting.split(b"\n", 1)
            yield line

current = None

def typing():
    while True:
        text = input()
        if current is not None:
            current.sendall(SERVER_KEY.encrypt(text.encode()) + b"\n")
        if text == "EXIT":
            os._exit(0)

def serve(conn):
    global current
    try:
        for line in receive_lines(conn):
            try:
                text = CLIENT_KEY.decrypt(line).decode()
            except InvalidToken:
                print("<< somebody sent a wrong token >>")
                continue
            current = conn
            if text == "EXIT":
                print("Client left")
                os._exit(0)
            if text != "HELLO":
                print("Client:", text)
    except OSError as e:
        print("<<", e, ">>")
    if current is conn:
        current = None

server = socket.create_server(("", 10000))
print("Server listening on 10000")
threading.Thread(target=typing, daemon=True).start()
while True:
    conn, _ = server.accept()
    threading.Thread(target=serve, args=(conn,), daemon=True).start()
