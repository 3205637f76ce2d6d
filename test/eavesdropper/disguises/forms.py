"""Chats in every disguise and every form, made by the codecs and the library of Python. Prints JSON:

    {disguise: {"said": [text, …], "other": text, "forms": {form: [[side, hex], …]}}}

`other` is a text that nobody said. Each element of a form is what one send() sent. The name of a disguise with a key has
the key behind it, as inspect tells it."""
import base64, codecs, gzip, hashlib, html, json, quopri, struct, urllib.parse, zlib

ENGLISH = ["Meet me at the old bridge tomorrow morning at eight", "Yes, and I will bring the map and the money with me",
           "Nobody must see us there, so come alone and be quiet", "All right, wait for my sign before you cross the river"]
# Without j, k, u and v, which share a place with another letter in some squares.
LETTERS_ALONE = ["meet me at the old gate in the morning at nine", "yes and i will bring the map and some bread with me",
                 "nobody sees me there so come alone and be silent", "alright wait for my sign before the others come"]
GERMAN = ["Grüße aus Köln, wir kommen morgen früh am Bahnhof an", "Schön, ich hole euch mit dem grünen Wagen dort ab",
          "Bringst du bitte die Schlüssel für das Häuschen mit?", "Natürlich, sie hängen schon über der Küchentür"]
FRENCH = ["Dès demain nous irons « à l’école » près de la forêt", "D’accord, mais il fera très froid là-bas, paraît-il",
          "J’ai déjà acheté une écharpe pour trois € au marché", "Alors à bientôt, et n’oublie pas le gâteau de Noël"]
POLISH = ["Cześć, jak się masz? Spotkajmy się jutro wieczorem", "Dobrze, będę późno, bo pociąg jedzie przez Łódź",
          "Weź proszę ze sobą książkę i żółty zeszyt z półki", "Wezmę też świeży chleb, bo tutaj już go nie mają"]
TURKISH = ["Teşekkür ederim, yarın akşam görüşürüz, şimdi değil", "Peki, çocuklar da gelecek mi, yoksa yalnız mısın?",
           "Kardeşim gelemiyor, çünkü sınavı için çalışıyor", "Öyleyse ikimiz için küçük bir masa ayırtacağım"]
RUSSIAN = ["Привет, как дела? Встретимся завтра у старого моста", "Хорошо, я приду в восемь часов и принесу карту",
           "Только никому не говори, что мы там встречаемся", "Конечно, никто ничего не узнает, до завтра"]
GREEK = ["Γεια σου, τι κάνεις; Θα σε δω αύριο στο σταθμό", "Καλά, θα είμαι εκεί στις οκτώ με τον χάρτη",
         "Μην το πεις σε κανέναν, είναι μεγάλο μυστικό", "Φυσικά, κανείς δεν θα μάθει τίποτα από μένα"]
HEBREW = ["שלום, מה שלומך היום? ניפגש מחר בתחנה הישנה", "טוב, אני אבוא בשעה שמונה ואביא את המפה",
          "אל תספר לאף אחד שאנחנו נפגשים שם מחר", "כמובן, אף אחד לא ידע שום דבר ממני"]
ARABIC = ["مرحبا كيف حالك اليوم؟ سوف نلتقي غدا في المحطة", "حسنا سوف أكون هناك في الساعة الثامنة مع الخريطة",
          "لا تخبر أحدا أننا سوف نلتقي هناك في الصباح", "طبعا لن يعرف أحد شيئا عن هذا الموضوع مني"]
THAI = ["สวัสดีครับ พรุ่งนี้เจอกันที่สถานีรถไฟเก่า", "ได้ครับ ผมจะไปถึงตอนแปดโมงพร้อมแผนที่",
        "อย่าบอกใครนะว่าเราจะเจอกันที่นั่น", "แน่นอนครับ จะไม่มีใครรู้เรื่องนี้จากผม"]
CHINESE = ["你好，今天天气怎么样？我们明天在车站见面吧", "好的，我八点钟到那里，会带上地图和钱",
           "不要告诉别人我们在那里见面，好不好", "当然，没有人会从我这里知道这件事"]
TAIWANESE = ["你好，今天天氣怎麼樣？我們明天在車站見面吧", "好的，我八點鐘到那裡，會帶上地圖和錢",
             "不要告訴別人我們在那裡見面，好不好", "當然，沒有人會從我這裡知道這件事"]
JAPANESE = ["こんにちは、お元気ですか？明日、駅で会いましょう", "はい、八時にそこへ行って、地図を持っていきます",
            "私たちが会うことは誰にも言わないでください", "もちろんです、誰にも知られないようにします"]
KOREAN = ["안녕하세요, 잘 지내세요? 내일 역에서 만나요", "좋아요, 여덟 시에 지도를 가지고 갈게요",
          "우리가 거기서 만나는 것을 아무에게도 말하지 마세요", "물론이죠, 아무도 이 일을 모를 거예요"]

NAMES = {"client": "anna", "server": "ben"}
SIDES = ["client", "server", "client", "server"]


def latin(letter):
    return letter.isascii() and letter.isalpha()

def shifted(letter, shift):
    base = ord("a") if letter.islower() else ord("A")
    return chr((ord(letter) - base + shift) % 26 + base)

def caesar(text):
    return "".join(shifted(c, 3) if latin(c) else c for c in text)

def atbash(text):
    return "".join(shifted(chr(25 + 2 * ord("a" if c.islower() else "A") - ord(c)), 0) if latin(c) else c for c in text)

def vigenere(text):
    out, at = "", 0
    for c in text:
        out += shifted(c, ord("lemon"[at % 5]) - ord("a")) if latin(c) else c
        at += latin(c)
    return out

def xor(data, key):
    return bytes(byte ^ key[at % len(key)] for at, byte in enumerate(data))

def digits(data, shape, between):
    return between.join(shape.format(byte) for byte in data)

def affine(text):
    return "".join(shifted(chr(5 * (ord(c.lower()) - 97) % 26 + (97 if c.islower() else 65)), 8) if latin(c) else c
                   for c in text)

KEYS = {c: row[(at + 1) % len(row)] for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm") for at, c in enumerate(row)}

def keyboard(text):
    return "".join(KEYS[c] if c in KEYS else KEYS[c.lower()].upper() if c.lower() in KEYS else c for c in text)

def rot47(text):
    return "".join(chr(33 + (ord(c) - 33 + 47) % 94) if c != " " else c for c in text)

def rails(text):
    return text[::4] + text[1::2] + text[2::4]

def columns(text):
    return text[2::3] + text[::3] + text[1::3]

def exchanged(text):
    return "".join(text[at : at + 2][::-1] for at in range(0, len(text), 2))

def by_letter(write, letters, words):
    return lambda text: words.join(letters.join(map(write, word)) for word in text.split())

MORSE = dict(zip("abcdefghijklmnopqrstuvwxyz", (".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. "
                                                "... - ..- ...- .-- -..- -.-- --..").split()))
SQUARE, TAPPED, BACONS = "abcdefghiklmnopqrstuvwxyz", "abcdefghijlmnopqrstuvwxyz", "abcdefghiklmnopqrstuwxyz"

def place(letter, square=SQUARE):
    return divmod(square.index(letter), 5)

def fives(number):
    return format(number, "05b").replace("0", "A").replace("1", "B")

def in_base(text, alphabet):
    value, out = int.from_bytes(text.encode(), "big"), ""
    while value:
        value, digit = divmod(value, len(alphabet))
        out = alphabet[digit] + out
    return out

DIGITS, SMALL = "0123456789", "abcdefghijklmnopqrstuvwxyz"
BASE45 = DIGITS + SMALL.upper() + " $%*+-./:"

def base45(text):
    data, out = text.encode(), ""
    for at in range(0, len(data), 2):
        value = int.from_bytes(data[at : at + 2], "big")
        for _ in data[at : at + 2] + b".":
            value, digit = divmod(value, 45)
            out += BASE45[digit]
    return out

PYTHONS = DIGITS + SMALL.upper() + SMALL + "!#$%&()*+-;<=>?@^_`{|}~"
ZEROMQS = DIGITS + SMALL + SMALL.upper() + ".-:+=^!/*?&<>()[]{}@%$#"

def z85(text):
    return base64.b85encode(text.encode()).decode().translate(str.maketrans(PYTHONS, ZEROMQS))

# Of letters: what each makes of the bytes of a text, which can then stand in any text.
LETTERS = {
    "base64": (GERMAN, lambda t: base64.b64encode(t.encode()).decode()),
    "hex": (GERMAN, lambda t: t.encode().hex()),
    "URL escapes": (GERMAN, lambda t: urllib.parse.quote(t)),
    "quoted-printable": (GERMAN, lambda t: quopri.encodestring(t.encode()).decode()),
    "base32": (GERMAN, lambda t: base64.b32encode(t.encode()).decode()),
    "base85": (GERMAN, lambda t: base64.b85encode(t.encode()).decode()),
    "ASCII85": (GERMAN, lambda t: base64.a85encode(t.encode()).decode()),
    "hex, byte by byte": (GERMAN, lambda t: t.encode().hex(":")),
    "octal numbers": (GERMAN, lambda t: digits(t.encode(), "{:03o}", " ")),
    "decimal numbers": (GERMAN, lambda t: str(list(t.encode()))),
    "binary digits": (GERMAN, lambda t: digits(t.encode(), "{:08b}", " ")),
    "a long number": (GERMAN, lambda t: str(int.from_bytes(t.encode(), "big"))),
    "backslash escapes": (GERMAN, lambda t: t.encode("unicode_escape").decode()),
    "HTML escapes": (GERMAN, lambda t: html.escape(t).encode("ascii", "xmlcharrefreplace").decode()),
    "uuencode": (GERMAN, lambda t: "\n".join(
        codecs.encode(t.encode()[at : at + 45], "uu").decode().split("\n")[1] for at in range(0, len(t.encode()), 45))),
    "UTF-7": (GERMAN, lambda t: t.encode("utf-7").decode()),
    "HZ": (CHINESE, lambda t: t.encode("hz").decode()),
    "UTF-8 encoded twice": (GERMAN, lambda t: t.encode().decode("latin-1")),
    "Caesar, shift 3": (ENGLISH, caesar),
    "Atbash": (ENGLISH, atbash),
    "reversed text": (ENGLISH, lambda t: t[::-1]),
    "Vigenère, key of 5 letters": (ENGLISH, vigenere),
    "affine cipher, 5x + 8": (ENGLISH, affine),
    "keyboard shift, one key to the right": (ENGLISH, keyboard),
    "rot47": (ENGLISH, rot47),
    "rail fence, 3 rails": (ENGLISH, rails),
    "columns, order 3 1 2": (ENGLISH, columns),
    "neighbours exchanged": (ENGLISH, exchanged),
    "Morse code": (LETTERS_ALONE, by_letter(MORSE.get, " ", " / ")),
    "tap code": (LETTERS_ALONE, by_letter(lambda c: " ".join("." * (1 + n) for n in place(c, TAPPED)), "  ", " / ")),
    "Polybius square": (LETTERS_ALONE, by_letter(lambda c: "%d%d" % tuple(1 + n for n in place(c)), " ", "  ")),
    "A1Z26, numbers for letters": (LETTERS_ALONE, by_letter(lambda c: str(ord(c) - 96), "-", " / ")),
    "numbers for letters, from 0": (LETTERS_ALONE, by_letter(lambda c: str(ord(c) - 97), " ", " / ")),
    "Bacon’s cipher": (LETTERS_ALONE, by_letter(lambda c: fives(ord(c) - 97), " ", "  ")),
    "Bacon’s cipher, 24 letters": (LETTERS_ALONE, by_letter(lambda c: fives(BACONS.index(c)), " ", "  ")),
    "base64, backwards": (GERMAN, lambda t: base64.b64encode(t.encode()).decode()[::-1]),
    "base36": (GERMAN, lambda t: in_base(t, DIGITS + SMALL)),
    "base58": (GERMAN, lambda t: in_base(t, "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")),
    "base62": (GERMAN, lambda t: in_base(t, DIGITS + SMALL.upper() + SMALL)),
    "base45": (GERMAN, base45),
    "Z85": (GERMAN, z85),
    "base100": (ENGLISH, lambda t: "".join(chr(0x1F3F7 + byte) for byte in t.encode())),
    "Punycode": (GERMAN, lambda t: t.encode("punycode").decode()),
}

def codec(name):
    return lambda t: t.encode(name)

# Of bytes: each makes them of all that would be sent as text, so of the JSON and not of a field in it.
BYTES = {
    "UTF-16LE": (GERMAN, codec("utf-16-le")),
    "UTF-16BE": (GERMAN, codec("utf-16-be")),
    "UTF-32LE": (GERMAN, codec("utf-32-le")),
    "UTF-32BE": (GERMAN, codec("utf-32-be")),
    "gzip": (GERMAN, lambda t: gzip.compress(t.encode(), mtime=0)),
    "zlib": (GERMAN, lambda t: zlib.compress(t.encode())),
    "Latin-1 or Windows-1252": (GERMAN, codec("latin-1")),
    "Windows-1252": (FRENCH, codec("cp1252")),
    "Windows-1250": (POLISH, codec("cp1250")),
    "ISO-8859-2": (POLISH, codec("iso-8859-2")),
    "Windows-1254": (TURKISH, codec("cp1254")),
    "Windows-1251": (RUSSIAN, codec("cp1251")),
    "KOI8-R": (RUSSIAN, codec("koi8-r")),
    "code page 866": (RUSSIAN, codec("cp866")),
    "ISO-8859-5": (RUSSIAN, codec("iso-8859-5")),
    "Mac Cyrillic": (RUSSIAN, codec("mac-cyrillic")),
    "Windows-1253": (GREEK, codec("cp1253")),
    "Windows-1255": (HEBREW, codec("cp1255")),
    "Windows-1256": (ARABIC, codec("cp1256")),
    "Windows-874": (THAI, codec("cp874")),
    "Mac Roman": (GERMAN, codec("mac-roman")),
    "code page 437 or 850": (GERMAN, codec("cp850")),
    "EBCDIC": (ENGLISH, codec("cp037")),
    "GBK or GB18030": (CHINESE, codec("gbk")),
    "Big5": (TAIWANESE, codec("big5")),
    "Shift-JIS": (JAPANESE, codec("shift_jis")),
    "EUC-JP": (JAPANESE, codec("euc-jp")),
    "EUC-KR": (KOREAN, codec("euc-kr")),
    "ISO-2022-JP": (JAPANESE, codec("iso2022_jp")),
    "ISO-2022-KR": (KOREAN, codec("iso2022_kr")),
    "XOR with the byte 0x2a": (ENGLISH, lambda t: xor(t.encode(), b"\x2a")),
    "XOR with a repeated key of 5 bytes": (ENGLISH, lambda t: xor(t.encode(), b"apple")),
    "each byte plus 3": (ENGLISH, lambda t: bytes((byte + 3) % 256 for byte in t.encode())),
}


def json_of(name, text, ascii):
    return json.dumps({"sender": name, "text": text}, ensure_ascii=ascii)

def hashed(text):
    return text + "|" + hashlib.sha256(text.encode()).hexdigest()

# What a program writes as text before it is sent: of (name, text, whether it is JSON in ASCII).
TEMPLATES = {
    "lines": lambda name, text, ascii: text + "\n",
    "lines that end in CR LF": lambda name, text, ascii: text + "\r\n",
    "JSON alone": json_of,
    "JSON lines": lambda *parts: json_of(*parts) + "\n",
    "name: text": lambda name, text, ascii: f"{name}: {text}\n",
    "text|hash": lambda name, text, ascii: hashed(text),
    "lines of text|hash": lambda name, text, ascii: hashed(text) + "\n",
}

def websocket(side, data, opcode):
    if side == "server":
        return bytes([0x80 | opcode, len(data)]) + data if len(data) < 126 else struct.pack("!BBH", 0x80 | opcode, 126, len(data)) + data
    mask = b"\x37\xfa\x21\x3d"
    head = bytes([0x80 | opcode, 0x80 | len(data)]) if len(data) < 126 else struct.pack("!BBH", 0x80 | opcode, 0xFE, len(data))
    return head + mask + xor(data, mask)

def http(side, data):
    line = "POST /say HTTP/1.1\r\nHost: chat.example" if side == "client" else "HTTP/1.1 200 OK"
    return f"{line}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data

# What a program puts around the bytes of a message: of (side, bytes). None: no program could take it apart again.
FRAMES = {
    "bare": lambda side, data: data,
    "length in 1 byte": lambda side, data: bytes([len(data)]) + data if len(data) < 256 else None,
    "length in 2 bytes, big endian": lambda side, data: struct.pack("!H", len(data)) + data,
    "length in 2 bytes, little endian": lambda side, data: struct.pack("<H", len(data)) + data,
    "length in 4 bytes, big endian": lambda side, data: struct.pack("!I", len(data)) + data,
    "length in 4 bytes, little endian": lambda side, data: struct.pack("<I", len(data)) + data,
    "header of 64 bytes": lambda side, data: str(len(data)).encode().ljust(64) + data,
    "block of 1,024 bytes": lambda side, data: data.ljust(1024, b"\0"),
    "netstring": lambda side, data: f"{len(data)}:".encode() + data + b",",
    "ends with a zero": lambda side, data: data + b"\0" if b"\0" not in data else None,
    "HTTP body": http,
    "base64, a line each": lambda side, data: base64.b64encode(data) + b"\n",
}

UPGRADE = {
    "client": b"GET /chat HTTP/1.1\r\nHost: chat.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    "server": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
}


def forms(said, encode, is_letters):
    """`encode` makes bytes of a text. Where these are letters, the templates are around them, and else inside."""
    def templated(template, side, text):
        name = NAMES[side]
        if is_letters:
            return template(name, encode(text).decode(), False).encode()
        return encode(template(name, text, False))

    made = {form: [[side, templated(template, side, text)] for side, text in zip(SIDES, said)]
            for form, template in TEMPLATES.items()}
    for form, frame in FRAMES.items():
        sent = [[side, frame(side, encode(text))] for side, text in zip(SIDES, said)]
        if all(data is not None for _, data in sent):
            made[form] = sent
    opcode = 1 if is_letters else 2
    made["WebSocket"] = list(map(list, UPGRADE.items())) + [
        [side, websocket(side, encode(text), opcode)] for side, text in zip(SIDES, said)]
    return {form: [[side, data.hex()] for side, data in sent] for form, sent in made.items()}


def chats():
    for disguises, is_letters in ((LETTERS, True), (BYTES, False)):
        for name, (said, encode) in disguises.items():
            encoded = (lambda text, encode=encode: encode(text).encode()) if is_letters else encode
            # Both halves cross, but in two messages and in the other order.
            other = said[3][len(said[3]) // 2 :] + said[0][: len(said[0]) // 2]
            control = [said[0], said[1], said[2], other]
            yield name, {"said": said, "other": other, "forms": forms(said, encoded, is_letters),
                         "control": forms(control, encoded, is_letters)["lines"]}

print(json.dumps(dict(chats())))
