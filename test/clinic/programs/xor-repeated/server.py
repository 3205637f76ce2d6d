# Chat with XOR and the password "Kiwi" again and again. The length is in front, but recv may give less than asked for.
import socket

KEY = b"Kiwi"
HEADER = 8

def xor(data):
    return bytes(b ^ KEY[i % len(KEY)] for i, b in enumerate(data))

def send_msg(sock, text):
    data = xor(text.encode("utf-8"))
    sock.send(f"{len(data):<{HEADER}}".encode() + data)

def recv_msg(sock):
    header = sock.recv(HEADER)
    if not header:
        return None
    length = int(header)
    return xor(sock.recv(length)).decode("utf-8")

server = socket.socket()
server.bind(("localhost", 1234))
server.listen()
print("[SERVER] running on 1234")
client, address = server.accept()
print("[SERVER] someone joined from", address)
while True:
    msg = recv_msg(client)
    if msg is None or msg == "quit":
        print("[SERVER] client has left")
        break
    print("[CLIENT]", msg)
    answer = input("[YOU] ")
    send_msg(client, answer)
    if answer == "quit":
        break
client.close()
server.close()
