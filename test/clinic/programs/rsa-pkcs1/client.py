# Chat with RSA alone, turn by turn: each has a key pair. The padding is PKCS #1 v1.5, and nobody signs anything.
import socket
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

private_key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
public_key = private_key.public_key()

def send_line(sock, data):
    sock.sendall(data.hex().encode() + b"\n")

def recv_line(sock):
    line = b""
    while not line.endswith(b"\n"):
        c = sock.recv(1)
        if not c:
            raise SystemExit("Connection closed")
        line += c
    return bytes.fromhex(line.decode())

def send_message(sock, text):
    # 117 bytes are the most that fit
    data = text.encode()
    for i in range(0, len(data) or 1, 117):
        more = b"+" if i + 117 < len(data) else b"."
        sock.sendall(more)
        send_line(sock, other_key.encrypt(data[i:i + 117], padding.PKCS1v15()))

def recv_message(sock):
    data = b""
    while True:
        more = sock.recv(1)
        data += private_key.decrypt(recv_line(sock), padding.PKCS1v15())
        if more != b"+":
            return data.decode()

sock = socket.socket()
sock.connect(("localhost", 5050))
send_line(sock, public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1))
other_key = serialization.load_der_public_key(recv_line(sock))
print("Keys exchanged")
while True:
    text = input("Client: ")
    send_message(sock, text)
    if text == "exit":
        break
    text = recv_message(sock)
    print("Server: " + text)
    if text == "exit":
        break
