# Diffie-Hellman chat with the package cryptography, the server. The keys cross in PEM, and nobody asks whose they are.
import os
import socket
import struct
import threading
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dh
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

# The group of 2048 bits of RFC 3526
P = int(
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74"
    "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437"
    "4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed"
    "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05"
    "98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb"
    "9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b"
    "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf695581718"
    "3995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff",
    16,
)
PARAMETERS = dh.DHParameterNumbers(P, 2).parameters()


def send(sock, data):
    sock.sendall(struct.pack("!I", len(data)) + data)


def read(stream):
    (length,) = struct.unpack("!I", stream.read(4))
    return stream.read(length)


s = socket.create_server(("127.0.0.1", 7272))
print("Waiting")
sock, _ = s.accept()
stream = sock.makefile("rb")
private = PARAMETERS.generate_private_key()
send(sock, private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
shared = private.exchange(load_pem_public_key(read(stream)))
key = HKDF(hashes.SHA256(), 32, None, b"handshake data").derive(shared)
box = AESGCM(key)
print("Secure. Type a message.")


def receive():
    try:
        while True:
            data = read(stream)
            text = box.decrypt(data[:12], data[12:], None).decode()
            print("Client>", text)
            if text == "quit":
                break
    except Exception as error:
        print("It is over:", repr(error))
    os._exit(0)


threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    nonce = os.urandom(12)
    send(sock, nonce + box.encrypt(nonce, text.encode(), None))
    if text == "quit":
        break
