# Fernet chat, turn by turn. It reads at most 1024 bytes, so a message of 800 letters is cut and the program dies.
import socket
from cryptography.fernet import Fernet

f = Fernet(b"W0rAAbCdEfGhIjKlMnOpQrStUvWxYz0123456789abc=")

srv = socket.socket()
srv.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
srv.bind(("localhost", 3333))
srv.listen(1)
print("waiting for connection")
c, a = srv.accept()
print("got connection from", a)
while True:
    m = f.decrypt(c.recv(1024)).decode()
    print("client >>", m)
    if m == "exit":
        break
    m = input("server >> ")
    c.send(f.encrypt(m.encode()))
    if m == "exit":
        break
c.close()
