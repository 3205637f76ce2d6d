# Clean: what both programs need. Frames with a length in front, and a sealed channel. It has no fault that we know of.
import struct
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# We agreed on this when we met. It goes into the keys, so nobody else can take part in the exchange.
SECRET = bytes.fromhex("b9d6f1c3740e58a2916dc8075fe324bb3a6f90d41e7c2588ab03fd6e5912c4e7")
LIMIT = 1000000


def read_exactly(sock, count):
    data = b""
    while len(data) < count:
        part = sock.recv(count - len(data))
        if not part:
            raise ConnectionError("the other side is gone")
        data += part
    return data


class Channel:
    def __init__(self, sock, is_server):
        self.sock = sock
        mine = X25519PrivateKey.generate()
        my_public = mine.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.write_frame(my_public)
        their_public = self.read_frame(32)
        shared = mine.exchange(X25519PublicKey.from_public_bytes(their_public))
        publics = their_public + my_public if is_server else my_public + their_public
        keys = HKDF(hashes.SHA256(), 64, None, b"chat" + publics).derive(shared + SECRET)
        # One key for each direction: a message that is sent back does not open.
        client_key, server_key = AESGCM(keys[:32]), AESGCM(keys[32:])
        self.out, self.into = (server_key, client_key) if is_server else (client_key, server_key)
        self.sent = self.received = 0
        self.send("hello")
        self.receive()

    def write_frame(self, data):
        self.sock.sendall(struct.pack(">I", len(data)) + data)

    def read_frame(self, limit):
        (length,) = struct.unpack(">I", read_exactly(self.sock, 4))
        if length > limit:
            raise ValueError("a frame is too long")
        return read_exactly(self.sock, length)

    def send(self, text):
        # The number of the message is the nonce: no nonce twice, and a replay does not open.
        data = self.out.encrypt(self.sent.to_bytes(12, "big"), text.encode(), None)
        self.sent += 1
        self.write_frame(data)

    def receive(self):
        data = self.read_frame(LIMIT + 16)
        text = self.into.decrypt(self.received.to_bytes(12, "big"), data, None).decode()
        self.received += 1
        return text
