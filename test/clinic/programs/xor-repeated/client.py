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

client = socket.socket()
client.connect(("localhost", 1234))
print("[CLIENT] connected, type quit to end")
while True:
    msg = input("[YOU] ")
    send_msg(client, msg)
    if msg == "quit":
        break
    answer = recv_msg(client)
    if answer is None or answer == "quit":
        print("[CLIENT] server has left")
        break
    print("[SERVER]", answer)
client.close()
