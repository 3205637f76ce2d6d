# Diffie-Hellman chat, the server. The numbers of the textbook: whoever tries all 22 secrets has the key.
import base64
import hashlib
import os
import secrets
import socket
import threading
from cryptography.fernet import Fernet

P, G = 23, 5

s = socket.create_server(("127.0.0.1", 7171))
print("waiting for the client")
conn, addr = s.accept()
stream = conn.makefile("r")
a = secrets.randbelow(P - 2) + 1
conn.sendall(f"{pow(G, a, P)}\n".encode())
shared = pow(int(stream.readline()), a, P)
fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(str(shared).encode()).digest()))
print("key agreed, type now")

def receive():
    for line in stream:
        text = fernet.decrypt(line.encode()).decode()
        print("Client:", text)
        if text == "exit":
            break
    os._exit(0)

threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    conn.sendall(fernet.encrypt(text.encode()) + b"\n")
    if text == "exit":
        break
