# ECDH chat in turns, the server. The keys of P-256 cross in PEM; the key of Fernet comes from HKDF.
import base64
import socket
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("localhost", 7474))
s.listen(1)
print("Waiting for connection")
sock, addr = s.accept()
mine = ec.generate_private_key(ec.SECP256R1())
pem = mine.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
sock.send(pem)
theirs = serialization.load_pem_public_key(sock.recv(1024))
shared = mine.exchange(ec.ECDH(), theirs)
key = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"handshake data").derive(shared)
fernet = Fernet(base64.urlsafe_b64encode(key))
print("Key exchange finished")
while True:
    data = sock.recv(4096)
    if not data:
        break
    text = fernet.decrypt(data).decode()
    print("Client:", text)
    if text == "exit":
        break
    text = input("You: ")
    sock.send(fernet.encrypt(text.encode()))
    if text == "exit":
        break
sock.close()
