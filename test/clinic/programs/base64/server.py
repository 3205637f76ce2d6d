# "Encrypted" chat: base64 is no encryption, anybody can decode it. Also, one recv is taken for one message.
import base64
import socket
import threading

def encrypt(text):
    return base64.b64encode(text.encode())

def decrypt(data):
    return base64.b64decode(data).decode()

def receive(conn):
    while True:
        data = conn.recv(4096)
        if not data:
            print("Client disconnected")
            break
        message = decrypt(data)
        print("\nClient:", message)
        if message == "exit":
            break
    conn.close()

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("0.0.0.0", 9999))
server.listen()
print("Secure chat server started on port 9999")
conn, addr = server.accept()
print("Connection from", addr)
threading.Thread(target=receive, args=(conn,)).start()
while True:
    message = input("Server: ")
    conn.send(encrypt(message))
    if message == "exit":
        break
conn.close()
