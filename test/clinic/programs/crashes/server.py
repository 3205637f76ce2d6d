# This server does not start: there is a mistake in its first lines. Its author ran another copy.
import socket
import threading

HOST = "127.0.0.1"
server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind((HOST, PORT))
PORT = 9595
server.listen()

def handle(conn):
    while True:
        data = conn.recv(1024)
        if not data:
            break
        print("Client:", data.decode())

def write(conn):
    while True:
        conn.send(input().encode())

conn, addr = server.accept()
threading.Thread(target=handle, args=(conn,)).start()
write(conn)
