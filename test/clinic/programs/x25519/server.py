# X25519 chat, the server. 32 bytes each way, as they are, and nobody asks whose they are.
import os
import socket
import threading
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def digest(data):
    h = hashes.Hash(hashes.SHA256())
    h.update(data)
    return h.finalize()


s = socket.create_server(("127.0.0.1", 7373))
print("Server up")
sock, _ = s.accept()
private = X25519PrivateKey.generate()
sock.sendall(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
stream = sock.makefile("rb")
shared = private.exchange(X25519PublicKey.from_public_bytes(stream.read(32)))
box = ChaCha20Poly1305(digest(shared))
print("Connected, end with bye")


def receive():
    while True:
        size = stream.read(2)
        if not size:
            break
        data = stream.read(int.from_bytes(size, "big"))
        text = box.decrypt(data[:12], data[12:], b"").decode()
        print("Client says:", text)
        if text == "bye":
            break
    os._exit(0)


threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    nonce = os.urandom(12)
    data = nonce + box.encrypt(nonce, text.encode(), b"")
    sock.sendall(len(data).to_bytes(2, "big") + data)
    if text == "bye":
        break
