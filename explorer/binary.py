"""The compact binary file that the page reads: a header in JSON, then arrays of numbers.

Belongs here: the layout of the bytes, and two bits a vote. Not here: what is in it (data.py); its
reader in the page is static/data.js.

    8 bytes   the mark UNGAVOTE
    uint32    the version of the layout and of what the header must have
    uint32    the length of the header in bytes
    header    JSON in UTF-8; its `arrays` says of each array [type, offset, length]
    arrays    each at an offset from the end of the header, both rounded up to 8 bytes

All numbers are little-endian.
"""

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

MARK = b"UNGAVOTE"
# Raised whenever a page of before could not read the file, or would take it for something else.
VERSION = 1
TYPES = {"uint8": "<u1", "uint16": "<u2", "int16": "<i2", "int32": "<i4", "float32": "<f4"}

YES, ABSTAIN, NO, ABSENT, NO_MEMBER = range(5)

_START = struct.Struct("<8sII")
_ALIGNED = 8


class FormatError(ValueError):
    """Bytes that are not this version of the file; the message says what they are."""


def pack(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """The file of a header and one-dimensional arrays of TYPES, as bytes."""
    placed, body = {}, bytearray()
    for name, array in arrays.items():
        kind = str(array.dtype)
        placed[name] = [kind, len(body), len(array)]
        body += array.astype(TYPES[kind]).tobytes()
        body += bytes(-len(body) % _ALIGNED)
    text = json.dumps(
        {**header, "arrays": placed}, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).encode()
    start = _START.pack(MARK, VERSION, len(text)) + text
    return start + bytes(-len(start) % _ALIGNED) + bytes(body)


def unpack(packed: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header and the arrays; raises FormatError for another version or other bytes."""
    if len(packed) < _START.size or not packed.startswith(MARK):
        raise FormatError("these are no votes of the explorer")
    _, version, length = _START.unpack_from(packed)
    if version != VERSION:
        raise FormatError(f"the votes have version {version}, and only {VERSION} can be read")
    end = _START.size + length
    if len(packed) < end:
        raise FormatError("the votes are cut off")
    header = json.loads(packed[_START.size : end])
    begin = end + -end % _ALIGNED
    arrays = {}
    for name, (kind, offset, size) in header.pop("arrays").items():
        if begin + offset + size * np.dtype(TYPES[kind]).itemsize > len(packed):
            raise FormatError("the votes are cut off")
        arrays[name] = np.frombuffer(packed, TYPES[kind], size, begin + offset)
    return header, arrays


def pack_votes(votes: np.ndarray) -> dict[str, np.ndarray]:
    """A matrix of votes as two arrays.

    `votes` is states by roll calls, uint8: YES, ABSTAIN, NO, ABSENT or NO_MEMBER. Of the result,
    `spells` has three numbers (int32) for each stretch of roll calls at which a state was a member:
    the state, the first roll call, and the first one after it. `votes` has the votes of these
    stretches, one after another, two bits each, the first in the lowest bits of a byte.
    """
    member = np.zeros((votes.shape[0], votes.shape[1] + 2), dtype=np.int8)
    member[:, 1:-1] = votes != NO_MEMBER
    change = np.diff(member, axis=1)
    state, first = np.nonzero(change == 1)
    _, after = np.nonzero(change == -1)
    cast = votes[votes != NO_MEMBER]
    cast = np.concatenate([cast, np.zeros(-len(cast) % 4, np.uint8)]).reshape(-1, 4)
    packed = cast[:, 0] | cast[:, 1] << 2 | cast[:, 2] << 4 | cast[:, 3] << 6
    return {
        "votes": packed.astype(np.uint8),
        "spells": np.column_stack([state, first, after]).astype(np.int32).ravel(),
    }


def unpack_votes(arrays: Mapping[str, np.ndarray], states: int, roll_calls: int) -> np.ndarray:
    """The matrix that pack_votes was given."""
    votes = np.full((states, roll_calls), NO_MEMBER, dtype=np.uint8)
    every = (arrays["votes"][:, None] >> np.array([0, 2, 4, 6], np.uint8) & 3).ravel()
    place = 0
    for state, first, after in arrays["spells"].reshape(-1, 3):
        votes[state, first:after] = every[place : place + after - first]
        place += after - first
    return votes
