# AES in ECB mode: the same text gives the same bytes, and nobody notices a change. Messages have a length in front.
import struct
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY = b"ThisIsA16ByteKey"

def encrypt(text):
    padder = padding.PKCS7(128).padder()
    data = padder.update(text.encode()) + padder.finalize()
    aes = Cipher(algorithms.AES(KEY), modes.ECB()).encryptor()
    return aes.update(data) + aes.finalize()

def decrypt(data):
    aes = Cipher(algorithms.AES(KEY), modes.ECB()).decryptor()
    data = aes.update(data) + aes.finalize()
    unpadder = padding.PKCS7(128).unpadder()
    return (unpadder.update(data) + unpadder.finalize()).decode(errors="replace")

def recv_all(sock, n):
    data = b""
    while len(data) < n:
        more = sock.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data

def send(sock, text):
    data = encrypt(text)
    sock.sendall(struct.pack("!I", len(data)) + data)

def receive(sock):
    length = struct.unpack("!I", recv_all(sock, 4))[0]
    return decrypt(recv_all(sock, length))
