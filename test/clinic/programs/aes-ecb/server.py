# AES chat in ECB mode, the server. The same text gives the same bytes, and nobody notices a change.
import os
import socket
import threading
from crypto import send, receive

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 8888))
s.listen()
print("waiting...")
conn, addr = s.accept()
print("connected:", addr)

def show():
    try:
        while True:
            text = receive(conn)
            print("Client says:", text)
            if text == "exit":
                break
    except (EOFError, OSError, ValueError) as e:
        print("Error:", e)
    os._exit(0)

threading.Thread(target=show, daemon=True).start()
while True:
    text = input()
    send(conn, text)
    if text == "exit":
        break
