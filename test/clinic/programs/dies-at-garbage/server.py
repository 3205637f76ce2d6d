# Fernet chat. The server takes the next client after one has left, but one that sends garbage ends it: nothing catches it.
import socket
import threading
from cryptography.fernet import Fernet

fernet = Fernet(b"pJ7m3Xc9Vb1Nn5Kk2Ll8Hh4Gg6Ff0Dd3Ss7Aa1Qq9Ws=")
conn = None

def keyboard():
    while True:
        text = input()
        if conn:
            conn.sendall(fernet.encrypt(text.encode()) + b"\n")

def read_line(sock):
    line = b""
    while not line.endswith(b"\n"):
        part = sock.recv(1)
        if not part:
            return None
        line += part
    return line.strip()

server = socket.create_server(("127.0.0.1", 6789))
threading.Thread(target=keyboard, daemon=True).start()
print("Chat server on port 6789")
while True:
    conn, addr = server.accept()
    print("Hello", addr)
    while True:
        token = read_line(conn)
        if token is None:
            break
        text = fernet.decrypt(token).decode()
        if text == "exit":
            break
        print("Client:", text)
    conn.close()
    conn = None
    print("Bye", addr)
