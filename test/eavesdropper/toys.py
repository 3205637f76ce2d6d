"""Chats in the toy ciphers and codes that students write. Prints JSON: a list of chats, each with its name, what it must be
told as, what its messages say, and what was sent for each, in hex. None of it is code of this program's."""
import base64, json

SAID = ["Hello", "Hi", "I am from cyber security department", "I am from Computer science department",
        "Nice to Meet you", "Nice to Meet you too", "Ok Bye", "Bye"]
GERMAN = ["Grüß Gott", "Schöne Grüße aus Köln", "Könnten wir uns später treffen?", "Natürlich, um fünf Uhr", "Tschüß"]
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
out = []

def chat(name, write, said=SAID, reads=lambda text: text, told=None):
    """`reads`: what of a text a code keeps."""
    sent = [write(text) for text in said]
    out.append({"name": name, "as": told or name, "said": [reads(text) for text in said],
                "sent": [(each if isinstance(each, bytes) else each.encode()).hex() for each in sent]})

def small(text):
    return text.lower()

def by_letter(write, between_letters, between_words):
    return lambda text: between_words.join(between_letters.join(write(letter) for letter in word)
                                           for word in text.lower().split())

# Codes of letters (ITU-R M.1677-1 for Morse).
MORSE = dict(zip(ALPHABET, (".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- "
                            ".-- -..- -.-- --..").split()))
for words in (" / ", "   ", " | "):
    chat("Morse code", by_letter(MORSE.get, " ", words), reads=small)
number = lambda letter: str(ord(letter) - 96)
for letters, words in (("-", " / "), (" ", "  "), (".", "/"), (",", "  "), (", ", " | ")):
    chat("A1Z26, numbers for letters", by_letter(number, letters, words), reads=small)
chat("A1Z26, numbers for letters", lambda t: " ".join("0" if c == " " else number(c) for c in t.lower()), reads=small)
chat("numbers for letters, from 0", by_letter(lambda c: str(ord(c) - 97), " ", " / "), reads=small)
SQUARE = "abcdefghiklmnopqrstuvwxyz"
place = lambda square: lambda letter: divmod(square.index(letter), 5)
digits = lambda letter: "%d%d" % tuple(1 + each for each in place(SQUARE)(letter))
for letters, words in ((" ", "  "), (" ", " / "), ("", " ")):
    chat("Polybius square", by_letter(digits, letters, words), reads=small)
TAPPED = "abcdefghijlmnopqrstuvwxyz"
taps = lambda letter: " ".join("." * (1 + each) for each in place(TAPPED)("c" if letter == "k" else letter))
no_k = lambda text: text.lower().replace("k", "c")
chat("tap code", by_letter(taps, "  ", " / "), reads=no_k)
chat("tap code", by_letter(taps, " ", "   "), reads=no_k)
for zero, one in ("AB", "ab", "01"):
    fives = lambda letter: format(ord(letter) - 97, "05b").replace("0", zero).replace("1", one)
    chat("Bacon’s cipher", by_letter(fives, " ", "  "), reads=small)
    chat("Bacon’s cipher", by_letter(fives, "", " "), reads=small)
BACONS = "abcdefghiklmnopqrstuwxyz"
old = lambda text: text.lower().replace("j", "i").replace("v", "u")
fives = lambda letter: format(BACONS.index(old(letter)), "05b").replace("0", "A").replace("1", "B")
chat("Bacon’s cipher, 24 letters", by_letter(fives, " ", "  "), reads=old)

# Letters for letters.
def letters(change):
    def write(text):
        return "".join(chr(change(ord(c.lower()) - 97) + (97 if c.islower() else 65)) if c.isalpha() else c for c in text)
    return write
for shift in (1, 3, 7, 13, 19, 25):
    chat(f"Caesar, shift {shift}" + (" (rot13)" if shift == 13 else ""), letters(lambda x: (x + shift) % 26))
chat("Atbash", letters(lambda x: 25 - x))
for a, b in ((5, 8), (7, 3), (3, 0), (11, 15), (25, 4)):
    chat(f"affine cipher, {a}x + {b}", letters(lambda x: (a * x + b) % 26))
ROWS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"]
for step, side in ((1, "right"), (-1, "left")):
    key = {c: row[(i + step) % len(row)] for row in ROWS for i, c in enumerate(row)}
    chat(f"keyboard shift, one key to the {side}", letters(lambda x: ord(key[ALPHABET[x]]) - 97))
chat("rot47", lambda t: "".join(chr(33 + (ord(c) - 33 + 47) % 94) if c != " " else c for c in t))
chat("printed characters plus 20", lambda t: "".join(chr(32 + (ord(c) - 32 + 20) % 95) for c in t))
chat("printed characters plus 60", lambda t: "".join(chr(33 + (ord(c) - 33 + 60) % 94) if c != " " else c for c in t))
chat("reversed text", lambda t: t[::-1])

# Letters in other places.
def rails(count):
    def write(text):
        order = sorted(range(len(text)), key=lambda i: min(i % (2 * count - 2), 2 * count - 2 - i % (2 * count - 2)))
        return "".join(text[i] for i in order)
    return write
for count in (2, 3, 4, 5):
    chat(f"rail fence, {count} rails", rails(count))
def columns(order):
    return lambda text: "".join(text[column - 1::len(order)] for column in order)
for order in ((2, 1), (3, 1, 2), (4, 1, 3, 2), (2, 4, 1, 5, 3), (1, 2, 3, 4), (3, 6, 1, 5, 2, 4)):
    chat("columns, order " + " ".join(map(str, order)), columns(order))
chat("neighbours exchanged", lambda t: "".join(t[i:i + 2][::-1] for i in range(0, len(t), 2)))

# Bytes in other letters.
def in_base(digits):
    def write(text):
        value, written = int.from_bytes(text.encode(), "big"), ""
        while value:
            value, digit = divmod(value, len(digits))
            written = digits[digit] + written
        return written
    return write
DIGITS = "0123456789"
chat("base36", in_base(DIGITS + ALPHABET))
chat("base36", in_base(DIGITS + ALPHABET.upper()))
chat("base58", in_base("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"))
chat("base62", in_base(DIGITS + ALPHABET.upper() + ALPHABET))
chat("base62", in_base(DIGITS + ALPHABET + ALPHABET.upper()))
BASE45 = DIGITS + ALPHABET.upper() + " $%*+-./:"
def base45(text):
    data, written = text.encode(), ""
    for at in range(0, len(data), 2):
        value = int.from_bytes(data[at:at + 2], "big")
        for _ in range(3 if at + 1 < len(data) else 2):
            value, digit = divmod(value, 45)
            written += BASE45[digit]
    return written
assert base45("Hello!!") == "%69 VD92EX0" and base45("base-45") == "UJCLQE7W581"  # RFC 9285, section 4.3
chat("base45", base45)
PYTHONS = DIGITS + ALPHABET.upper() + ALPHABET + "!#$%&()*+-;<=>?@^_`{|}~"
ZEROMQS = DIGITS + ALPHABET + ALPHABET.upper() + ".-:+=^!/*?&<>()[]{}@%$#"
chat("Z85", lambda t: base64.b85encode(t.encode()).decode().translate(str.maketrans(PYTHONS, ZEROMQS)))
BASE91 = ALPHABET.upper() + ALPHABET + DIGITS + "!#$%&()*+,./:;<=>?@[]^_`{|}~\""
def base91(text):
    held, bits, written = 0, 0, ""
    for byte in text.encode():
        held |= byte << bits
        bits += 8
        if bits > 13:
            taken = 13 if held & 8191 > 88 else 14
            value = held & (1 << taken) - 1
            held, bits = held >> taken, bits - taken
            written += BASE91[value % 91] + BASE91[value // 91]
    if bits:
        written += BASE91[held % 91] + (BASE91[held // 91] if bits > 7 or held > 90 else "")
    return written
chat("base91", base91)
chat("base100", lambda t: "".join(chr(0x1F3F7 + byte) for byte in t.encode()))
chat("base64, backwards", lambda t: base64.b64encode(t.encode())[::-1])
chat("Punycode", lambda t: t.encode("punycode"), said=GERMAN)

print(json.dumps(out))
