# Diffie-Hellman chat, the client. The numbers of the textbook: whoever tries all 22 secrets has the key.
import base64
import hashlib
import os
import secrets
import socket
import threading
from cryptography.fernet import Fernet

P, G = 23, 5

conn = socket.create_connection(("127.0.0.1", 7171))
stream = conn.makefile("r")
b = secrets.randbelow(P - 2) + 1
other = int(stream.readline())
conn.sendall(f"{pow(G, b, P)}\n".encode())
shared = pow(other, b, P)
fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(str(shared).encode()).digest()))
print("key agreed, type now")

def receive():
    for line in stream:
        text = fernet.decrypt(line.encode()).decode()
        print("Server:", text)
        if text == "exit":
            break
    os._exit(0)

threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    conn.sendall(fernet.encrypt(text.encode()) + b"\n")
    if text == "exit":
        break
