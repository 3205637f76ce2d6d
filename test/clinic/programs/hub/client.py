# The client of a chat room: it asks for a name, then takes lines "recipient: text". All of it goes in plaintext.
import os
import socket
import threading

sock = socket.create_connection(("127.0.0.1", 2222))
stream = sock.makefile("r", encoding="utf-8")
print(stream.readline().strip())
name = input("> ")
sock.sendall(name.encode() + b"\n")

def show():
    for line in stream:
        print(line.rstrip())
    print("Connection closed")
    os._exit(0)

threading.Thread(target=show, daemon=True).start()
while True:
    line = input()
    sock.sendall(line.encode("utf-8") + b"\n")
    if line == "EXIT":
        break
