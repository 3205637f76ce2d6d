# RSA and AES chat, the server. Its public key crosses as the numbers n and e in JSON, two pieces.
import base64
import json
import os
import socket
import threading
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

private = rsa.generate_private_key(65537, 2048)
numbers = private.public_key().public_numbers()
OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)

s = socket.create_server(("127.0.0.1", 7575))
print("Waiting")
sock, _ = s.accept()
stream = sock.makefile("r")
sock.sendall((json.dumps({"n": numbers.n}) + "\n").encode())
sock.sendall((json.dumps({"e": numbers.e}) + "\n").encode())
key = private.decrypt(base64.b64decode(json.loads(stream.readline())["key"]), OAEP)
box = AESGCM(key)
print("Ready")

def receive():
    for line in stream:
        data = base64.b64decode(json.loads(line)["text"])
        text = box.decrypt(data[:12], data[12:], None).decode()
        print("Client:", text)
        if text == "exit":
            break
    os._exit(0)

threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    nonce = os.urandom(12)
    data = base64.b64encode(nonce + box.encrypt(nonce, text.encode(), None)).decode()
    sock.sendall((json.dumps({"text": data}) + "\n").encode())
    if text == "exit":
        break
