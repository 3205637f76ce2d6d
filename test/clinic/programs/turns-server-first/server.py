# Chat in strict turns, and the server begins. Every byte is XORed with one number, which is soon guessed.
import socket

KEY = 42

def crypt(data):
    return bytes(byte ^ KEY for byte in data)

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 1337))
s.listen(1)
print("Waiting for a client...")
conn, addr = s.accept()
print("Client is here, you begin")
while True:
    text = input("me: ")
    conn.send(crypt(text.encode()))
    if text == "over":
        break
    text = crypt(conn.recv(1000)).decode()
    print("client:", text)
    if text == "over":
        break
conn.close()
