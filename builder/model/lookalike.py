"""Names that look like other names.

Source: the confusable letters are those of UTS #39 that look like ASCII in the
fonts of Windows; scripts are told by Unicode's names of characters.
"""

import re
import unicodedata

# ASCII letters, and the code points of Cyrillic, Greek and other letters that
# imitate them.
_IMITATED = {
    "A": "0391 0410",
    "a": "0251 03B1 0430",
    "B": "0392 0412",
    "C": "0421",
    "c": "0441",
    "d": "0501",
    "E": "0395 0415",
    "e": "0435",
    "g": "0261 0581",
    "H": "0397 041D",
    "h": "04BB 0570",
    "I": "0399 0406",
    "i": "0131 03B9 0456",
    "J": "0408",
    "j": "0458",
    "K": "039A 041A",
    "l": "0196 04CF 217C",
    "M": "039C 041C",
    "m": "217F",
    "N": "039D",
    "n": "0578",
    "O": "039F 041E",
    "o": "03BF 043E 0585",
    "P": "03A1 0420",
    "p": "03C1 0440",
    "q": "051B",
    "S": "0405",
    "s": "0455",
    "T": "03A4 0422",
    "u": "03C5 057D",
    "v": "03BD 0475",
    "w": "051D",
    "X": "03A7 0425",
    "x": "0445",
    "Y": "03A5 0423",
    "y": "0443",
    "Z": "0396",
}
_SHAPES = {
    int(code, 16): letter
    for letter, codes in _IMITATED.items()
    for code in codes.split()
}
# What people take for each other among ASCII characters, after folding.
_ASCII = str.maketrans("i1|0", "lllo")
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")


def shape(name: str) -> str:
    """Return what a name looks like: equal shapes look equal to people."""
    return _plain(name).casefold().translate(_ASCII).replace("rn", "m")


def _plain(name: str) -> str:
    """Put ASCII letters where others imitate them; leave out what is not seen."""
    if name.isascii():
        return name
    name = unicodedata.normalize("NFKC", name)
    name = "".join(c for c in name if unicodedata.category(c) != "Cf")
    return name.translate(_SHAPES)


def disguise(name: str) -> str | None:
    """Return why a name cannot be meant as it is written, or None.

    Letters of one script are a name in another language; so are those that
    nobody takes for Latin ones.
    """
    if name.isascii():
        return None
    for character in name:
        category = unicodedata.category(character)
        if category in ("Cf", "Cc", "Co", "Cn"):
            return f"the invisible character U+{ord(character):04X}"
    for word in _WORD.findall(name):
        scripts = {_script(character) for character in word}
        if "LATIN" in scripts and not scripts.isdisjoint(_SCRIPTS):
            foreign = next(c for c in word if _script(c) != "LATIN")
            return f"{unicodedata.name(foreign)} among Latin letters"
    if unicodedata.normalize("NFKC", name).isascii():
        return "characters that stand for ASCII ones"
    if _plain(name).isascii():
        return "letters of another script that look like Latin ones"
    return None


def _script(character: str) -> str:
    return unicodedata.name(character, "?").partition(" ")[0]
