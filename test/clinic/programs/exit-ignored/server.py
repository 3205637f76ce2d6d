# EXIT leaves the loop of the keyboard, but neither closes the connection nor tells the other thread: both programs stay.
import socket
import threading

server = socket.create_server(("127.0.0.1", 5047))
print("Listening")
sock, addr = server.accept()
print("Connected. Write EXIT to end the chat.")

def listen():
    buffer = b""
    while True:
        data = sock.recv(1024)
        if not data:
            return
        buffer += data
        *lines, buffer = buffer.split(b"\n")
        for line in lines:
            print("Client:", line.decode("utf-8", "replace"))

threading.Thread(target=listen).start()
while True:
    text = input()
    if text == "EXIT":
        break
    sock.sendall(text.encode() + b"\n")
print("Goodbye!")
