# Chat without threads: the server asks again and again whether something has come, and prints each time that nothing has.
import select
import socket
import sys

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", 6060))
server.listen(1)
print("Server waiting")
conn, addr = server.accept()
conn.setblocking(False)
print("Connected", addr)
while True:
    try:
        data = conn.recv(1024)
        if data:
            print("Client:", data.decode())
    except BlockingIOError:
        print("no message yet...")
    if select.select([sys.stdin], [], [], 0)[0]:
        text = sys.stdin.readline().strip()
        conn.send(text.encode())
