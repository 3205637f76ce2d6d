# AES chat. The server packs key and IV with pickle and sends them as they are. A pickle is no secret, and can run code.
import os
import pickle
import socket
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

class AESChat:
    def __init__(self, key, iv):
        self.key, self.iv = key, iv

    def encrypt(self, text):
        enc = Cipher(algorithms.AES(self.key), modes.CFB(self.iv)).encryptor()
        return enc.update(text.encode()) + enc.finalize()

    def decrypt(self, data):
        dec = Cipher(algorithms.AES(self.key), modes.CFB(self.iv)).decryptor()
        return (dec.update(data) + dec.finalize()).decode(errors="replace")

conn = socket.socket()
conn.connect(("127.0.0.1", 9090))
params = pickle.loads(conn.recv(4096))
chat = AESChat(params["key"], params["iv"])
print("Key received, chat starts (q to quit)")
while True:
    text = input("> ")
    conn.send(pickle.dumps({"name": "client", "message": chat.encrypt(text)}))
    if text == "q":
        break
    data = pickle.loads(conn.recv(4096))
    reply = chat.decrypt(data["message"])
    print(f'{data["name"]}: {reply}')
    if reply == "q":
        break
conn.close()
