"""The order in which C++'s hash tables list their keys.

TF Serving looks at its models in the order of a hash table of libstdc++, so its log does too.
Source: `_Hashtable` in `bits/hashtable.h` (`_M_insert_multi_node`, `_M_rehash_aux`),
`_Prime_rehash_policy` in `hashtable_c++0x.cc` and `_Hash_bytes` (MurmurHash64A) in `hash_bytes.cc`
of GCC. A recorded server went through its models in this order.
"""

from __future__ import annotations

from collections.abc import Iterator

_WORD = 2**64 - 1
_MULTIPLIER = 0xC6A4A7935BD1E995
_SEED = 0xC70F6907
_BYTES_OF_A_WORD = 8
_FIRST_BUCKETS = 11  # what the first insertion asks for more than
# The sizes that are not passed over, as far as tables here may grow.
_SIZES = (
    *(2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89),
    *(97, 103, 109, 113, 127, 137, 139, 149, 157, 167, 179, 193, 199, 211, 227, 241, 257, 277, 293),
    *(313, 337, 359, 383, 409, 439, 467, 503, 541, 577, 619, 661, 709, 761, 823, 887, 953, 1031),
    *(1109, 1193, 1289, 1381, 1493, 1613, 1741, 1879, 2029, 2179, 2357, 2549, 2753, 2971, 3209),
)


class HashTable:
    """A multiset of texts, listed as `std::unordered_multimap` lists its keys, each once."""

    def __init__(self) -> None:
        self._buckets = 1
        self._capacity = 0
        self._counts: dict[str, int] = {}
        self._order: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return iter(self._order)

    def add(self, key: str) -> None:
        """Adds a key, or the same once more."""
        self._grow()
        if key not in self._counts:
            self._insert(key)
        self._counts[key] = self._counts.get(key, 0) + 1

    def remove(self, key: str) -> None:
        """Takes a key away that was added, once."""
        self._counts[key] -= 1
        if not self._counts[key]:
            del self._counts[key]
            self._order.remove(key)

    def _bucket(self, key: str) -> int:
        return hash_of(key) % self._buckets

    def _insert(self, key: str) -> None:
        """A new key stands before those of its bucket, the key of an empty one before all."""
        bucket = self._bucket(key)
        places = (at for at, other in enumerate(self._order) if self._bucket(other) == bucket)
        self._order.insert(next(places, 0), key)

    def _grow(self) -> None:
        wanted = sum(self._counts.values()) + 1
        if wanted <= self._capacity:
            return
        wanted = max(wanted, 0 if self._capacity else _FIRST_BUCKETS)
        if wanted >= self._buckets:
            self._buckets = _size(max(wanted + 1, 2 * self._buckets))
            self._distribute()
        self._capacity = self._buckets

    def _distribute(self) -> None:
        """Puts the keys into the new buckets; neighbours that stay together keep their order."""
        old, self._order = self._order, []
        for before, key in zip([None, *old], old, strict=False):
            if before is None or self._bucket(before) != self._bucket(key):
                self._insert(key)
            else:
                self._order.insert(self._order.index(before) + 1, key)


def hash_of(text: str) -> int:
    """`std::hash<std::string>` on a machine of 64 bits."""
    data = text.encode("utf-8", "surrogateescape")
    whole = len(data) - len(data) % _BYTES_OF_A_WORD
    found = _SEED ^ (len(data) * _MULTIPLIER & _WORD)
    for at in range(0, whole, _BYTES_OF_A_WORD):
        word = int.from_bytes(data[at : at + _BYTES_OF_A_WORD], "little")
        word = _mixed(word * _MULTIPLIER & _WORD) * _MULTIPLIER & _WORD
        found = (found ^ word) * _MULTIPLIER & _WORD
    if whole < len(data):
        found = (found ^ int.from_bytes(data[whole:], "little")) * _MULTIPLIER & _WORD
    return _mixed(_mixed(found) * _MULTIPLIER & _WORD)


def _mixed(word: int) -> int:
    return word ^ word >> 47


def _size(least: int) -> int:
    return next((size for size in _SIZES if size >= least), _SIZES[-1])
