# AES-CBC chat with a SHA-256 behind each message, the server. The hash has no key, so anybody can make it anew.
import os
import socket
import threading
from secure import SecureSocket

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 7777))
listener.listen(1)
print("listening on 7777 ...")
sock, _ = listener.accept()
listener.close()
chat = SecureSocket(sock, "server", "client")
print("ready")

def reader():
    while True:
        try:
            text = chat.recv()
        except (ConnectionError, ValueError) as problem:
            print("connection problem:", problem)
            os._exit(1)
        if text is None:
            print("!! integrity check failed, message ignored")
        elif text == "EXIT":
            print("the other side has left")
            os._exit(0)
        else:
            print("client>", text)

threading.Thread(target=reader, daemon=True).start()
while True:
    line = input()
    chat.send(line)
    if line == "EXIT":
        os._exit(0)
