# Fernet chat. The server takes the next client after one has left, but one that sends garbage ends it: nothing catches it.
import os
import socket
import threading
from cryptography.fernet import Fernet

fernet = Fernet(b"pJ7m3Xc9Vb1Nn5Kk2Ll8Hh4Gg6Ff0Dd3Ss7Aa1Qq9Ws=")
sock = socket.create_connection(("127.0.0.1", 6789))
print("Connected")

def receive():
    for token in sock.makefile("rb"):
        print("Server:", fernet.decrypt(token.strip()).decode())
    print("Disconnected")
    os._exit(0)

threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    sock.sendall(fernet.encrypt(text.encode()) + b"\n")
    if text == "exit":
        break
