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

sock = socket.create_connection(("127.0.0.1", 10000))
sock.sendall(CLIENT_KEY.encrypt(b"HELLO") + b"\n")
print("Connected. EXIT to leave.")

def typing():
    while True:
        text = input()
        sock.sendall(CLIENT_KEY.encrypt(text.encode()) + b"\n")
        if text == "EXIT":
            os._exit(0)

threading.Thread(target=typing, daemon=True).start()
for line in receive_lines(sock):
    try:
        text = SERVER_KEY.decrypt(line).decode()
    except InvalidToken:
        print("<< somebody sent a wrong token >>")
        continue
    if text == "EXIT":
        print("Server left")
        break
    print("Server:", text)
os._exit(0)
