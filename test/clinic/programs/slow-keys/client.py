# Diffie-Hellman chat. Making the parameters takes 15 seconds; whatever you type before, the client throws away.
import base64
import hashlib
import os
import secrets
import socket
import threading
from cryptography.fernet import Fernet

fernet = None
sock = socket.create_connection(("127.0.0.1", 8765))
stream = sock.makefile("r")
print("Connected, waiting for the key exchange")

def receive():
    global fernet
    p, g, other = map(int, stream.readline().split())
    private = secrets.randbelow(p - 2) + 1
    sock.sendall(f"{pow(g, private, p)}\n".encode())
    shared = pow(other, private, p)
    fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(str(shared).encode()).digest()))
    print("Key exchange done. You can chat now.")
    for line in stream:
        text = fernet.decrypt(line.encode()).decode()
        print("Server:", text)
        if text == "exit":
            break
    os._exit(0)

threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    if fernet is None:
        continue
    sock.sendall(fernet.encrypt(text.encode()) + b"\n")
    if text == "exit":
        break
