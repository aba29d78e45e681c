"""Clears what Python keeps in its memory and no visit needs.

- Interned texts that nothing but their table names, such as the names of local variables: they are interned again
  when they are needed.
- The cache of functions by their version, which Python fills again.
"""

from __future__ import annotations

from array import array
from collections import Counter
from struct import pack_into

from ..machine.errors import BuildError
from .objects import COUNT, WORD, Objects

# PyDictObject, Include/cpython/dictobject.h.
_USED, _KEYS = 2 * WORD, 6 * WORD
# PyFunctionObject, Include/cpython/funcobject.h; struct _func_version_cache_item, pycore_interp_structs.h.
_VERSION_AT, _PLACES, _PLACE_BYTES = 18 * WORD, 4096, 2 * WORD
_FEWEST = 100  # functions that must lie where the cache has them


def clear(objects: Objects) -> None:
    """Clear it in the memory. Raises BuildError for another layout."""
    _forget_texts(objects)
    _clear_function_cache(objects)


def _forget_texts(objects: Objects) -> None:
    """Take the texts out of their table and fill them with zeros. Their blocks stay allocated."""
    memory, keys = objects.memory, objects.interned_keys
    entries, count = objects.entries(keys), objects.word(keys + COUNT)
    begin, end = entries // WORD, entries // WORD + 2 * count
    words = array("I", bytes(memory))
    named = {*words[:begin], *words[end:]}
    unnamed = [text for text in objects.texts if text.is_interned and text.begin not in named]
    (keys_of_dict,) = (n * WORD for n, word in enumerate(words) if word == keys)
    used = keys_of_dict - _KEYS + _USED
    pack_into("<I", memory, used, objects.word(used) - len(unnamed))
    forgotten = {text.begin for text in unnamed}
    for n in range(begin, end, 2):
        if words[n] in forgotten:
            pack_into("<II", memory, n * WORD, 0, 0)
    for text in unnamed:
        memory[text.begin : text.end] = bytes(text.end - text.begin)
        objects.texts.remove(text)


def _clear_function_cache(objects: Objects) -> None:
    """The cache is in the initial data. Its place follows from those of the functions in it."""
    links = {link + 2 * WORD for link in objects.links}
    places: Counter[int] = Counter()
    for n, word in enumerate(array("I", bytes(objects.memory[: objects.start // WORD * WORD]))):
        if word in links:
            places[n * WORD - objects.word(word + _VERSION_AT) % _PLACES * _PLACE_BYTES] += 1
    cache, functions = places.most_common(1)[0]
    if functions < _FEWEST:
        raise BuildError("Python's cache of functions is not where bundler/slim/unused.py looks for it: adapt it.")
    objects.memory[cache : cache + _PLACES * _PLACE_BYTES] = bytes(_PLACES * _PLACE_BYTES)
