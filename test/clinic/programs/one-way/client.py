# One way only: the client sends, the server shows. AES-GCM with a random nonce, but no numbers, and one recv a message.
import os
import socket
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

aes = AESGCM(b"a key of sixteen"[:16])

with socket.socket() as s:
    s.connect(("127.0.0.1", 8089))
    print("Connected, write your messages")
    while True:
        message = input("Message: ")
        nonce = os.urandom(12)
        s.sendall(nonce + aes.encrypt(nonce, message.encode(), None))
        if message == "exit":
            break
