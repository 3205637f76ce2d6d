# Fernet chat with numbers against replay. But both directions have one key, and both count from 1.
import os
import socket
import threading
from cryptography.fernet import Fernet, InvalidToken

fernet = Fernet(b"Zq4t7w9z0C1F2JaNdRgUkXp2s5v8y0B3E6H9KbPeShM=")
sent = 0
received = 0

def encrypt(text):
    global sent
    sent += 1
    return fernet.encrypt(f"{sent}:{text}".encode()) + b"\n"

def decrypt(token):
    global received
    number, text = fernet.decrypt(token).decode().split(":", 1)
    if int(number) != received + 1:
        raise ValueError(f"expected message {received + 1}, got {number}")
    received += 1
    return text

listening = socket.create_server(("127.0.0.1", 11000))
print("Waiting on 11000")
sock, address = listening.accept()
print("Chat is open, EXIT closes it")

def receive():
    for token in sock.makefile("rb"):
        try:
            text = decrypt(token.strip())
        except InvalidToken:
            print("WARNING: token is not valid")
            continue
        except ValueError as e:
            print("WARNING:", e)
            continue
        if text == "EXIT":
            break
        print("<client>", text)
    print("Chat is closed")
    os._exit(0)

threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    sock.sendall(encrypt(text))
    if text == "EXIT":
        os._exit(0)
