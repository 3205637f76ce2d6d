# RSA and AES chat, the client. It seals a new AES key for whatever n and e come.
import base64
import json
import os
import socket
import threading
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)

sock = socket.create_connection(("127.0.0.1", 7575))
stream = sock.makefile("r")
n = json.loads(stream.readline())["n"]
e = json.loads(stream.readline())["e"]
key = AESGCM.generate_key(256)
sealed = rsa.RSAPublicNumbers(e, n).public_key().encrypt(key, OAEP)
sock.sendall((json.dumps({"key": base64.b64encode(sealed).decode()}) + "\n").encode())
box = AESGCM(key)
print("Ready")

def receive():
    for line in stream:
        data = base64.b64decode(json.loads(line)["text"])
        text = box.decrypt(data[:12], data[12:], None).decode()
        print("Server:", text)
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
