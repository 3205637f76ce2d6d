# The client of a chat that floods its screen: when the server has gone, recv gives nothing, and it prints that for ever.
import socket
import threading

sock = socket.socket()
sock.connect(("127.0.0.1", 6060))
print("Connected")

def receive():
    while True:
        data = sock.recv(1024)
        print("Server:", data.decode())

threading.Thread(target=receive).start()
while True:
    text = input()
    sock.send(text.encode())
    if text == "exit":
        break
