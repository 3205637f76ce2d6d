# Fernet chat, turn by turn. It reads at most 1024 bytes, so a message of 800 letters is cut and the program dies.
import socket
from cryptography.fernet import Fernet

f = Fernet(b"W0rAAbCdEfGhIjKlMnOpQrStUvWxYz0123456789abc=")

c = socket.socket()
c.connect(("localhost", 3333))
print("connected to server")
while True:
    m = input("client >> ")
    c.send(f.encrypt(m.encode()))
    if m == "exit":
        break
    m = f.decrypt(c.recv(1024)).decode()
    print("server >>", m)
    if m == "exit":
        break
c.close()
