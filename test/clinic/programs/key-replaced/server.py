# RSA + AES-GCM chat, the server. It sends its public key, and the client has no way to know whose key it gets.
import os
import socket
import sys
import threading
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from link import Link, read_frame, write_frame

OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
print("Generating RSA key...")
private_key = rsa.generate_private_key(65537, 2048)
pem = private_key.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
link = None

def keyboard():
    for line in sys.stdin:
        line = line.rstrip("\n")
        try:
            if link:
                link.send(line)
        except OSError as e:
            print("Not sent:", e)
        if line == "EXIT":
            os._exit(0)

def serve(conn, addr):
    global link
    try:
        write_frame(conn, pem)
        secret = private_key.decrypt(read_frame(conn), OAEP)
        mine = Link(conn, secret[32:], secret[:32])
        link = mine
        print("Secure connection with", addr[0])
        while True:
            text = mine.receive()
            if text == "EXIT":
                print("Client left")
                os._exit(0)
            print("Client>", text)
    except InvalidTag:
        print("SECURITY: a message was changed, repeated or forged. Connection closed.")
    except (OSError, ValueError) as e:
        print("Connection closed:", e)
    conn.close()

server = socket.create_server(("127.0.0.1", 8443))
print("Server ready on 8443")
threading.Thread(target=keyboard, daemon=True).start()
while True:
    threading.Thread(target=serve, args=server.accept(), daemon=True).start()
