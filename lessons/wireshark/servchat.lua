-- A Wireshark dissector for servchat. The protocol is described in src/protocol/README.md.
--
-- For Wireshark 3.6 to 4.6, which have Lua 5.2 to 5.4. `servchat wireshark install` installs it. To try it once:
--
--     wireshark -X lua_script:servchat.lua CAPTURE
--
-- From top to bottom: bytes and hashes, lines, conversations, the tree, and the registration with Wireshark. Only the
-- last two parts use Wireshark's API. A packet may contain anything. Nothing above the tree can fail on it. If the tree
-- fails, in a version of Wireshark that we did not try, the packet says so and nothing else happens.

local DEFAULT_PORT = 4747

-- `npm run dissector` makes this part from the tables of src/protocol/. Change it there.
local VERSION = 'servchat/1'
local MAX_LINE_BYTES = 65536
local SESSION_KEY_BYTES = 64
local CHECK_BYTES = 32
local MODES = { 'plaintext', 'encrypted', 'tls' }
local ERROR_CODES = {
  'mode-mismatch',
  'plaintext-mode',
  'tls-mode',
  'unsupported-version',
  'integrity-refused',
  'bad-frame',
  'line-too-long',
  'weak-key',
  'rejected',
  'busy',
  'timeout',
}
local CHECKS = {
  ['sha256'] = { algorithm = 'SHA-256', keyed = false, covers = 'token', placed = false },
  ['hmac-sha256'] = { algorithm = 'HMAC-SHA256', keyed = true, covers = 'token', placed = false },
  ['hmac-sha256-seq'] = { algorithm = 'HMAC-SHA256', keyed = true, covers = 'place and token', placed = true },
}
-- The end of the generated part.

local MAX_KEY_LOG_BYTES = 16 * 1024 * 1024
-- Twice the size of the largest RSA key that the protocol accepts (8192 bits) as SPKI DER.
local MAX_PUBLIC_KEY_BYTES = 2048

-- We show at most this many lines of a packet, and one more for each so many bytes of the packet. Each MESSAGE is
-- longer than that, so only a flood of short lines has more. The packet says how many lines are not shown.
local LINES_SHOWN, BYTES_A_LINE = 50, 160
-- The packet list shows at most this many of them.
local LINES_LISTED = 20

-------------------------------------------------------------------------------------------------------------------------
-- Bits. Lua 5.2 has functions for them. Later versions have operators, which 5.2 cannot even parse.
-------------------------------------------------------------------------------------------------------------------------

local band, bxor, rshift, rrotate
local bit32 = rawget(_G, 'bit32')
if bit32 then
  band, bxor, rshift, rrotate = bit32.band, bit32.bxor, bit32.rshift, bit32.rrotate
else
  band, bxor, rshift, rrotate = load([[
    return function(a, b) return a & b end,
      function(a, b, c) return c and a ~ b ~ c or a ~ b end,
      function(a, n) return a >> n end,
      function(a, n) return (a >> n | a << (32 - n)) & 0xffffffff end
  ]])()
end

local function hex(bytes)
  return (bytes:gsub('.', function(byte) return ('%02x'):format(byte:byte()) end))
end

-- `digits` must be an even number of hex digits.
local function unhex(digits)
  return (digits:gsub('%x%x', function(pair) return string.char(tonumber(pair, 16)) end))
end

local function uint32(bytes, at)
  local a, b, c, d = bytes:byte(at, at + 3)
  return a * 0x1000000 + b * 0x10000 + c * 0x100 + d
end

local function uint32_bytes(number)
  return string.char(rshift(number, 24), band(rshift(number, 16), 0xff), band(rshift(number, 8), 0xff), band(number, 0xff))
end

-------------------------------------------------------------------------------------------------------------------------
-- SHA-256 (FIPS 180-4) and HMAC (RFC 2104). Wireshark's Lua has neither in any version that this file is for.
-------------------------------------------------------------------------------------------------------------------------

-- The first 32 bits of the fraction of each prime's root (FIPS 180-4, sections 4.2.2 and 5.3.3).
local function root_fractions(count, exponent)
  local fractions, candidate = {}, 2
  while #fractions < count do
    local prime = true
    for divisor = 2, math.floor(math.sqrt(candidate)) do
      if candidate % divisor == 0 then prime = false end
    end
    if prime then fractions[#fractions + 1] = math.floor(candidate ^ exponent % 1 * 2 ^ 32) end
    candidate = candidate + 1
  end
  return fractions
end

local SHA256_K = root_fractions(64, 1 / 3)
local SHA256_START = root_fractions(8, 1 / 2)

local function sha256_block(state, bytes, at)
  local w = {}
  for t = 1, 16 do w[t] = uint32(bytes, at + 4 * (t - 1)) end
  for t = 17, 64 do
    local x, y = w[t - 15], w[t - 2]
    local s0 = bxor(rrotate(x, 7), rrotate(x, 18), rshift(x, 3))
    local s1 = bxor(rrotate(y, 17), rrotate(y, 19), rshift(y, 10))
    w[t] = (w[t - 16] + s0 + w[t - 7] + s1) % 0x100000000
  end
  local a, b, c, d, e, f, g, h = state[1], state[2], state[3], state[4], state[5], state[6], state[7], state[8]
  for t = 1, 64 do
    local big1 = bxor(rrotate(e, 6), rrotate(e, 11), rrotate(e, 25))
    local choice = bxor(g, band(e, bxor(f, g)))
    local first = h + big1 + choice + SHA256_K[t] + w[t]
    local big0 = bxor(rrotate(a, 2), rrotate(a, 13), rrotate(a, 22))
    local majority = bxor(band(a, b), band(c, bxor(a, b)))
    h, g, f, e, d, c, b, a = g, f, e, (d + first) % 0x100000000, c, b, a, (first + big0 + majority) % 0x100000000
  end
  local added = { a, b, c, d, e, f, g, h }
  for i = 1, 8 do state[i] = (state[i] + added[i]) % 0x100000000 end
end

local function sha256(bytes)
  local state = {}
  for i = 1, 8 do state[i] = SHA256_START[i] end
  local zeros = ('\0'):rep((55 - #bytes) % 64)
  local padded = bytes .. '\128' .. zeros .. uint32_bytes(math.floor(#bytes / 0x20000000)) .. uint32_bytes(#bytes * 8 % 0x100000000)
  for at = 1, #padded, 64 do sha256_block(state, padded, at) end
  local digest = {}
  for i = 1, 8 do digest[i] = uint32_bytes(state[i]) end
  return table.concat(digest)
end

-- `key` has at most 64 bytes.
local function hmac_sha256(key, bytes)
  local function padded(with)
    local block = key .. ('\0'):rep(64 - #key)
    return (block:gsub('.', function(byte) return string.char(bxor(byte:byte(), with)) end))
  end
  return sha256(padded(0x5c) .. sha256(padded(0x36) .. bytes))
end

-------------------------------------------------------------------------------------------------------------------------
-- AES-128 in CBC mode, decrypting only (FIPS 197, section 5.3; NIST SP 800-38A, section 6.2).
-------------------------------------------------------------------------------------------------------------------------

-- A product in the field of FIPS 197, section 4.2.
local function field_product(a, b)
  local product = 0
  while b > 0 do
    if b % 2 == 1 then product = bxor(product, a) end
    a = a * 2
    if a > 0xff then a = bxor(a, 0x11b) end
    b = math.floor(b / 2)
  end
  return product
end

local SBOX, INVERSE_SBOX, TIMES = {}, {}, {}

local function fill_aes_tables()
  if SBOX[0] then return end
  for _, factor in ipairs({ 9, 11, 13, 14 }) do
    TIMES[factor] = {}
    for byte = 0, 255 do TIMES[factor][byte] = field_product(byte, factor) end
  end
  -- 3 generates all bytes except zero, so the inverse of 3^n is 3^(255 - n).
  local powers = { [0] = 1 }
  for n = 1, 255 do powers[n] = field_product(powers[n - 1], 3) end
  local inverse = { [0] = 0 }
  for n = 0, 254 do inverse[powers[n]] = powers[255 - n] end
  for byte = 0, 255 do
    local x = inverse[byte]
    local y = bxor(x, 0x63)
    for _ = 1, 4 do
      x = band(x * 2, 0xff) + rshift(x, 7)
      y = bxor(y, x)
    end
    SBOX[byte], INVERSE_SBOX[y] = y, byte
  end
end

-- 176 bytes, from 1: eleven round keys of 16 (FIPS 197, section 5.2).
local function aes_round_keys(key)
  local expanded = { key:byte(1, 16) }
  local constant = 1
  for at = 17, 173, 4 do
    local word = { expanded[at - 4], expanded[at - 3], expanded[at - 2], expanded[at - 1] }
    if (at - 1) % 16 == 0 then
      word = { bxor(SBOX[word[2]], constant), SBOX[word[3]], SBOX[word[4]], SBOX[word[1]] }
      constant = field_product(constant, 2)
    end
    for i = 1, 4 do expanded[at + i - 1] = bxor(expanded[at + i - 17], word[i]) end
  end
  return expanded
end

local function aes_decrypt_block(round_keys, block)
  local state = {}
  for i = 1, 16 do state[i] = bxor(block[i], round_keys[160 + i]) end
  for round = 9, 0, -1 do
    local moved = {}
    for column = 0, 3 do
      for row = 0, 3 do
        local to = 4 * ((column + row) % 4) + row + 1
        moved[to] = bxor(INVERSE_SBOX[state[4 * column + row + 1]], round_keys[16 * round + to])
      end
    end
    if round > 0 then
      local t9, t11, t13, t14 = TIMES[9], TIMES[11], TIMES[13], TIMES[14]
      for at = 1, 13, 4 do
        local a, b, c, d = moved[at], moved[at + 1], moved[at + 2], moved[at + 3]
        moved[at] = bxor(bxor(t14[a], t11[b]), bxor(t13[c], t9[d]))
        moved[at + 1] = bxor(bxor(t9[a], t14[b]), bxor(t11[c], t13[d]))
        moved[at + 2] = bxor(bxor(t13[a], t9[b]), bxor(t14[c], t11[d]))
        moved[at + 3] = bxor(bxor(t11[a], t13[b]), bxor(t9[c], t14[d]))
      end
    end
    state = moved
  end
  return state
end

-- Returns the text without its PKCS#7 padding, or nil if the padding is wrong. `ciphertext` must be one or more whole
-- blocks.
local function aes_cbc_decrypt(key, iv, ciphertext)
  fill_aes_tables()
  local round_keys = aes_round_keys(key)
  local previous = { iv:byte(1, 16) }
  local parts = {}
  for at = 1, #ciphertext, 16 do
    local block = { ciphertext:byte(at, at + 15) }
    local opened = aes_decrypt_block(round_keys, block)
    for i = 1, 16 do opened[i] = string.char(bxor(opened[i], previous[i])) end
    parts[#parts + 1] = table.concat(opened)
    previous = block
  end
  local padded = table.concat(parts)
  local padding = padded:byte(-1)
  if padding < 1 or padding > 16 or padded:sub(-padding) ~= string.char(padding):rep(padding) then return nil end
  return padded:sub(1, -padding - 1)
end

-------------------------------------------------------------------------------------------------------------------------
-- base64, decoded strictly: a text is refused if encoding its bytes gives another text (src/bytes/base64.ts).
-------------------------------------------------------------------------------------------------------------------------

local LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

local function alphabet(last_two)
  local values = {}
  local characters = LETTERS_AND_DIGITS .. last_two
  for i = 1, 64 do values[characters:byte(i)] = i - 1 end
  return values
end

local BASE64, BASE64URL = alphabet('+/'), alphabet('-_')

-- Returns the bytes, or nil. An empty text gives nil too, because the protocol never encodes empty bytes.
local function base64_bytes(text, values)
  if #text == 0 or #text % 4 ~= 0 then return nil end
  local padding = #text:match('=*$')
  if padding > 2 then return nil end
  local parts = {}
  for at = 1, #text - padding, 4 do
    local a, b, c, d = text:byte(at, at + 3)
    local v1, v2 = values[a], values[b]
    local last = at + 4 > #text
    local v3 = last and padding == 2 and 0 or values[c]
    local v4 = last and padding > 0 and 0 or values[d]
    if not (v1 and v2 and v3 and v4) then return nil end
    local group = v1 * 0x40000 + v2 * 0x1000 + v3 * 0x40 + v4
    -- Only one spelling is accepted: the bits that padding leaves over must be zero.
    if last and group % 0x100 ^ padding ~= 0 then return nil end
    parts[#parts + 1] = uint32_bytes(group):sub(2, last and 4 - padding or 4)
  end
  return table.concat(parts)
end

-------------------------------------------------------------------------------------------------------------------------
-- Text: whether bytes are UTF-8 (RFC 3629, section 4), and how to show them safely.
-------------------------------------------------------------------------------------------------------------------------

-- The number of bytes of the UTF-8 character at `at`, or nil if no character begins there.
local function character_length(bytes, at)
  local a, b, c, d = bytes:byte(at, at + 3)
  local function continues(byte) return byte and byte >= 0x80 and byte < 0xc0 end
  if a < 0x80 then return 1 end
  if a < 0xc2 or a > 0xf4 or not continues(b) then return nil end
  if a < 0xe0 then return 2 end
  if a < 0xf0 then
    if a == 0xe0 and b < 0xa0 or a == 0xed and b >= 0xa0 or not continues(c) then return nil end
    return 3
  end
  if a == 0xf0 and b < 0x90 or a == 0xf4 and b >= 0x90 or not continues(c) or not continues(d) then return nil end
  return 4
end

local function is_utf8(bytes)
  local at = bytes:find('[\128-\255]') or #bytes + 1
  while at <= #bytes do
    local length = character_length(bytes, at)
    if not length then return false end
    at = at + length
  end
  return true
end

-- Characters that reorder, join or are invisible, in UTF-8: U+061C, U+200B-200F, U+2028-202E, U+2060-2069, U+FEFF.
local function is_unseen(character)
  if character == '\216\156' or character == '\239\187\191' then return true end
  local last = character:match('^\226\128(.)$')
  if last then
    local byte = last:byte()
    return byte >= 0x8b and byte <= 0x8f or byte >= 0xa8 and byte <= 0xae
  end
  last = character:match('^\226\129(.)$')
  return last ~= nil and last:byte() >= 0xa0 and last:byte() <= 0xa9
end

local LONGEST_SHOWN = 200

-- Returns `bytes` as one line to show. Control characters and bytes that are not UTF-8 are written as \xNN. Long text
-- is cut.
local function printable(bytes)
  local shown, at = {}, 1
  while at <= #bytes do
    if at > LONGEST_SHOWN then
      shown[#shown + 1] = '...'
      break
    end
    local length = character_length(bytes, at)
    local character = bytes:sub(at, at + (length or 1) - 1)
    local first, second = character:byte(1, 2)
    local control = first < 0x20 or first == 0x7f or first == 0xc2 and second and second < 0xa0
    if length and not control and not is_unseen(character) then
      shown[#shown + 1] = character
    else
      shown[#shown + 1] = character:gsub('.', function(byte) return ('\\x%02x'):format(byte:byte()) end)
    end
    at = at + #character
  end
  return table.concat(shown)
end

-------------------------------------------------------------------------------------------------------------------------
-- The RSA public key in its SPKI DER (RFC 5280, section 4.1; RFC 8017, appendix A.1.1).
-------------------------------------------------------------------------------------------------------------------------

-- Returns where the content of the element with `tag` at `at` begins and ends, or nil.
local function der_element(bytes, at, tag)
  if bytes:byte(at) ~= tag then return nil end
  local length = bytes:byte(at + 1)
  if not length then return nil end
  local from = at + 2
  if length >= 0x80 then
    local count = length - 0x80
    if count < 1 or count > 3 or from + count - 1 > #bytes then return nil end
    length = 0
    for i = from, from + count - 1 do length = length * 256 + bytes:byte(i) end
    from = from + count
  end
  if from + length - 1 > #bytes then return nil end
  return from, from + length - 1
end

local RSA_ENCRYPTION = '\48\13\6\9\42\134\72\134\247\13\1\1\1\5\0'

-- Returns the bits of the modulus, or nil if the bytes are not an RSA key.
local function rsa_bits(spki)
  local from, to = der_element(spki, 1, 0x30)
  if not from or to ~= #spki or spki:sub(from, from + #RSA_ENCRYPTION - 1) ~= RSA_ENCRYPTION then return nil end
  local bits_from, bits_to = der_element(spki, from + #RSA_ENCRYPTION, 0x03)
  if not bits_from or bits_to ~= to or spki:byte(bits_from) ~= 0 then return nil end
  local key_from, key_to = der_element(spki, bits_from + 1, 0x30)
  if not key_from or key_to ~= bits_to then return nil end
  local modulus_from, modulus_to = der_element(spki, key_from, 0x02)
  if not modulus_from then return nil end
  local exponent_from, exponent_to = der_element(spki, modulus_to + 1, 0x02)
  if not exponent_from or exponent_to ~= key_to then return nil end
  while modulus_from <= modulus_to and spki:byte(modulus_from) == 0 do modulus_from = modulus_from + 1 end
  local first = spki:byte(modulus_from)
  if modulus_from > modulus_to or not first then return nil end
  local bits = 8 * (modulus_to - modulus_from)
  while first > 0 do
    bits, first = bits + 1, math.floor(first / 2)
  end
  return bits
end

-------------------------------------------------------------------------------------------------------------------------
-- Lines and frames (src/protocol/frames.ts, token.ts).
--
-- A frame is a table: `kind`, the values of this kind, and `problem` if it breaks the rules. `fields` contains the
-- place of each field: its offset from the beginning of the line, and its length.
-------------------------------------------------------------------------------------------------------------------------

local FRAME_WORDS = { HELLO = true, ['PUBLIC-KEY'] = true, ['SESSION-KEY'] = true, MESSAGE = true, ERROR = true }

local KNOWN_ERRORS = {}
for _, code in ipairs(ERROR_CODES) do
  KNOWN_ERRORS[code] = true
end

-- A frame has at most three fields. If there is more, a fourth field contains all the rest, and the frame has one field
-- too many.
local function split_fields(line)
  local fields, from = {}, 1
  while true do
    local space = #fields < 3 and line:find(' ', from, true) or nil
    local text = line:sub(from, (space or #line + 1) - 1)
    fields[#fields + 1] = { text = text, offset = from - 1, length = #text }
    if not space then return fields end
    from = space + 1
  end
end

-- Returns the parts of a Fernet token (https://github.com/fernet/spec/blob/master/Spec.md), or nil and why it is not a
-- token.
local function parse_token(bytes)
  if bytes:byte(1) ~= 0x80 then return nil, 'the token does not begin with the version byte 0x80' end
  local ciphertext_bytes = #bytes - 57
  if ciphertext_bytes < 0 then return nil, 'the token is too short' end
  if ciphertext_bytes == 0 or ciphertext_bytes % 16 ~= 0 then return nil, 'the ciphertext is not made of whole 16-byte blocks' end
  local high, low = uint32(bytes, 2), uint32(bytes, 6)
  if high >= 0x200000 then return nil, 'the timestamp is out of range' end
  return {
    time = high * 0x100000000 + low,
    iv = bytes:sub(10, 25),
    ciphertext = bytes:sub(26, -33),
    signed = bytes:sub(1, -33),
    hmac = bytes:sub(-32),
    -- PKCS#7 adds 1 to 16 bytes.
    least = ciphertext_bytes - 16,
    most = ciphertext_bytes - 1,
  }
end

local PARSERS = {}

function PARSERS.HELLO(frame)
  local version, integrity = frame.fields[2], frame.fields[3]
  if not version or version.text ~= VERSION then
    frame.problem = 'HELLO announces another version than ' .. VERSION
  elseif #frame.fields ~= 3 or #integrity.text > 64 or not integrity.text:find('^[a-z0-9-]+$') then
    frame.problem = 'HELLO takes a version and the name of an integrity check'
  else
    frame.integrity = integrity.text
  end
end

PARSERS['PUBLIC-KEY'] = function(frame)
  if #frame.fields ~= 2 then
    frame.problem = 'PUBLIC-KEY takes one field'
    return
  end
  frame.decoded = base64_bytes(frame.fields[2].text, BASE64)
  if not frame.decoded then
    frame.problem = 'the field of PUBLIC-KEY is not strict base64'
    return
  end
  if #frame.decoded > MAX_PUBLIC_KEY_BYTES then
    frame.problem, frame.decoded = 'the key of PUBLIC-KEY is longer than any that the protocol takes', nil
    return
  end
  frame.bits = rsa_bits(frame.decoded)
  frame.fingerprint = hex(sha256(frame.decoded))
end

PARSERS['SESSION-KEY'] = function(frame)
  if #frame.fields ~= 2 then
    frame.problem = 'SESSION-KEY takes one field'
    return
  end
  frame.decoded = base64_bytes(frame.fields[2].text, BASE64)
  if not frame.decoded then frame.problem = 'the field of SESSION-KEY is not strict base64' end
end

function PARSERS.MESSAGE(frame)
  if #frame.fields ~= 3 then
    frame.problem = 'MESSAGE takes two fields'
    return
  end
  local token, check = frame.fields[2].text, frame.fields[3].text
  local decoded = base64_bytes(token, BASE64URL)
  if not decoded then
    frame.problem = 'the token of MESSAGE is not strict base64url'
  elseif #check ~= 2 * CHECK_BYTES or not check:find('^[0-9a-f]+$') then
    frame.problem = ('the check of MESSAGE is not %d lower-case hex digits'):format(2 * CHECK_BYTES)
  else
    frame.decoded, frame.check = decoded, check
    frame.token, frame.problem = parse_token(decoded)
  end
end

function PARSERS.ERROR(frame, line)
  frame.code = line:sub(7)
end

-- Returns the frame in `line`, or nil if the line does not begin with a word of the protocol.
local function parse_frame(line)
  local word = line:match('^[A-Z-]+')
  if not word or not FRAME_WORDS[word] or not (line == word or line:sub(#word + 1, #word + 1) == ' ') then return nil end
  local frame = { kind = word, fields = split_fields(line) }
  PARSERS[word](frame, line)
  return frame
end

local function is_hello(line)
  return line:sub(1, 15) == 'HELLO servchat/'
end

-------------------------------------------------------------------------------------------------------------------------
-- Conversations: what a single line does not show. Lines come in order, each once.
-------------------------------------------------------------------------------------------------------------------------

local conversations = {} -- by the addresses and ports of both ends
local remembered = {} -- by frame number and offset: what was found out about a line when it first came
local keys = {} -- session keys by fingerprint
local key_log_problem = nil

local function new_conversation(sender, receiver, server_port, stream)
  local client = sender
  if sender.port == server_port and receiver.port ~= server_port then
    client = receiver
  elseif receiver.port ~= server_port and receiver.port > sender.port then
    -- If nothing else shows which end is the client: the operating system gives clients a high port.
    client = receiver
  end
  return { client = client.name, stream = stream, messages = 0, lines = {}, counted = {}, checks = {} }
end

-- `stream` is Wireshark's tcp.stream, or nil if Wireshark does not give it. A different stream means that the ports are
-- used again. `carrier` is 'tcp', or 'tls' for bytes that Wireshark has decrypted from TLS.
local function conversation_of(sender, receiver, server_port, stream, carrier)
  local pair = sender.name < receiver.name and sender.name .. ' ' .. receiver.name or receiver.name .. ' ' .. sender.name
  pair = pair .. ' ' .. carrier
  local known = conversations[pair]
  if known and not (stream and known.stream and stream ~= known.stream) then
    known.stream = known.stream or stream
    return known
  end
  local conversation = new_conversation(sender, receiver, server_port, stream)
  if carrier == 'tls' then conversation.mode = 'tls' end
  conversations[pair] = conversation
  return conversation
end

local function side_of(conversation, sender)
  return sender.name == conversation.client and 'client' or 'server'
end

-- Whether the first bytes of an unknown conversation are TLS records (RFC 8446, section 5.1).
local function is_tls(conversation, bytes)
  local kind, version = bytes:byte(1, 2)
  return not conversation.mode and kind and kind >= 0x14 and kind <= 0x17 and version == 3
end

local function settle_mode(conversation, side, line, frame)
  local first = not conversation.lines[side]
  conversation.lines[side] = true
  if conversation.mode == 'encrypted' or conversation.mode == 'tls' then return end
  if first and is_hello(line) then
    conversation.mode = 'encrypted'
  elseif not conversation.mode then
    -- The capture began in the middle of the chat, or this is an ERROR, which either mode can begin with.
    if frame and frame.kind ~= 'ERROR' and not frame.problem then
      conversation.mode = 'encrypted'
    elseif not (frame and KNOWN_ERRORS[frame.code]) then
      conversation.mode = 'plaintext'
    end
  end
end

-- How to compute a check, and over which bytes. The names are those in CHECKS.
local COMPUTED = {
  ['SHA-256'] = function(_, covered) return sha256(covered) end,
  ['HMAC-SHA256'] = function(key, covered) return hmac_sha256(key, covered) end,
}
local COVERED = {
  ['token'] = function(_, _, token) return token end,
  ['place and token'] = function(side, sequence, token) return ('%s %d %s'):format(side, sequence, token) end,
}

-- Sets `check_good` to whether the check is correct. If we cannot know, it stays nil and `unchecked` gives the reason.
local function verify_check(conversation, frame, key)
  if not conversation.integrity then
    frame.unchecked = 'the capture does not hold the HELLO that says what the check is'
    return
  end
  local kind = CHECKS[conversation.integrity]
  local computed = kind and COMPUTED[kind.algorithm]
  local covered = kind and COVERED[kind.covers]
  if not (computed and covered) then
    frame.unchecked = 'HELLO asks for a check of a kind that is not known'
  elseif kind.keyed and not key then
    frame.unchecked = 'it takes the session key'
  elseif kind.placed and not frame.sequence then
    frame.unchecked = 'it counts the messages, and not all that came before were seen'
  else
    local bytes = covered(frame.side, frame.sequence, frame.fields[2].text)
    frame.check_good = hex(computed(key and key:sub(33), bytes)) == frame.check
  end
end

-- The same order as in the receiver: first the check, then the token's own HMAC. Only then is the token decrypted.
local function open_token(conversation, frame)
  local key = conversation.fingerprint and keys[conversation.fingerprint]
  verify_check(conversation, frame, key)
  if not key then return end
  frame.has_key = true
  frame.hmac_good = hmac_sha256(key:sub(1, 16), frame.token.signed) == frame.token.hmac
  if not frame.hmac_good or not frame.check_good then return end
  frame.opened = aes_cbc_decrypt(key:sub(17, 32), frame.token.iv, frame.token.ciphertext)
  if not frame.opened then frame.sealed_why = 'its padding is wrong' end
end

local function learn_message(conversation, frame, frame_number)
  if frame.problem then return end
  conversation.messages = conversation.messages + 1
  frame.number = conversation.messages
  frame.repeats = conversation.checks[frame.check]
  conversation.checks[frame.check] = frame.repeats or frame_number
  open_token(conversation, frame)
end

local function count_message(conversation, side)
  -- We can number a side's messages only if the capture has the first frame of that side.
  local count = conversation.counted[side]
  if not count then return nil end
  conversation.counted[side] = count + 1
  return count
end

-- Finds out what a line means in its conversation.
local function learn(conversation, sender, line, frame_number)
  local frame = conversation.mode ~= 'tls' and parse_frame(line) or nil
  if frame and not conversation.hello and (frame.kind == 'HELLO' or frame.kind == 'PUBLIC-KEY') then
    conversation.client = sender.name
    conversation.hello = true
  end
  local side = side_of(conversation, sender)
  settle_mode(conversation, side, line, frame)
  if conversation.mode == 'plaintext' then frame = nil end

  if not frame then
    frame = { kind = 'TEXT' }
    if not is_utf8(line) then frame.problem = 'the line is not UTF-8' end
    if conversation.mode == 'encrypted' then
      if frame.problem then
        frame.kind = 'MALFORMED'
      else
        frame.in_clear = true
      end
    end
    if frame.kind == 'TEXT' then
      conversation.messages = conversation.messages + 1
      frame.number = conversation.messages
    end
  end
  frame.side, frame.mode = side, conversation.mode

  if frame.kind == 'HELLO' and not frame.problem then
    conversation.integrity = conversation.integrity or frame.integrity
    conversation.counted.client = conversation.counted.client or 0
  elseif frame.kind == 'PUBLIC-KEY' then
    conversation.fingerprint = conversation.fingerprint or frame.fingerprint
  elseif frame.kind == 'SESSION-KEY' then
    conversation.counted.server = conversation.counted.server or 0
  elseif frame.kind == 'MESSAGE' then
    frame.sequence = count_message(conversation, side)
    frame.check_kind = conversation.integrity
    learn_message(conversation, frame, frame_number)
  end
  return frame
end

-- Skips lines without parsing them. In plaintext mode each of them is a message. In encrypted mode we do not know what
-- they were, so the numbers of later messages are unknown.
local function skip_lines(conversation, sender, count)
  if conversation.mode == 'encrypted' then
    conversation.counted[side_of(conversation, sender)] = nil
  else
    conversation.messages = conversation.messages + count
  end
end

-------------------------------------------------------------------------------------------------------------------------
-- The key log (src/protocol/keylog.ts), read when a capture is opened.
-------------------------------------------------------------------------------------------------------------------------

local KEY_LOG_LINE = '^SERVCHAT_SESSION_KEY (' .. ('%x'):rep(64) .. ') (%x+)%s*$'

local function read_key_log(path)
  keys, key_log_problem = {}, nil
  if path == '' then return end
  local file, why = io.open(path, 'rb')
  if not file then
    key_log_problem = 'Cannot read the key log: ' .. printable(why or path)
    return
  end
  -- Opening a folder succeeds, but reading it fails.
  local text = file:read(MAX_KEY_LOG_BYTES)
  file:close()
  if not text then
    key_log_problem = 'Cannot read the key log: ' .. printable(path) .. ' is not a file, or is empty'
    return
  end
  local number = 0
  for line in (text .. '\n'):gmatch('([^\n]*)\n') do
    number = number + 1
    local fingerprint, key = line:match(KEY_LOG_LINE)
    if fingerprint and #key == 2 * SESSION_KEY_BYTES then
      keys[fingerprint:lower()] = unhex(key)
    elseif line:find('^SERVCHAT_SESSION_KEY') then
      key_log_problem = ('Line %d of the key log is damaged'):format(number)
    end
  end
end

-------------------------------------------------------------------------------------------------------------------------
-- What Wireshark has to know: fields, expert information, preferences.
-------------------------------------------------------------------------------------------------------------------------

local servchat = Proto('servchat', 'servchat, a teaching chat')

local f = {
  kind = ProtoField.string('servchat.kind', 'Kind', 'HELLO, PUBLIC-KEY, SESSION-KEY, MESSAGE, ERROR, TEXT or MALFORMED'),
  mode = ProtoField.string('servchat.mode', 'Mode', table.concat(MODES, ', ')),
  side = ProtoField.string('servchat.side', 'Said by', 'client or server'),
  text = ProtoField.string('servchat.text', 'Text', 'What somebody said, readable without any key'),
  number = ProtoField.uint32('servchat.message.number', 'Message number', base.DEC, nil, nil, 'Counted from 1 over both directions'),
  version = ProtoField.string('servchat.version', 'Version'),
  integrity = ProtoField.string('servchat.integrity', 'Check asked for'),
  public_key = ProtoField.string('servchat.public_key', 'Public key', 'base64 of the SPKI DER'),
  bits = ProtoField.uint32('servchat.public_key.bits', 'RSA modulus, bits'),
  fingerprint = ProtoField.string('servchat.public_key.fingerprint', 'Fingerprint', 'SHA-256 of the SPKI DER'),
  envelope = ProtoField.string('servchat.envelope', 'Envelope', 'base64 of RSA-OAEP(session key)'),
  envelope_bytes = ProtoField.uint32('servchat.envelope.bytes', 'Envelope, bytes'),
  token = ProtoField.string('servchat.token', 'Fernet token'),
  token_characters = ProtoField.uint32('servchat.token.characters', 'Characters'),
  token_version = ProtoField.uint8('servchat.token.version', 'Version', base.HEX),
  token_time = ProtoField.absolute_time('servchat.token.time', 'Made at', base.UTC, "The token's own clock, unencrypted"),
  token_iv = ProtoField.bytes('servchat.token.iv', 'IV'),
  token_ciphertext = ProtoField.bytes('servchat.token.ciphertext', 'Ciphertext'),
  token_ciphertext_bytes = ProtoField.uint32('servchat.token.ciphertext.bytes', 'Ciphertext, bytes'),
  token_hmac = ProtoField.bytes('servchat.token.hmac', 'HMAC'),
  token_hmac_good = ProtoField.bool('servchat.token.hmac.good', 'HMAC is right'),
  token_least = ProtoField.uint32('servchat.token.least', 'Text inside, least bytes'),
  token_most = ProtoField.uint32('servchat.token.most', 'Text inside, most bytes'),
  check = ProtoField.string('servchat.check', 'Check'),
  check_kind = ProtoField.string('servchat.check.kind', 'Kind of check'),
  check_sequence = ProtoField.uint32('servchat.check.sequence', 'Counted as', base.DEC, nil, nil, "Its place among this side's messages, from 0; never sent"),
  check_good = ProtoField.bool('servchat.check.good', 'Check is right'),
  opened = ProtoField.string('servchat.opened', 'Opened text', 'What the token holds, by the key log; or what was inside TLS'),
  code = ProtoField.string('servchat.error', 'Error code'),
  unfinished = ProtoField.uint32('servchat.unfinished', 'Bytes of a line that has no end yet'),
}

local expert_readable = ProtoExpert.new('servchat.expert.readable', 'Readable by anyone on the way', expert.group.SECURITY, expert.severity.NOTE)
local expert_malformed = ProtoExpert.new('servchat.expert.malformed', 'Not what the protocol says', expert.group.MALFORMED, expert.severity.ERROR)
local expert_repeats = ProtoExpert.new('servchat.expert.repeats', 'The check came before: a replay', expert.group.SECURITY, expert.severity.WARN)
local expert_wrong = ProtoExpert.new('servchat.expert.wrong', 'Does not verify', expert.group.SECURITY, expert.severity.WARN)
local expert_refused = ProtoExpert.new('servchat.expert.error', 'ERROR: said by the other side, or someone between', expert.group.RESPONSE_CODE, expert.severity.WARN)
local expert_key_log = ProtoExpert.new('servchat.expert.keylog', 'The key log cannot be used', expert.group.UNDECODED, expert.severity.WARN)
local expert_more = ProtoExpert.new('servchat.expert.more', 'More lines than are shown', expert.group.UNDECODED, expert.severity.NOTE)
local expert_failed = ProtoExpert.new('servchat.expert.failed', 'The dissector failed', expert.group.UNDECODED, expert.severity.WARN)

local fields = {}
for _, field in pairs(f) do fields[#fields + 1] = field end
servchat.fields = fields
servchat.experts = { expert_readable, expert_malformed, expert_repeats, expert_wrong, expert_refused, expert_key_log, expert_more, expert_failed }

servchat.prefs.port = Pref.uint('TCP port', DEFAULT_PORT, 'Where the server listens. Encrypted chats are recognised on any port.')
servchat.prefs.keylog = Pref.string('Key log', '', 'A file of --keylog: with it, checks are verified and tokens opened. Who has it can read everything.')

local tcp_stream = Field.new('tcp.stream')

-------------------------------------------------------------------------------------------------------------------------
-- The tree of a line, and its words in the info column.
-------------------------------------------------------------------------------------------------------------------------

-- The tree points at bytes of the packet, from the line on, and at bytes that are decoded from its base64 or decrypted
-- from its ciphertext. Each of the last two has its own tab in the bytes pane.
local function generated(parent, ...)
  local item = parent:add(...)
  item:set_generated()
  return item
end

local function add_field(parent, field, packet, line, index)
  local place = line.frame.fields[index]
  return parent:add(field, packet(line.offset + place.offset, place.length))
end

local DRAW, WORDS = {}, {}

function DRAW.TEXT(item, line, packet)
  if line.frame.mode == 'tls' then
    item:add_packet_field(f.opened, packet(line.offset, line.length), ENC_UTF_8)
    return
  end
  local text = item:add_packet_field(f.text, packet(line.offset, line.length), ENC_UTF_8)
  local why = line.frame.in_clear and 'Sent unencrypted in an encrypted chat' or 'Anyone on the way reads this text'
  if text then text:add_proto_expert_info(expert_readable, why) end
end

function WORDS.TEXT(line)
  local text = printable(line.bytes)
  return ('%s says: %s'):format(line.frame.side, text == '' and '(nothing)' or text)
end

function DRAW.MALFORMED() end

function WORDS.MALFORMED(line)
  return ('%s: malformed line: %s'):format(line.frame.side, printable(line.bytes))
end

function DRAW.HELLO(item, line, packet)
  if line.frame.fields[2] then add_field(item, f.version, packet, line, 2) end
  if line.frame.integrity then add_field(item, f.integrity, packet, line, 3) end
end

function WORDS.HELLO(line)
  return ('HELLO from the %s: asks for the check %s'):format(line.frame.side, line.frame.integrity or '(malformed)')
end

DRAW['PUBLIC-KEY'] = function(item, line, packet, decoded)
  local frame = line.frame
  if not frame.decoded then return end
  local key = add_field(item, f.public_key, packet, line, 2)
  local range = decoded(line.decoded_at, #frame.decoded)
  if frame.bits then
    generated(key, f.bits, range, frame.bits)
  else
    key:add_proto_expert_info(expert_malformed, 'This is not an RSA public key')
  end
  generated(key, f.fingerprint, range, frame.fingerprint)
end

WORDS['PUBLIC-KEY'] = function(line)
  local frame = line.frame
  if not frame.decoded then return 'PUBLIC-KEY, malformed' end
  local size = frame.bits and ('RSA, %d bits'):format(frame.bits) or 'not an RSA key'
  return ('PUBLIC-KEY from the %s: %s, SHA-256 %s...'):format(frame.side, size, frame.fingerprint:sub(1, 16))
end

DRAW['SESSION-KEY'] = function(item, line, packet, decoded)
  local frame = line.frame
  if not frame.decoded then return end
  local envelope = add_field(item, f.envelope, packet, line, 2)
  generated(envelope, f.envelope_bytes, decoded(line.decoded_at, #frame.decoded), #frame.decoded)
end

WORDS['SESSION-KEY'] = function(line)
  local frame = line.frame
  if not frame.decoded then return 'SESSION-KEY, malformed' end
  return ('SESSION-KEY from the %s: an envelope of %d bytes, for the owner of the public key'):format(frame.side, #frame.decoded)
end

local HOW_TO_OPEN = 'Sealed. With a key log: name it in the preference servchat.keylog, or run: servchat decrypt IN --keys KEYLOG OUT'

local function draw_token(item, line, packet, decoded, opened)
  local frame, token = line.frame, line.frame.token
  local at, ciphertext_bytes = line.decoded_at, #line.frame.token.ciphertext
  local tree = add_field(item, f.token, packet, line, 2)
  generated(tree, f.token_characters, packet(line.offset + frame.fields[2].offset, frame.fields[2].length), frame.fields[2].length)
  tree:add(f.token_version, decoded(at, 1))
  tree:add(f.token_time, decoded(at + 1, 8), NSTime.new(token.time, 0))
  tree:add(f.token_iv, decoded(at + 9, 16))
  local ciphertext = decoded(at + 25, ciphertext_bytes)
  tree:add(f.token_ciphertext, ciphertext)
  generated(tree, f.token_ciphertext_bytes, ciphertext, ciphertext_bytes)
  generated(tree, f.token_least, ciphertext, token.least)
  generated(tree, f.token_most, ciphertext, token.most)
  local hmac_range = decoded(at + 25 + ciphertext_bytes, 32)
  tree:add(f.token_hmac, hmac_range)
  if frame.hmac_good ~= nil then
    local good = generated(tree, f.token_hmac_good, hmac_range, frame.hmac_good)
    if not frame.hmac_good then good:add_proto_expert_info(expert_wrong, "The token's own HMAC is wrong") end
  end
  if frame.opened then
    local text = tree:add_packet_field(f.opened, opened(line.opened_at, #frame.opened), ENC_UTF_8)
    if text then text:set_generated() end
  else
    local why = frame.sealed_why or frame.has_key and 'it does not verify'
    generated(tree, ciphertext, why and 'Not opened: ' .. why or HOW_TO_OPEN)
  end
end

local function draw_check(item, line, packet)
  local frame = line.frame
  local check = add_field(item, f.check, packet, line, 3)
  local range = packet(line.offset + frame.fields[3].offset, frame.fields[3].length)
  if frame.check_kind then generated(check, f.check_kind, range, frame.check_kind) end
  if frame.sequence then generated(check, f.check_sequence, range, frame.sequence) end
  if frame.check_good ~= nil then
    local good = generated(check, f.check_good, range, frame.check_good)
    if not frame.check_good then
      local place = CHECKS[frame.check_kind].placed and ', or it stands in another place than where it was sent' or ''
      good:add_proto_expert_info(expert_wrong, 'The check is wrong: the message was changed' .. place)
    end
  elseif frame.unchecked then
    generated(check, range, 'Not verified: ' .. frame.unchecked)
  end
  if frame.repeats then
    check:add_proto_expert_info(expert_repeats, ('This check came before, in frame %d: the message was sent again, a replay'):format(frame.repeats))
  end
end

function DRAW.MESSAGE(item, line, packet, decoded, opened)
  if not line.frame.token then return end
  draw_token(item, line, packet, decoded, opened)
  draw_check(item, line, packet)
end

function WORDS.MESSAGE(line)
  local frame = line.frame
  if not frame.token then return ('MESSAGE from the %s, malformed'):format(frame.side) end
  local what = ('sealed, %d to %d bytes of text'):format(frame.token.least, frame.token.most)
  if frame.opened then what = 'opened: ' .. printable(frame.opened) end
  if frame.check_good == false or frame.hmac_good == false then what = what .. ', DOES NOT VERIFY' end
  if frame.repeats then what = what .. (', REPEATS frame %d'):format(frame.repeats) end
  return ('MESSAGE %d from the %s: %s'):format(frame.number, frame.side, what)
end

function DRAW.ERROR(item, line, packet)
  if line.length < 7 then return end
  local code = item:add_packet_field(f.code, packet(line.offset + 6, line.length - 6), ENC_UTF_8)
  local known = KNOWN_ERRORS[line.frame.code] and '' or ', a code that the protocol does not have'
  if code then code:add_proto_expert_info(expert_refused, 'The other side, or someone between, said this' .. known) end
end

function WORDS.ERROR(line)
  return ('ERROR from the %s: %s'):format(line.frame.side, printable(line.frame.code))
end

local function draw_line(tree, line, packet, decoded, opened)
  local frame = line.frame
  local range = packet(line.offset, line.next - line.offset)
  local item = tree:add(servchat, range, 'servchat, ' .. WORDS[frame.kind](line))
  generated(item, f.kind, range, frame.kind)
  if frame.mode then generated(item, f.mode, range, frame.mode) end
  generated(item, f.side, range, frame.side)
  if frame.number then generated(item, f.number, range, frame.number) end
  DRAW[frame.kind](item, line, packet, decoded, opened)
  if frame.problem then item:add_proto_expert_info(expert_malformed, 'Malformed: ' .. frame.problem) end
  if key_log_problem and frame.kind == 'MESSAGE' then item:add_proto_expert_info(expert_key_log, key_log_problem) end
end

-- All lines of a packet share one tab. Each line gets the offset where its part begins.
local function data_tab(lines, name, part_of, place)
  local parts, length = {}, 0
  for _, line in ipairs(lines) do
    local part = part_of(line.frame)
    if part then
      line[place], length = length, length + #part
      parts[#parts + 1] = part
    end
  end
  if length == 0 then return nil end
  return ByteArray.new(table.concat(parts), true):tvb(name)
end

-- Adds one item for all lines of a packet that are not shown.
local function draw_more(tree, more)
  local words = ('%d more %s, not shown'):format(more.count, more.count == 1 and 'line' or 'lines')
  local item = tree:add(servchat, more.range, 'servchat, ' .. words)
  item:add_proto_expert_info(expert_more, ('Of a packet of this length, %d lines are shown'):format(more.shown))
  return words
end

-- Text for the info column: the first lines, and how many more there are.
local function listed(words)
  local left_out = #words - LINES_LISTED
  if left_out <= 0 then return table.concat(words, ' | ') end
  return ('%s | and %d more'):format(table.concat(words, ' | ', 1, LINES_LISTED), left_out)
end

local function draw(tree, pinfo, tvb, lines, more, rest)
  local decoded = data_tab(lines, 'servchat, base64 decoded', function(frame) return frame.decoded end, 'decoded_at')
  local opened = data_tab(lines, 'servchat, opened', function(frame) return frame.opened end, 'opened_at')
  local words = {}
  for _, line in ipairs(lines) do
    draw_line(tree, line, tvb, decoded, opened or tvb)
    words[#words + 1] = WORDS[line.frame.kind](line)
  end
  if more then words[#words + 1] = draw_more(tree, more) end
  if rest then
    local item = tree:add(servchat, rest.range, ('servchat, %s'):format(rest.words))
    generated(item, f.unfinished, rest.range, rest.range:len())
    if rest.problem then item:add_proto_expert_info(expert_malformed, rest.problem) end
    words[#words + 1] = rest.words
  end
  pinfo.cols.protocol = 'SERVCHAT'
  pinfo.cols.info = listed(words)
end

-------------------------------------------------------------------------------------------------------------------------
-- A packet, from its bytes to its lines.
-------------------------------------------------------------------------------------------------------------------------

local LF, CR = 10, 13

-- Returns the first `most` complete lines in `bytes`, the offset after the last of them, how many more complete lines
-- there are, and the offset after the last of all.
local function lines_in(bytes, most)
  local lines, from = {}, 1
  while true do
    local lf = bytes:find('\n', from, true)
    if not lf then return lines, from - 1, 0, from - 1 end
    if #lines == most then
      local _, count = bytes:sub(from):gsub('\n', '')
      return lines, from - 1, count, #bytes - bytes:reverse():find('\n', 1, true) + 1
    end
    local last = lf - 1
    if last >= from and bytes:byte(last) == CR then last = last - 1 end
    lines[#lines + 1] = { offset = from - 1, length = last - from + 1, next = lf, bytes = bytes:sub(from, last) }
    from = lf + 1
  end
end

local function endpoint(address, port)
  return { name = tostring(address) .. ' ' .. tostring(port), port = port }
end

-- Returns what we learned about a line when it first came. Wireshark may look at packets again in any order, and must
-- get the same answer.
local function frame_of(conversation, sender, line, frame_number)
  local known = remembered[frame_number] or {}
  remembered[frame_number] = known
  -- A packet can contain several TLS records, and the offsets in each begin at 0.
  local key = conversation.mode == 'tls' and line.bytes or line.offset
  if not known[key] or known[key].line_length ~= line.length then
    known[key] = learn(conversation, sender, line.bytes, frame_number)
    known[key].line_length = line.length
  end
  return known[key]
end

-- Skips these lines only the first time that Wireshark looks at the packet.
local function skip_once(conversation, sender, frame_number, at, count)
  local known = remembered[frame_number]
  local key = 'skipped from ' .. at
  if known[key] then return end
  known[key] = true
  skip_lines(conversation, sender, count)
end

-- Shows a line that is not complete. Wireshark joins it with the next packets, unless it is too long.
local function unfinished(pinfo, tvb, length, at)
  if at >= length then return nil end
  local range = tvb(at, length - at)
  if length - at >= MAX_LINE_BYTES then
    return { range = range, words = 'a line that is too long', problem = ('A line has at most %d bytes'):format(MAX_LINE_BYTES) }
  end
  if pinfo.can_desegment > 0 then
    pinfo.desegment_offset = at
    pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
  end
  return { range = range, words = ('the beginning of a line, %d bytes'):format(length - at) }
end

local function read_packet(tvb, pinfo, tree, carrier)
  local length = tvb:len()
  if length == 0 then return 0 end
  local bytes = tvb:raw(0, length)
  local sender, receiver = endpoint(pinfo.src, pinfo.src_port), endpoint(pinfo.dst, pinfo.dst_port)
  local stream = tcp_stream()
  local conversation = conversation_of(sender, receiver, servchat.prefs.port, stream and tonumber(tostring(stream)), carrier)
  if is_tls(conversation, bytes) then return 0 end

  local most = LINES_SHOWN + math.floor(length / BYTES_A_LINE)
  local lines, shown_to, more_lines, rest_at = lines_in(bytes, most)
  for _, line in ipairs(lines) do line.frame = frame_of(conversation, sender, line, pinfo.number) end
  local more = nil
  if more_lines > 0 then
    skip_once(conversation, sender, pinfo.number, shown_to, more_lines)
    more = { count = more_lines, shown = most, range = tvb(shown_to, rest_at - shown_to) }
  end
  draw(tree, pinfo, tvb, lines, more, unfinished(pinfo, tvb, length, rest_at))
  return length
end

local function dissector_over(carrier)
  return function(tvb, pinfo, tree)
    local fine, answer = pcall(read_packet, tvb, pinfo, tree, carrier)
    if fine then return answer end
    pinfo.cols.protocol = 'SERVCHAT'
    tree:add(servchat, tvb()):add_proto_expert_info(expert_failed, 'The dissector failed: ' .. printable(tostring(answer)))
    return tvb:len()
  end
end

servchat.dissector = dissector_over('tcp')

-- In tls mode, TLS carries a chat as in plaintext mode. When Wireshark can decrypt it, with secrets in the capture or a
-- TLS key log, the ALPN of the handshake leads here.
local servchat_tls = Proto('servchat_tls', 'servchat inside TLS')
servchat_tls.dissector = dissector_over('tls')

-------------------------------------------------------------------------------------------------------------------------
-- The calls from Wireshark.
-------------------------------------------------------------------------------------------------------------------------

-- Whether a segment that no other dissector claimed begins as only an encrypted chat does.
local function begins_encrypted(bytes)
  if is_hello(bytes) then return true end
  local line = bytes:match('^[^\n]*')
  local word = line:match('^([A-Z-]+) ')
  if word == 'MESSAGE' then return line:find('^MESSAGE gAAAA[%w_-]') ~= nil end
  -- The base64 of the first bytes of every RSA key in SPKI DER.
  if word == 'PUBLIC-KEY' then return line:find('^PUBLIC%-KEY MII[A-Z]') ~= nil end
  return word == 'SESSION-KEY' and #line > 200 and line:find('^SESSION%-KEY [%w+/=]+\r?$') ~= nil
end

local LONGEST_BEGINNING = 4096

servchat:register_heuristic('tcp', function(tvb, pinfo, tree)
  local length = math.min(tvb:len(), LONGEST_BEGINNING)
  if length < 15 or not begins_encrypted(tvb:raw(0, length)) then return false end
  -- From now on, Wireshark gives us all packets of this conversation, whatever they begin with.
  pcall(function() pinfo.conversation = servchat end)
  servchat.dissector(tvb, pinfo, tree)
  return true
end)

function servchat.init()
  conversations, remembered = {}, {}
  read_key_log(servchat.prefs.keylog)
end

local registered_port = nil

local function register_port()
  local ports = DissectorTable.get('tcp.port')
  if registered_port then ports:remove(registered_port, servchat) end
  registered_port = servchat.prefs.port
  ports:add(registered_port, servchat)
end

function servchat.prefs_changed()
  if registered_port ~= servchat.prefs.port then register_port() end
  read_key_log(servchat.prefs.keylog)
end

register_port()
-- If this Wireshark has no TLS, this call fails, and that does not matter.
pcall(function() DissectorTable.get('tls.alpn'):add(VERSION, servchat_tls) end)
