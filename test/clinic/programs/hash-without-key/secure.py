# AES-CBC with a SHA-256 of the ciphertext behind it. The hash has no key: who changes the message makes it anew.
import hashlib
import os
import struct
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEYS = {"client": hashlib.sha256(b"client to server").digest(), "server": hashlib.sha256(b"server to client").digest()}

class SecureSocket:
    def __init__(self, sock, me, other):
        self.sock = sock
        self.my_key = KEYS[me]
        self.other_key = KEYS[other]

    def send(self, text):
        iv = os.urandom(16)
        p = padding.PKCS7(128).padder()
        e = Cipher(algorithms.AES(self.my_key), modes.CBC(iv)).encryptor()
        body = iv + e.update(p.update(text.encode()) + p.finalize()) + e.finalize()
        packet = body + hashlib.sha256(body).digest()
        self.sock.sendall(struct.pack(">L", len(packet)) + packet)

    def recv_exact(self, n):
        got = b""
        while len(got) < n:
            chunk = self.sock.recv(n - len(got))
            if chunk == b"":
                raise ConnectionError("closed")
            got += chunk
        return got

    def recv(self):
        (n,) = struct.unpack(">L", self.recv_exact(4))
        if n > 10_000_000:
            raise ConnectionError("too long")
        packet = self.recv_exact(n)
        body, digest = packet[:-32], packet[-32:]
        if hashlib.sha256(body).digest() != digest:
            return None
        d = Cipher(algorithms.AES(self.other_key), modes.CBC(body[:16])).decryptor()
        u = padding.PKCS7(128).unpadder()
        return (u.update(d.update(body[16:]) + d.finalize()) + u.finalize()).decode("utf-8", "replace")
