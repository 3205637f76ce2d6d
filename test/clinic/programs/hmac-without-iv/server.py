# AES-CBC + HMAC-SHA256 chat. The HMAC is over the ciphertext and its number, but the IV is left out.
import base64
import hashlib
import hmac
import json
import os
import socket
import threading
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PASSWORD = b"correct horse"

def keys(name):
    material = hashlib.pbkdf2_hmac("sha256", PASSWORD, name.encode(), 100000, 64)
    return material[:32], material[32:]

class Crypto:
    def __init__(self, name):
        self.enc_key, self.mac_key = keys(name)
        self.number = 0

    def seal(self, text):
        self.number += 1
        iv = os.urandom(16)
        padder = padding.PKCS7(128).padder()
        aes = Cipher(algorithms.AES(self.enc_key), modes.CBC(iv)).encryptor()
        data = aes.update(padder.update(text.encode()) + padder.finalize()) + aes.finalize()
        mac = hmac.new(self.mac_key, str(self.number).encode() + data, hashlib.sha256).hexdigest()
        return json.dumps({"iv": base64.b64encode(iv).decode(), "data": base64.b64encode(data).decode(), "mac": mac})

    def unseal(self, line):
        message = json.loads(line)
        iv, data = base64.b64decode(message["iv"]), base64.b64decode(message["data"])
        mac = hmac.new(self.mac_key, str(self.number + 1).encode() + data, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(mac, message["mac"]):
            raise ValueError("HMAC is wrong")
        self.number += 1
        aes = Cipher(algorithms.AES(self.enc_key), modes.CBC(iv)).decryptor()
        unpadder = padding.PKCS7(128).unpadder()
        return (unpadder.update(aes.update(data) + aes.finalize()) + unpadder.finalize()).decode("utf-8", "replace")

server = socket.create_server(("127.0.0.1", 9443))
print("Waiting for connection on 9443...")
conn, addr = server.accept()
print("Connected by", addr[0])
mine, theirs = Crypto("server"), Crypto("client")

def receive():
    try:
        for line in conn.makefile("rb"):
            try:
                text = theirs.unseal(line)
            except Exception as e:
                print("[!] message rejected:", e)
                continue
            print("Client:", text)
            if text == "quit":
                break
    except OSError as e:
        print("[!]", e)
    os._exit(0)

threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    conn.sendall(mine.seal(text).encode() + b"\n")
    if text == "quit":
        os._exit(0)
