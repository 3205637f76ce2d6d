# RSA + AES-GCM chat, the client. It takes any public key that comes, so somebody in the middle can give it his own.
import os
import socket
import sys
import threading
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from link import Link, read_frame, write_frame

OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
conn = socket.create_connection(("127.0.0.1", 8443))
public_key = serialization.load_pem_public_key(read_frame(conn))
secret = os.urandom(64)
write_frame(conn, public_key.encrypt(secret, OAEP))
link = Link(conn, secret[:32], secret[32:])
print("Secure connection, type EXIT to leave")

def listen():
    try:
        while True:
            text = link.receive()
            if text == "EXIT":
                print("Server left")
                os._exit(0)
            print("Server>", text)
    except InvalidTag:
        print("SECURITY: a message was changed, repeated or forged. Connection closed.")
    except (OSError, ValueError) as e:
        print("Connection closed:", e)
    os._exit(1)

threading.Thread(target=listen, daemon=True).start()
for line in sys.stdin:
    link.send(line.rstrip("\n"))
    if line == "EXIT\n":
        break
