# AES chat in ECB mode, the client. The same text gives the same bytes, and nobody notices a change.
import os
import socket
import threading
from crypto import send, receive

conn = socket.socket()
conn.connect(("127.0.0.1", 8888))
print("connected")

def show():
    try:
        while True:
            text = receive(conn)
            print("Server says:", text)
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
