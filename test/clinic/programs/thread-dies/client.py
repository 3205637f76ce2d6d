# Fernet chat. At the first message that does not open, the thread that receives ends without a word; the program lives on.
import socket
import threading
from cryptography.fernet import Fernet

fernet = Fernet(b"q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6j7k8l9z0x1c=")

sock = socket.create_connection(("127.0.0.1", 8665))
print("Connected to server")

def receive_messages():
    stream = sock.makefile("rb")
    try:
        while True:
            token = stream.readline()
            message = fernet.decrypt(token.strip()).decode()
            print("Server: " + message)
            if message == "exit":
                break
    except:
        pass

receiver = threading.Thread(target=receive_messages)
receiver.daemon = True
receiver.start()

while True:
    message = input()
    try:
        sock.send(fernet.encrypt(message.encode()) + b"\n")
    except OSError:
        pass
    if message == "exit":
        break
