# Chat client, turn by turn. Everything goes in plaintext, and nothing marks where a message ends.
import socket

HOST = '127.0.0.1'
PORT = 5000

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect((HOST, PORT))
print("Connected. Type 'exit' to quit.")

while True:
    msg = input("You: ")
    s.send(msg.encode())
    if msg == 'exit':
        break
    data = s.recv(1024)
    if not data:
        break
    reply = data.decode()
    print("Server: " + reply)
    if reply == 'exit':
        break

s.close()
