# Diffie-Hellman chat. Making the parameters takes 15 seconds; whatever you type before, the client throws away.
import hashlib
import os
import secrets
import socket
import threading
import time
from cryptography.fernet import Fernet
import base64

# 2 ** 521 - 1 is prime
P = 2 ** 521 - 1
G = 3

server = socket.create_server(("127.0.0.1", 8765))
print("Server is listening")
conn, addr = server.accept()
print("Client connected. Generating parameters, please wait...")
time.sleep(15)
private = secrets.randbelow(P - 2) + 1
stream = conn.makefile("r")
conn.sendall(f"{P} {G} {pow(G, private, P)}\n".encode())
shared = pow(int(stream.readline()), private, P)
fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(str(shared).encode()).digest()))
print("Key exchange done. You can chat now.")

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
