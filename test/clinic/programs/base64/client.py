# "Encrypted" chat: base64 is no encryption, anybody can decode it. Also, one recv is taken for one message.
import base64
import socket
import threading

def encrypt(text):
    return base64.b64encode(text.encode())

def decrypt(data):
    return base64.b64decode(data).decode()

def receive(sock):
    while True:
        data = sock.recv(4096)
        if not data:
            print("Server disconnected")
            break
        message = decrypt(data)
        print("\nServer:", message)
        if message == "exit":
            break
    sock.close()

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(("127.0.0.1", 9999))
print("Connected to secure chat")
threading.Thread(target=receive, args=(sock,)).start()
while True:
    message = input("Client: ")
    sock.send(encrypt(message))
    if message == "exit":
        break
sock.close()
