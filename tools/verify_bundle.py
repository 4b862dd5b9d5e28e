#!/usr/bin/env python3
"""Verifies a Vedette bundle offline, with nothing but Python's standard library.

    python3 verify_bundle.py [--json] [--key VERIFIER_KEY]... BUNDLE.zip

This is the second, independent verifier: it shares no code with `vedette verify BUNDLE` and must agree with it on every
bundle. It is written to be read. What it checks, in this order:

 1. `checkpoint` is a note signed by a key of the log (C2SP signed-note, tlog-checkpoint); every other line under it is
    a cosignature of a witness that the manifest names (C2SP tlog-cosignature). With --key, one of them must be by it.
 2. Every leaf in `manifest.json` is SHA-256(salt + record) and is in the log of that checkpoint (RFC 6962).
 3. Earlier sizes of the log, and checkpoints that others vouched for, are beginnings of it (consistency proofs);
    timestamps (RFC 3161) are about them, and a certificate in them made their signature.
 4. `files.json` is what the export's leaf names, and the files are what it lists: nothing added, changed, left out.
 5. Each version's content gives the hash that its leaf commits to; each exhibit is named by such a content or leaf.

What it cannot tell: whose the keys are. Compare those it prints with ones that you were given another way. Whether the
certificate of a timestamp is an authority's is for `openssl ts -verify` and a chain of trust to say.

Exit codes: 0 all well, 1 something is wrong, 2 unusable arguments.
"""

import argparse
import base64
import binascii
import hashlib
import json
import sys
import zipfile
from datetime import datetime, timezone

FORMAT = "vedette-bundle/2"
FILE_BYTES_MAX = 1024 * 1024 * 1024
NOTE_BYTES_MAX = 64 * 1024
SIGNATURES_MAX = 64
OUTSIDE = ("manifest.json", "files.json", "checkpoint")


def sha256(data):
    return hashlib.sha256(data).digest()


# --- Ed25519 (RFC 8032, section 5.1), verification only ---------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - x2) % P:
        return None
    return P - x if x & 1 != sign else x


def point(data):
    """A point in extended coordinates (X, Y, Z, T) from its 32 bytes, or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number, p):
    q = (0, 1, 1, 0)
    while number > 0:
        if number & 1:
            q = add(q, p)
        p, number = add(p, p), number >> 1
    return q


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover_x(BASE_Y, 0), BASE_Y, 1, recover_x(BASE_Y, 0) * BASE_Y % P)


def ed25519_verify(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r, s = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(h, a))
    return not ((left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P)


# --- Merkle tree (RFC 6962; proofs verified as in RFC 9162, section 2.1) ----------------------------------------------

def leaf_hash(commitment):
    return sha256(b"\x00" + commitment)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


def verify_inclusion(leaf, index, size, proof, root):
    if index >= size or len(proof) > 64:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(old, new, old_root, new_root, proof):
    if old == 0 or old > new or len(proof) > 65:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_hash = new_hash = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_hash, new_hash = node_hash(sibling, old_hash), node_hash(sibling, new_hash)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new_hash = node_hash(new_hash, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old_hash == old_root and new_hash == new_root


# --- Notes and keys (C2SP signed-note, tlog-checkpoint, tlog-cosignature) ---------------------------------------------

def base64_of(text):
    """The bytes of strict base64, or None."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


def is_name(name):
    return 0 < len(name.encode()) <= 255 and not any(c.isspace() or c == "+" or ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in name)


class Key:
    """A verifier key: name + id + base64(kind, public key). Kind 1 signs notes, kind 4 cosigns checkpoints."""

    def __init__(self, text):
        name, number, data = text.split("+", 2)
        raw = base64_of(data)
        if not is_name(name) or raw is None or len(raw) != 33 or raw[0] not in (1, 4):
            raise ValueError("not a verifier key")
        self.text, self.name, self.kind, self.public = text, name, raw[0], raw[1:]
        self.id = sha256(name.encode() + b"\n" + raw)[:4]
        if number != self.id.hex():
            raise ValueError("the id of the key is not that of its name and key")

    def signed_at(self, text, signature):
        """0 for a signature over a note that fits, the time of a cosignature that fits, else None."""
        if self.kind == 1:
            return 0 if ed25519_verify(self.public, text.encode(), signature) else None
        if len(signature) != 72:
            return None
        at = int.from_bytes(signature[:8], "big")
        message = f"cosignature/v1\ntime {at}\n{text}"
        return at if ed25519_verify(self.public, message.encode(), signature[8:]) else None


def decimal(text):
    plain = text != "" and all(c in "0123456789" for c in text) and (text == "0" or text[0] != "0")
    return int(text) if plain and int(text) < 2**64 else None


def parse_note(note):
    """(text, [(name, id, signature)]) of a note, or None."""
    if len(note.encode()) > NOTE_BYTES_MAX or any(ord(c) < 32 and c != "\n" for c in note):
        return None
    cut = note.rfind("\n\n")
    if cut < 0 or not note.endswith("\n"):
        return None
    lines = []
    for line in note[cut + 2:-1].split("\n"):
        parts = line.split(" ", 2)
        data = base64_of(parts[2]) if len(parts) == 3 and parts[0] == "\u2014" else None
        if data is None or len(data) < 5 or not is_name(parts[1]):
            return None
        lines.append((parts[1], data[:4], data[4:]))
    return (note[: cut + 1], lines) if 0 < len(lines) <= SIGNATURES_MAX else None


def parse_checkpoint(text):
    """(origin, size, root) of a checkpoint's text in its one form, or None."""
    lines = text[:-1].split("\n")
    if len(lines) != 3 or not text.endswith("\n") or not lines[0]:
        return None
    size, root = decimal(lines[1]), base64_of(lines[2])
    return (lines[0], size, root) if size is not None and root is not None and len(root) == 32 else None


# --- Timestamps (RFC 3161): enough DER to read them -------------------------------------------------------------------

def elements(data):
    """The elements of some DER: [(tag, content, whole)]."""
    found, at = [], 0
    while at < len(data):
        tag, length, start = data[at], data[at + 1], at + 2
        if length > 0x83 or length == 0x80:
            raise ValueError("a length that no timestamp needs")
        if length > 0x80:
            start, length = start + length - 0x80, int.from_bytes(data[start:start + length - 0x80], "big")
        if start + length > len(data):
            raise ValueError("cut off")
        found.append((tag, data[start:start + length], data[at:start + length]))
        at = start + length
    return found


OID_SHA = {bytes.fromhex("608648016503040201"): "sha256", bytes.fromhex("608648016503040202"): "sha384",
           bytes.fromhex("608648016503040203"): "sha512"}
OID_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
OID_TST_INFO = bytes.fromhex("2a864886f70d0109100104")
OID_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
OID_RSA = bytes.fromhex("2a864886f70d010101")


def rsa_fits(spki_bits, name, message, signature):
    (_, modulus, _), (_, exponent, _) = elements(elements(spki_bits)[0][1])
    n, e = int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big")
    width = (n.bit_length() + 7) // 8
    if n.bit_length() < 2048 or len(signature) != width:
        return False
    algorithm = next(oid for oid, sha in OID_SHA.items() if sha == name)
    digest = hashlib.new(name, message).digest()
    inner = b"\x06\x09" + algorithm + b"\x05\x00"
    info = b"\x30" + bytes([len(inner)]) + inner + b"\x04" + bytes([len(digest)]) + digest
    info = b"\x30" + bytes([len(info)]) + info
    padded = b"\x00\x01" + b"\xff" * (width - len(info) - 3) + b"\x00" + info
    return pow(int.from_bytes(signature, "big"), e, n).to_bytes(width, "big") == padded


def der_length(length):
    if length < 128:
        return bytes([length])
    return bytes([0x81, length]) if length < 256 else bytes([0x82]) + length.to_bytes(2, "big")


def read_timestamp(answer, text):
    """The time that an answer states about a text. Raises ValueError when it is not about it or does not fit."""
    whole = elements(answer)
    if len(whole) != 1 or whole[0][0] != 0x30:
        raise ValueError("not an answer")
    status, content = elements(whole[0][1])[:2]
    if elements(status[1])[0][1] not in (b"\x00", b"\x01"):
        raise ValueError("not granted")
    kind, explicit = elements(content[1])
    if kind[1] != OID_SIGNED_DATA:
        raise ValueError("no signed data")
    signed = elements(elements(explicit[1])[0][1])
    inner = elements(signed[2][1])
    if inner[0][1] != OID_TST_INFO:
        raise ValueError("no timestamp")
    info_bytes = elements(inner[1][1])[0][1]
    info = elements(elements(info_bytes)[0][1])
    algorithm, imprint = elements(info[2][1])
    if OID_SHA.get(elements(algorithm[1])[0][1]) != "sha256" or imprint[1] != sha256(text):
        raise ValueError("about another text")
    certificates = b"".join(content for tag, content, _ in signed[3:] if tag == 0xA0)
    signer = elements(elements(signed[-1][1])[0][1])
    name = OID_SHA.get(elements(signer[2][1])[0][1])
    if name is not None:
        check_signer(signer, name, info_bytes, certificates)
    return info[4][1].decode()


def check_signer(signer, name, info_bytes, certificates):
    attributes, signature = signer[3][1], signer[5][1]
    stated = None
    for _, attribute, _ in elements(attributes):
        kind, values = elements(attribute)
        if kind[1] == OID_MESSAGE_DIGEST and stated is None:
            stated = elements(values[1])[0][1]
    if stated != hashlib.new(name, info_bytes).digest():
        raise ValueError("its signed attributes do not fit")
    message = b"\x31" + der_length(len(attributes)) + attributes
    tried = False
    for tag, certificate, _ in elements(certificates):
        if tag != 0x30:
            continue
        body = elements(elements(certificate)[0][1])
        body = body[1:] if body[0][0] == 0xA0 else body
        algorithm, bits = elements(body[5][1])
        # Other kinds of keys are left to `openssl ts -verify`.
        if elements(algorithm[1])[0][1] == OID_RSA:
            tried = True
            if rsa_fits(bits[1][1:], name, message, signature):
                return
    if tried:
        raise ValueError("no certificate in it made its signature")


# --- Content of a version ---------------------------------------------------------------------------------------------

def content_hash(contents):
    """SHA-256 over each field with its length before it (8 bytes, little-endian); an absent one has length 2^64 - 1."""
    out = []

    def put(data):
        out.append(b"\xff" * 8 if data is None else len(data).to_bytes(8, "little") + data)

    def text(value):
        put(None if value is None else value.encode())

    put(b"vedette version content 1")
    text(contents["state"])
    put(bytes.fromhex(contents["exhibit"]))
    text(contents["title"])
    text(contents["text"])
    text(contents["markup"])
    edited = contents["edited_at_us"]
    put(None if edited is None else edited.to_bytes(8, "little", signed=True))
    text(contents["lang"])
    put(len(contents["files"]).to_bytes(8, "little"))
    for file in contents["files"]:
        text(file["name"])
        text(file["media_type"])
        text(file["url"])
        put(None if file["exhibit"] is None else bytes.fromhex(file["exhibit"]))
        put((file["size_bytes"] if file["exhibit"] is not None else 0).to_bytes(8, "little"))
    return hashlib.sha256(b"".join(out)).hexdigest()


# --- Shapes of the JSON: what a field must be, so that nothing else passes for it -------------------------------------

def is_text(value):
    return isinstance(value, str)


def is_number(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64


def is_hash(value):
    return isinstance(value, str) and len(value) == 64 and all(c in "0123456789abcdef" for c in value)


def maybe(check):
    return lambda value: value is None or check(value)


def many(check):
    return lambda value: isinstance(value, list) and all(check(one) for one in value)


def shape(**fields):
    return lambda value: isinstance(value, dict) and list(value) == list(fields) and all(
        check(value[name]) for name, check in fields.items())


def is_micros(value):
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


MANIFEST = shape(
    format=is_text, keys=many(is_text), witnesses=many(is_text), export=is_number,
    leaves=many(shape(index=is_number, record=is_text, salt=maybe(is_text), commitment=is_hash, proof=many(is_hash))),
    growth=many(shape(size=is_number, root=is_hash, proof=many(is_hash))),
    vouched=many(shape(note=is_text, proof=many(is_hash), timestamps=many(shape(name=is_text, sha256=is_hash)))))
FILES = many(shape(name=is_text, sha256=is_hash, size_bytes=is_number))
CLAIMS = shape(leaves=many(is_number), growth=many(is_number), vouched=many(is_number))
CONTENTS = shape(
    version=is_text, state=lambda value: value in ("posted", "edited", "deleted", "deleted-inferred"), exhibit=is_hash,
    title=maybe(is_text), text=is_text, markup=lambda value: value in ("plain", "html"), edited_at_us=maybe(is_micros),
    lang=maybe(is_text),
    files=many(shape(name=is_text, media_type=maybe(is_text), url=maybe(is_text), exhibit=maybe(is_hash),
                     size_bytes=is_number)))


def hashes(texts):
    return [bytes.fromhex(text) for text in texts]


# --- The bundle -------------------------------------------------------------------------------------------------------

class Bundle:
    def __init__(self, files, trusted):
        self.files, self.trusted = {}, trusted
        self.findings, self.vouched = [], []
        self.exhibits, self.leaves, self.root = 0, 0, "0" * 64
        for name, data in files:
            if name in self.files:
                self.find("bundle", name, "one file of this name", "several")
            self.files[name] = data

    def find(self, what, where, expected, found):
        self.findings.append({"what": what, "where": where, "expected": str(expected)[:600], "found": str(found)[:600]})

    def strict(self, what, name, check):
        """JSON in its one compact form, with exactly the fields that belong there; or None."""
        data = self.files.get(name)
        if data is None:
            self.find(what, name, "a file", "missing")
            return None
        try:
            value = json.loads(data.decode())
            same = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() == data
        except (ValueError, RecursionError) as error:
            self.find(what, name, "JSON", error)
            return None
        if not same or not check(value):
            self.find(what, name, "the JSON of this format in its one compact form", "something else")
            return None
        return value

    def verify(self):
        manifest = self.strict("manifest", "manifest.json", MANIFEST)
        if manifest is not None and manifest["format"] != FORMAT:
            self.find("manifest", "manifest.json", FORMAT, manifest["format"])
            manifest = None
        if manifest is None:
            return
        self.exhibits = sum(name.startswith("exhibits/") for name in self.files)
        self.leaves = len(manifest["leaves"])
        checkpoint = self.checkpoint(manifest)
        if checkpoint is not None:
            self.root = checkpoint[2].hex()
            self.log(manifest, checkpoint)
        self.contents(manifest)

    def keys(self, what, texts, kind):
        keys = []
        for text in texts:
            try:
                key = Key(text)
            except ValueError:
                key = None
            if key is None or key.kind != kind or any(text == known.text for known in keys):
                self.find(what, "manifest.json", "a verifier key", text)
            else:
                keys.append(key)
        return keys

    def checkpoint(self, manifest):
        keys = self.keys("key", manifest["keys"], 1)
        witnesses = self.keys("witness key", manifest["witnesses"], 4)
        try:
            text = self.files["checkpoint"].decode()
        except (KeyError, UnicodeDecodeError):
            self.find("checkpoint", "checkpoint", "a signed note", "missing or not text")
            return None
        signers = set()
        checkpoint = self.note("checkpoint", text, keys, witnesses, signers)
        if self.trusted and not any(key.text in signers for key in self.trusted):
            wanted = " or ".join(key.text for key in self.trusted)
            self.find("checkpoint signature", "checkpoint", f"by {wanted}", "not by it")
        if checkpoint is not None:
            self.others(manifest, checkpoint, keys, witnesses, signers)
        for key in witnesses:
            if key.text not in signers:
                self.find("witness key", "manifest.json", "a cosignature of it", key.text)
        return checkpoint

    def note(self, place, text, keys, witnesses, signers):
        parsed = parse_note(text)
        checkpoint = parse_checkpoint(parsed[0]) if parsed else None
        if checkpoint is None:
            self.find("checkpoint", place, "a signed checkpoint in its one form", "something else")
            return None
        by_log, lines = False, set()
        for name, number, signature in parsed[1]:
            key = next((key for key in keys + witnesses if (key.name, key.id) == (name, number)), None)
            if key is None:
                self.find("checkpoint signature", place, "by a key that is named here", name)
                continue
            at = key.signed_at(parsed[0], signature)
            if at is None or key.text in lines:
                self.find("checkpoint signature", place, "one signature that fits", key.text)
                continue
            lines.add(key.text)
            signers.add(key.text)
            by_log = by_log or (key.kind == 1 and key.name == checkpoint[0])
            if key.kind == 1:
                self.vouched.append(f"{checkpoint[1]} leaves signed by {key.text}")
            else:
                when = datetime.fromtimestamp(at, timezone.utc).isoformat().replace("+00:00", "Z") if at < 2**34 else at
                self.vouched.append(f"{checkpoint[1]} leaves cosigned by {key.text} at {when}")
        if not by_log:
            self.find("checkpoint signature", place, "by the log's own key", "none")
            return None
        return checkpoint

    def others(self, manifest, now, keys, witnesses, signers):
        """Checkpoints that others vouched for: signed, stamped, and beginnings of the bundle's own."""
        tokens = set()
        for number, one in enumerate(manifest["vouched"]):
            place = f"vouched checkpoint {number}"
            then = self.note(place, one["note"], keys, witnesses, signers)
            if then is None:
                continue
            if not verify_consistency(then[1], now[1], then[2], now[2], hashes(one["proof"])):
                self.find("consistency proof", place, f"leads to {now[2].hex()}", "does not")
            for token in one["timestamps"]:
                tokens.add(token["name"])
                data = self.files.get(token["name"])
                if data is None or sha256(data).hex() != token["sha256"] or not self.outside(token["name"]):
                    self.find("timestamp", token["name"], token["sha256"], "missing or other bytes")
                    continue
                try:
                    at = read_timestamp(data, parse_note(one["note"])[0].encode())
                    self.vouched.append(f"{then[1]} leaves stamped at {at}")
                except (ValueError, IndexError, UnicodeDecodeError) as error:
                    self.find("timestamp", token["name"], "a token about this checkpoint", error)
        for name in self.files:
            if name.startswith("timestamps/") and name not in tokens:
                self.find("timestamp", name, "named in the manifest", "not named")

    def log(self, manifest, checkpoint):
        _, size, root = checkpoint
        for leaf in manifest["leaves"]:
            found = leaf_hash(bytes.fromhex(leaf["commitment"]))
            if not verify_inclusion(found, leaf["index"], size, hashes(leaf["proof"]), root):
                self.find("inclusion proof", f"leaf {leaf['index']}", f"leads to {root.hex()}", "does not")
        for one in manifest["growth"]:
            if not verify_consistency(one["size"], size, bytes.fromhex(one["root"]), root, hashes(one["proof"])):
                self.find("consistency proof", f"{one['size']} leaves", f"leads to {root.hex()}", "does not")

    @staticmethod
    def outside(name):
        """Files that files.json does not list, because they are proved in another way."""
        return name in OUTSIDE or name.startswith("timestamps/")

    def contents(self, manifest):
        records = []
        for leaf in manifest["leaves"]:
            self.record(leaf)
            try:
                record = json.loads(leaf["record"])
            except ValueError:
                record = None
            records.append((leaf["index"], record if isinstance(record, dict) else {}))
        for key in manifest["keys"]:
            if not any(said.get("leaf") == "key" and said.get("key") == key for _, said in records):
                self.find("key", "manifest.json", "a leaf that speaks of it", key)
        self.listing(manifest, records)
        self.claims(manifest)
        self.versions(records)

    def record(self, leaf):
        place, salt = f"leaf {leaf['index']}", leaf["salt"]
        if salt is None:
            if leaf["record"]:
                self.find("leaf salt", place, "a salt for the record", "none")
        elif len(salt) != 32 or any(c not in "0123456789abcdef" for c in salt):
            self.find("leaf salt", place, "32 hexadecimal digits", salt)
        else:
            found = sha256(bytes.fromhex(salt) + leaf["record"].encode()).hex()
            if found != leaf["commitment"]:
                self.find("leaf record", place, leaf["commitment"], found)

    def listing(self, manifest, records):
        stated = next((said.get("files") for index, said in records
                       if index == manifest["export"] and said.get("leaf") == "export"), None)
        found = sha256(self.files["files.json"]).hex() if "files.json" in self.files else None
        if stated is None or stated != found:
            self.find("file list", "files.json", stated, found)
        listed = self.strict("file list", "files.json", FILES)
        if listed is None:
            return
        for file in listed:
            data = self.files.get(file["name"])
            right = data is not None and len(data) == file["size_bytes"] and sha256(data).hex() == file["sha256"]
            if not right or self.outside(file["name"]):
                self.find("file", file["name"], file["sha256"], "missing" if data is None else sha256(data).hex())
        names = {file["name"] for file in listed}
        for name in self.files:
            if not self.outside(name) and name not in names:
                self.find("file", name, "listed in files.json", "not listed")

    def claims(self, manifest):
        claims = self.strict("claims", "claims.json", CLAIMS)
        if claims is None:
            return
        found = [leaf["index"] for leaf in manifest["leaves"]]
        if found != claims["leaves"] + [manifest["export"]]:
            self.find("claims", "leaves", claims["leaves"] + [manifest["export"]], found)
        found = [one["size"] for one in manifest["growth"]]
        if found != claims["growth"]:
            self.find("claims", "growth", claims["growth"], found)
        lines = [one["note"].split("\n") for one in manifest["vouched"]]
        found = [decimal(line[1]) for line in lines if len(line) > 1 and decimal(line[1]) is not None]
        promised = claims["vouched"]
        # What was stamped after the export may follow.
        if found[: len(promised)] != promised or len(manifest["vouched"]) > len(promised) + 1:
            self.find("claims", "vouched", promised, found)

    def versions(self, records):
        stated, proved, texts = {}, set(), {}
        for _, said in records:
            if said.get("leaf") == "version" and "version" in said:
                stated[said["version"]] = (said.get("content"), said.get("exhibit"))
            elif said.get("leaf") == "file" and said.get("exhibit") is not None:
                proved.add(said["exhibit"])
        for name in sorted(name for name in self.files if name.startswith("contents/")):
            contents = self.strict("content", name, CONTENTS)
            if contents is None:
                continue
            content, exhibit = stated.pop(contents["version"], (None, None))
            found = content_hash(contents)
            named = name == f"contents/{contents['version']}.json"
            if not named or found != content or exhibit != contents["exhibit"]:
                self.find("content", name, content, found)
                continue
            proved.add(contents["exhibit"])
            proved.update(file["exhibit"] for file in contents["files"] if file["exhibit"] is not None)
            texts[contents["version"]] = (contents["title"], contents["text"])
        for version in stated:
            self.find("content", version, "its content", "missing")
        for name, data in self.files.items():
            if name.startswith("exhibits/"):
                found = sha256(data).hex()
                if name != f"exhibits/{found}":
                    self.find("exhibit", name, name.removeprefix("exhibits/"), found)
                elif found not in proved:
                    self.find("exhibit", name, "a leaf that speaks of it", "none")
        self.items(texts)

    def items(self, texts):
        try:
            items = json.loads(self.files["items.json"].decode())
            shown = [view["version"] for item in items for view in item["versions"]]
            shown = [(version["id"], (version.get("title"), version["text"])) for version in shown]
        except (KeyError, ValueError, TypeError, AttributeError):
            self.find("items", "items.json", "the items", "missing or unreadable")
            return
        for version, text in shown:
            if texts.pop(version, None) != text:
                self.find("items", version, "the text that is proved", "another")
        for version in texts:
            self.find("items", version, "shown", "missing")


def main():
    parser = argparse.ArgumentParser(description="Verifies a Vedette bundle offline.")
    parser.add_argument("bundle")
    parser.add_argument("--key", action="append", default=[], help="verifier key that must have signed or cosigned")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    try:
        trusted = [Key(key) for key in args.key]
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    try:
        with zipfile.ZipFile(args.bundle) as archive:
            files = []
            for entry in archive.infolist():
                if entry.file_size > FILE_BYTES_MAX:
                    raise zipfile.BadZipFile(f"{entry.filename} is too large")
                files.append((entry.filename, archive.read(entry)))
    except OSError as error:
        print(f"error: cannot open `{args.bundle}`: {error}", file=sys.stderr)
        return 2
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        print(f"error: `{args.bundle}` is not a bundle: {error}", file=sys.stderr)
        return 1
    bundle = Bundle(files, trusted)
    bundle.verify()
    well = not bundle.findings
    if args.json:
        print(json.dumps({"exhibits": bundle.exhibits, "leaves": bundle.leaves, "root": bundle.root, "ok": well,
                          "findings": bundle.findings, "vouched": bundle.vouched}))
    else:
        for finding in bundle.findings:
            print("WRONG {what} at {where}: expected {expected}, found {found}".format(**finding))
        for line in bundle.vouched:
            print(line)
        print(f"{'all well' if well else 'NOT well'}: {bundle.exhibits} exhibits, {bundle.leaves} leaves, root {bundle.root}")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
