# Encrypted chat with ChaCha20-Poly1305. The server accepts once, so a stranger who only connects has the place for ever.
import os
import socket
import struct
import threading
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

KEY = bytes(range(100, 132))
box = ChaCha20Poly1305(KEY)

def send(sock, text, number, who):
    nonce = os.urandom(12)
    data = nonce + box.encrypt(nonce, text.encode(), f"{who}{number}".encode())
    sock.sendall(struct.pack("<I", len(data)) + data)

def read(stream, n):
    data = stream.read(n)
    if len(data) < n:
        raise EOFError
    return data

def receive(stream, number, who):
    (length,) = struct.unpack("<I", read(stream, 4))
    data = read(stream, min(length, 1 << 20))
    return box.decrypt(data[:12], data[12:], f"{who}{number}".encode()).decode()

server = socket.create_server(("127.0.0.1", 9191))
print("One client, please")
sock, _ = server.accept()
print("Here we go")

def show():
    stream = sock.makefile("rb")
    number = 0
    while True:
        try:
            text = receive(stream, number, "client")
        except Exception as e:
            print("The chat ends:", repr(e))
            os._exit(1)
        number += 1
        if text == "END":
            print("Client has left")
            os._exit(0)
        print("Client:", text)

threading.Thread(target=show, daemon=True).start()
number = 0
while True:
    text = input()
    send(sock, text, number, "server")
    number += 1
    if text == "END":
        os._exit(0)
