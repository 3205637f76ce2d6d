# What both programs need: frames, and AES-GCM with numbers and a key for each direction. All of it is sound.
import struct
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

def read_exactly(sock, n):
    data = b""
    while len(data) < n:
        part = sock.recv(n - len(data))
        if not part:
            raise ConnectionError("connection closed")
        data += part
    return data

def write_frame(sock, data):
    sock.sendall(struct.pack(">I", len(data)) + data)

def read_frame(sock):
    length = struct.unpack(">I", read_exactly(sock, 4))[0]
    if length > 2_000_000:
        raise ConnectionError("frame too long")
    return read_exactly(sock, length)

class Link:
    def __init__(self, sock, send_key, receive_key):
        self.sock = sock
        self.out, self.into = AESGCM(send_key), AESGCM(receive_key)
        self.sent = self.got = 0

    def send(self, text):
        nonce = struct.pack(">IQ", 0, self.sent)
        self.sent += 1
        write_frame(self.sock, self.out.encrypt(nonce, text.encode(), None))

    def receive(self):
        text = self.into.decrypt(struct.pack(">IQ", 0, self.got), read_frame(self.sock), None)
        self.got += 1
        return text.decode()
