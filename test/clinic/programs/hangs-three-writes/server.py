# RSA + AES + SHA-256 chat. IV, ciphertext and hash go in three sends, and three recv wait for them.
# TCP may deliver all three at once: then the second recv waits for ever.
import hashlib
import os
import socket
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
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

private_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
server = socket.socket()
server.bind(("127.0.0.1", 12345))
server.listen(1)
print("Server waiting for connection...")
conn, addr = server.accept()
print("Connected:", addr)
conn.send(private_key.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
oaep = rsa_padding.OAEP(rsa_padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
aes_key = private_key.decrypt(conn.recv(256), oaep)
print("AES key received")
print(receive_message(conn, aes_key), "joined the chat")

while True:
    message = receive_message(conn, aes_key)
    print("Client:", message)
    if message == "EXIT":
        break
    reply = input("Server: ")
    send_message(conn, aes_key, reply)
    if reply == "EXIT":
        break
conn.close()
