# RSA + AES + SHA-256 chat. IV, ciphertext and hash go in three sends, and three recv wait for them.
# TCP may deliver all three at once: then the second recv waits for ever.
import hashlib
import os
import socket
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

def encrypt(key, iv, text):
    padder = padding.PKCS7(128).padder()
    data = padder.update(text.encode()) + padder.finalize()
    enc = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return enc.update(data) + enc.finalize()

def decrypt(key, iv, data):
    dec = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    return (unpadder.update(dec.update(data) + dec.finalize()) + unpadder.finalize()).decode()

def send_message(sock, key, text):
    iv = os.urandom(16)
    ciphertext = encrypt(key, iv, text)
    digest = hashlib.sha256(ciphertext).digest()
    sock.send(iv)
    sock.send(ciphertext)
    sock.send(digest)

def receive_message(sock, key):
    iv = sock.recv(1024)
    ciphertext = sock.recv(1024)
    digest = sock.recv(1024)
    if hashlib.sha256(ciphertext).digest() != digest:
        print("WARNING: message was modified!")
        return ""
    return decrypt(key, iv, ciphertext)

sock = socket.socket()
sock.connect(("127.0.0.1", 12345))
public_key = serialization.load_pem_public_key(sock.recv(4096))
aes_key = os.urandom(32)
oaep = rsa_padding.OAEP(rsa_padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
sock.send(public_key.encrypt(aes_key, oaep))
send_message(sock, aes_key, os.environ.get("USER", "somebody"))
print("Secure connection established")

while True:
    message = input("Client: ")
    send_message(sock, aes_key, message)
    if message == "EXIT":
        break
    reply = receive_message(sock, aes_key)
    print("Server:", reply)
    if reply == "EXIT":
        break
sock.close()
