# RSA by hand, with small primes, each letter on its own. Equal letters give equal numbers, and n is soon factored.
import random
import socket
import threading

def is_prime(n):
    return n > 1 and all(n % d for d in range(2, int(n ** 0.5) + 1))

def random_prime():
    while True:
        p = random.randint(1100, 9999)
        if is_prime(p) and (p - 1) % 17:
            return p

p, q = random_prime(), random_prime()
while q == p:
    q = random_prime()
n = p * q
e = 17
d = pow(e, -1, (p - 1) * (q - 1))

def encrypt(text, e, n):
    return " ".join(str(pow(ord(letter), e, n)) for letter in text)

def decrypt(numbers):
    return "".join(chr(pow(int(number), d, n)) for number in numbers.split())

conn = socket.socket()
conn.connect(("127.0.0.1", 7070))
lines = conn.makefile("r")
conn.sendall(f"{e},{n}\n".encode())
other_e, other_n = map(int, lines.readline().split(","))
print("My public key:", (e, n), "their public key:", (other_e, other_n))

def receive():
    for line in lines:
        text = decrypt(line)
        print("Server:", text)
        if text == "exit":
            break
    print("Press Enter to leave")
    conn.close()

threading.Thread(target=receive, daemon=True).start()
while True:
    text = input()
    try:
        conn.sendall((encrypt(text, other_e, other_n) + "\n").encode())
    except OSError:
        break
    if text == "exit":
        break
