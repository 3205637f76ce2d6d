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

srv = socket.socket()
srv.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
srv.bind(("", 9090))
srv.listen(1)
print("Waiting for client on 9090")
conn, _ = srv.accept()
params = {"key": os.urandom(32), "iv": os.urandom(16)}
conn.send(pickle.dumps(params))
chat = AESChat(params["key"], params["iv"])
print("Key sent, chat starts. The client writes first.")
while True:
    data = pickle.loads(conn.recv(4096))
    text = chat.decrypt(data["message"])
    print(f'{data["name"]}: {text}')
    if text == "q":
        break
    reply = input("> ")
    conn.send(pickle.dumps({"name": "server", "message": chat.encrypt(reply)}))
    if reply == "q":
        break
conn.close()
