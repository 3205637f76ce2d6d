# The client of a server that does not start.
import socket
import threading

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(("127.0.0.1", 9595))

def handle():
    while True:
        data = sock.recv(1024)
        if not data:
            break
        print("Server:", data.decode())

threading.Thread(target=handle).start()
while True:
    sock.send(input().encode())
