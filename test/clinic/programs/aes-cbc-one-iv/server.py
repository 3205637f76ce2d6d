# AES-CBC chat, turn by turn. Key and IV stand in the source, the same for all messages, and nothing is checked.
import socket
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY = b"0123456789abcdef0123456789abcdef"
IV = b"1234567890123456"

def encrypt(message):
    padder = padding.PKCS7(128).padder()
    padded = padder.update(message.encode()) + padder.finalize()
    encryptor = Cipher(algorithms.AES(KEY), modes.CBC(IV)).encryptor()
    return encryptor.update(padded) + encryptor.finalize()

def decrypt(ciphertext):
    decryptor = Cipher(algorithms.AES(KEY), modes.CBC(IV)).decryptor()
    padded = decryptor.update(ciphertext) + decryptor.finalize()
    unpadder = padding.PKCS7(128).unpadder()
    return (unpadder.update(padded) + unpadder.finalize()).decode("utf-8", "replace")

def main():
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("localhost", 65432))
    server.listen(1)
    print("[*] Listening on port 65432")
    conn, addr = server.accept()
    print("[*] Accepted connection from %s:%d" % addr)
    while True:
        data = conn.recv(2048)
        if not data:
            break
        message = decrypt(data)
        print("[Client]: " + message)
        if message.lower() == "bye":
            break
        answer = input("[Server]: ")
        conn.sendall(encrypt(answer))
        if answer.lower() == "bye":
            break
    conn.close()
    print("[*] Connection closed")

if __name__ == "__main__":
    main()
