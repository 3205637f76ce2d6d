# One way only: the client sends, the server shows. AES-GCM with a random nonce, but no numbers, and one recv a message.
import socket
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

aes = AESGCM(b"a key of sixteen"[:16])

with socket.socket() as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", 8089))
    s.listen()
    print("Receiver is ready")
    conn, addr = s.accept()
    print("Sender is here:", addr)
    while True:
        data = conn.recv(8192)
        if not data:
            print("Sender has gone")
            break
        try:
            message = aes.decrypt(data[:12], data[12:], None).decode()
        except (InvalidTag, ValueError):
            print("Could not decrypt a message")
            continue
        if message == "exit":
            break
        print("Received:", message)
