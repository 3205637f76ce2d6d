# Chat server, turn by turn. Everything goes in plaintext, and nothing marks where a message ends.
import socket

HOST = '127.0.0.1'
PORT = 5000

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind((HOST, PORT))
s.listen(1)
print("Server is listening...")
conn, addr = s.accept()
print("Connected by", addr)

while True:
    data = conn.recv(1024)
    if not data:
        break
    msg = data.decode()
    print("Client: " + msg)
    if msg == 'exit':
        break
    reply = input("You: ")
    conn.send(reply.encode())
    if reply == 'exit':
        break

conn.close()
s.close()
