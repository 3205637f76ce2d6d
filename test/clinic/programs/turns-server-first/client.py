# Chat in strict turns, and the server begins. Every byte is XORed with one number, which is soon guessed.
import socket

KEY = 42

def crypt(data):
    return bytes(byte ^ KEY for byte in data)

conn = socket.socket()
conn.connect(("127.0.0.1", 1337))
print("Waiting for the server's message...")
while True:
    text = crypt(conn.recv(1000)).decode()
    print("server:", text)
    if text == "over":
        break
    text = input("me: ")
    conn.send(crypt(text.encode()))
    if text == "over":
        break
conn.close()
