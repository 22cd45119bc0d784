"""Folding names, numbers and dates so that search forgives spelling and script. Pure.

A name is folded in two ways. Its *sound* keeps the vowels in three classes, so that trigrams
of it find slips of the finger ("Rashd"). Its *skeleton* keeps the consonants alone, so that the
many Latin spellings of one Arabic name meet each other and the Arabic (محمد, Mohammed, Muhamad).
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from anyascii import anyascii
from rapidfuzz.distance import JaroWinkler

# Arabic and Persian letters whose usual Latin spelling is wanted, not their transliteration.
_ARABIC = str.maketrans(
    {
        "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ء": "", "ؤ": "", "ئ": "",  # noqa: RUF001
        "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d", "ذ": "dh",
        "ر": "r", "ز": "z", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "dh",
        "ع": "a", "غ": "gh", "ف": "f", "ق": "q", "ك": "k", "ک": "k", "ل": "l", "م": "m",
        "ن": "n", "ه": "h", "ة": "a", "و": "w", "ي": "y", "ی": "y", "ى": "a",  # noqa: RUF001
        "پ": "p", "چ": "ch", "ژ": "j", "گ": "g", "ڤ": "v", "ـ": "",
    }
)  # fmt: skip
_ARABIC_ARTICLE = "ال"
_ABD = "abd"
_ARABIC_ABD = "عبد"
_ARTICLES = frozenset({"al", "el", "ul"})
# "ar-Rashid", "ash-Sharif": before these letters the article takes their sound.
_SUN_ARTICLES = {"ar": "r", "as": "s", "ash": "sh", "ad": "d", "an": "n", "at": "t", "az": "z"}
_FUSED_ARTICLE_FROM = 6

# Several letters that make one consonant, longest first.
_CLUSTERS = (
    ("sch", "S"), ("tch", "S"), ("sh", "S"), ("ch", "S"), ("kh", "X"), ("gh", "j"), ("ph", "f"),
    ("th", "t"), ("dh", "z"), ("ck", "k"), ("x", "ks"),
)  # fmt: skip
_CONSONANTS = str.maketrans({"q": "k", "c": "k", "g": "j", "p": "b", "v": "f"})
_VOWEL_CLASSES = str.maketrans({"o": "u", "w": "u", "e": "i", "y": "i"})
_SOFT_C = re.compile("c(?=[eiy])")
_LONGEST = 40
_TRIGRAM = 3
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_DATE_WITH_MARKS = re.compile(
    r"\b(\d{1,4})\s*[./\-\s]\s*(\d{1,2}|[a-z]{3,9})\.?\s*[./\-\s]\s*(\d{4}|\d{1,2})\b"
)
_EIGHT_DIGITS = re.compile(r"\b(\d{2})(\d{2})(\d{4})\b")
_DIGIT_RUN = re.compile(r"\d[\d\s\-()/.]*\d|\d")
SHORTEST_DIGITS = 4
_PHONE_TAIL = 9
SHORTEST_PHONE = 7
CLOSE_NAME = 0.86
WORTH_SHOWING = 0.7


@dataclass(frozen=True, slots=True)
class Token:
    """One part of a name: as it sounds, and as its consonants alone."""

    sound: str
    skeleton: str


def _letters(word: str) -> str:
    return "".join(c for c in anyascii(word.translate(_ARABIC)).casefold() if c.isalnum())


def _words(name: str) -> list[str]:
    """The Latin letters of each part of a name, articles taken off."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    plain = "".join(c for c in plain if unicodedata.category(c) != "Mn")
    raw = [part for part in re.split(r"[^\w]+", plain) if part]
    words: list[str] = []
    for part in raw:
        if part.startswith(_ARABIC_ABD) and len(part) > len(_ARABIC_ABD):
            words.append(_ABD)
            part = part.removeprefix(_ARABIC_ABD)
        # The vowel of this word is never written; without it "lah" would be two consonants.
        part = part.replace("الله", "لاه")
        if part.startswith(_ARABIC_ARTICLE) and len(part) > len(_ARABIC_ARTICLE) + 1:
            part = part.removeprefix(_ARABIC_ARTICLE)
        if letters := _letters(part):
            words.append(letters)
    return list(_without_articles(words))


def _without_articles(words: list[str]) -> Iterable[str]:
    following = [*words, ""][1:]
    for word, after in zip(words, following, strict=True):
        if after and (word in _ARTICLES or _is_sun_article(word, after)):
            continue
        compound = re.fullmatch(r"abd[aeuio]l?(.{2,})|abd(?:el|ul|al)", word)
        if compound:
            yield _ABD
            if compound[1]:
                yield compound[1]
            continue
        yield word


def _is_sun_article(word: str, after: str) -> bool:
    sound = _SUN_ARTICLES.get(word)
    return sound is not None and after.startswith(sound)


def _once(text: str) -> str:
    return "".join(letter for letter, _ in groupby(text))


def sound_of(word: str) -> str:
    """The word with its vowels in three classes: a, i (e, y), u (o, w)."""
    return _once(_consonants(word)[:1] + _consonants(word)[1:].translate(_VOWEL_CLASSES))[:_LONGEST]


def _consonants(word: str) -> str:
    text = _SOFT_C.sub("s", word)
    for cluster, one in _CLUSTERS:
        text = text.replace(cluster, one)
    return text.translate(_CONSONANTS)


def skeleton_of(word: str) -> str:
    """The word's consonants; a vowel in front is kept as "a", a silent h at the end is not."""
    text = _consonants(word)
    if not text:
        return ""
    head = "a" if text[0] in "aeiou" else text[0]
    tail = re.sub("[aeiouyw]", "", text[1:])
    bones = _once(head + tail)
    return (bones[:-1] if len(bones) > 1 and bones.endswith("h") else bones)[:_LONGEST]


def tokens(*names: str) -> tuple[Token, ...]:
    """Every part of these names, folded, each once."""
    words = [word for name in names for word in _words(name)]
    return tuple(dict.fromkeys(Token(sound_of(word), skeleton_of(word)) for word in words))


def _variants(token: Token) -> Iterable[str]:
    """The skeleton, and the skeleton without an article written together ("Alrashid")."""
    yield token.skeleton
    if len(token.sound) >= _FUSED_ARTICLE_FROM and token.sound[:2] in {"al", "il"}:
        yield skeleton_of(token.sound[2:])


def _trigrams(sound: str) -> Iterable[str]:
    marked = f"^{sound}"
    yield from (marked[i : i + _TRIGRAM] for i in range(max(1, len(marked) - _TRIGRAM + 1)))


def name_keys(*names: str) -> frozenset[str]:
    """The keys under which a name is found, and by which it is looked for."""
    found: set[str] = set()
    for token in tokens(*names):
        found |= {f"s:{bones}" for bones in _variants(token) if len(bones) > 1}
        found |= {f"t:{piece}" for piece in _trigrams(token.sound)}
    return frozenset(found)


def digits_of(text: str) -> str:
    """The digits alone, whatever script they are written in."""
    return "".join(c for c in anyascii(text) if c.isdigit())


def keys_of_patient(
    *, names: Iterable[str], number: str, phone: str, born_on: date
) -> frozenset[str]:
    """Every key under which one patient is stored."""
    whole = digits_of(number)
    tail = digits_of(phone)[-_PHONE_TAIL:]
    keys = set(name_keys(*names))
    keys |= {f"n:{whole[:size]}" for size in range(SHORTEST_DIGITS, len(whole) + 1)}
    keys |= {f"p:{tail[-size:]}" for size in range(SHORTEST_DIGITS, len(tail) + 1)}
    keys.add(f"b:{born_on:%Y%m%d}")
    return frozenset(keys)


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody typed, taken apart."""

    tokens: tuple[Token, ...]
    dates: tuple[date, ...]
    digits: tuple[str, ...]
    keys: frozenset[str]
    strong_keys: frozenset[str]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self.keys


def _dates_in(text: str) -> tuple[tuple[date, ...], str]:
    """Every date the text can mean, and the text without them."""
    found: list[date] = []

    def take(match: re.Match[str]) -> str:
        first, second, third = match.groups()
        meant = _readings(first, second, third)
        found.extend(meant)
        return " " if meant else match.group()

    rest = _DATE_WITH_MARKS.sub(take, text)
    rest = _EIGHT_DIGITS.sub(take, rest)
    return tuple(dict.fromkeys(found)), rest


def _readings(first: str, second: str, third: str) -> list[date]:
    """Day first, then month first where that, too, is a date; year first if it has four digits."""
    month = _MONTHS.get(second[:3]) if second[0].isalpha() else int(second)
    if month is None:
        return []
    if len(first) == len("YYYY"):
        orders = [(int(first), month, int(third))]
    else:
        if len(third) != len("YYYY"):
            return []
        orders = [(int(third), month, int(first))]
        if not second[0].isalpha():
            orders.append((int(third), int(first), month))
    dates = []
    for year, its_month, day in orders:
        try:
            dates.append(date(year, its_month, day))
        except ValueError:
            continue
    return dates


def read_query(text: str) -> Query:
    """Take apart what somebody typed: names, a birth date, a patient's or a telephone number."""
    plain = "".join(
        anyascii(c) if unicodedata.category(c) == "Nd" else c for c in text[:200].casefold()
    )
    dates, rest = _dates_in(plain)
    runs = tuple(
        digits
        for match in _DIGIT_RUN.findall(rest)
        if len(digits := digits_of(match)) >= SHORTEST_DIGITS
    )
    words = _DIGIT_RUN.sub(" ", rest)
    strong = {f"b:{day:%Y%m%d}" for day in dates}
    for digits in runs:
        strong |= {f"n:{digits}", f"p:{digits[-_PHONE_TAIL:]}"}
    names = name_keys(words)
    strong |= {name for name in names if name.startswith("s:")}
    return Query(tokens(words), dates, runs, frozenset(names | strong), frozenset(strong))


def _likeness(asked: Token, known: Token) -> float:
    if asked.sound == known.sound:
        return 1.0
    likeness: float = JaroWinkler.similarity(asked.sound, known.sound)
    if known.sound.startswith(asked.sound):
        likeness = max(likeness, 0.97)
    if set(_variants(asked)) & set(_variants(known)) and len(asked.skeleton) > 1:
        likeness = max(likeness, 0.9 + 0.09 * likeness)
    return likeness


def name_likeness(asked: Iterable[Token], known: Iterable[Token]) -> float:
    """How well the asked parts are found among the known ones, 0 to 1, in any order."""
    wanted, had = tuple(asked), tuple(known)
    if not wanted or not had:
        return 0.0
    return sum(max(_likeness(one, other) for other in had) for one in wanted) / len(wanted)


def are_near(one: date, other: date) -> bool:
    """Whether two birth dates may be one: equal, day and month swapped, or one digit off."""
    if one == other:
        return True
    if one.year == other.year and (one.day, one.month) == (other.month, other.day):
        return True
    pairs = zip(f"{one:%Y%m%d}", f"{other:%Y%m%d}", strict=True)
    return sum(a != b for a, b in pairs) == 1


def dates_near(day: date) -> frozenset[str]:
    """The keys of every date that `are_near` this one."""
    near = {f"b:{day:%Y%m%d}", f"b:{day.year:04}{day.day:02}{day.month:02}"}
    digits = f"{day:%Y%m%d}"
    for place in range(len(digits)):
        near |= {f"b:{digits[:place]}{other}{digits[place + 1 :]}" for other in "0123456789"}
    return frozenset(near)


def score(query: Query, *, names: Iterable[str], number: str, phone: str, born_on: date) -> float:
    """How well a patient answers the query, 0 to 1: the mean over its parts."""
    parts: list[float] = []
    if query.tokens:
        known = tokens(*names)
        parts += [max((_likeness(t, k) for k in known), default=0.0) for t in query.tokens]
    if query.dates:
        exact = born_on in query.dates
        parts.append(1.0 if exact else 0.7 * any(are_near(born_on, d) for d in query.dates))
    whole, tail = digits_of(number), digits_of(phone)
    for digits in query.digits:
        hit = whole.startswith(digits) or tail.endswith(digits[-_PHONE_TAIL:])
        parts.append(1.0 if hit else 0.0)
    return sum(parts) / len(parts) if parts else 0.0


def same_phone(one: str, other: str) -> bool:
    """Whether two telephone numbers end alike, whatever prefix they are written with."""
    ours, theirs = digits_of(one)[-_PHONE_TAIL:], digits_of(other)[-_PHONE_TAIL:]
    shortest = min(len(ours), len(theirs))
    return shortest >= SHORTEST_PHONE and ours[-shortest:] == theirs[-shortest:]
