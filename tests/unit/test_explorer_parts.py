"""The explorer's packed votes, and its modules as one script."""

import json
import re
import shutil
import struct
import subprocess

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from explorer.binary import (
    MARK,
    NO_MEMBER,
    VERSION,
    FormatError,
    pack,
    pack_votes,
    unpack,
    unpack_votes,
)
from explorer.page import STATIC, script

HEADER = {"states": [{"name": "Türkiye"}], "nothing": None}
ARRAYS = {
    "days": np.array([-5, 7, 20_000], np.int32),
    "places": np.array([1, 65_535], np.uint16),
    "points": np.array([0.25, -1.5, 3], np.float32),
    "none": np.array([], np.int16),
}
MODULES = sorted(STATIC.rglob("*.js"))


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2), elements=st.integers(0, NO_MEMBER)))
def test_votes_come_out_as_they_went_in(votes):
    packed = pack_votes(votes)
    assert np.array_equal(unpack_votes(packed, *votes.shape), votes)


def test_a_vote_takes_two_bits_and_who_was_no_member_none():
    votes = np.array([[0, 1, 2, 3, NO_MEMBER, NO_MEMBER, 2], [NO_MEMBER] * 7], np.uint8)
    packed = pack_votes(votes)
    assert packed["votes"].tolist() == [0b11_10_01_00, 0b10]
    assert packed["spells"].tolist() == [0, 0, 4, 0, 6, 7]
    # Absent is not the same as no member.
    assert unpack_votes(packed, 2, 7)[0].tolist() == [0, 1, 2, 3, NO_MEMBER, NO_MEMBER, 2]


def test_header_and_arrays_come_out_as_they_went_in():
    header, found = unpack(pack(HEADER, ARRAYS))
    assert header == HEADER
    assert {name: (array.dtype, array.tolist()) for name, array in found.items()} == {
        name: (array.dtype, array.tolist()) for name, array in ARRAYS.items()
    }


def test_another_version_is_refused():
    packed = bytearray(pack(HEADER, ARRAYS))
    struct.pack_into("<I", packed, len(MARK), VERSION + 1)
    with pytest.raises(FormatError, match=f"version {VERSION + 1}, and only {VERSION}"):
        unpack(bytes(packed))


@pytest.mark.parametrize("size", [0, 7, 15, 40, -1])
def test_what_is_cut_off_or_something_else_is_refused(size):
    packed = pack(HEADER, {"days": np.arange(9, dtype=np.int32)})
    end = packed.rindex(b"\x08") + 1  # of the last number, before what fills up the eight bytes
    with pytest.raises(FormatError):
        unpack(packed[:size] if size >= 0 else packed[:end])
    with pytest.raises(FormatError, match="no votes"):
        unpack(b"SQLite format 3\0" + packed)


def test_page_and_file_agree_on_the_version():
    said = re.search(r"^export const VERSION = (\d+);", (STATIC / "data.js").read_text(), re.M)
    assert said and int(said[1]) == VERSION


def test_every_module_is_in_the_script_once_after_those_it_needs():
    whole = script()
    headings = [f"// {module.relative_to(STATIC)}\n" for module in MODULES]
    assert [whole.count(heading) for heading in headings] == [1] * len(MODULES)
    assert not re.search(r"^(import|export) ", whole, re.MULTILINE)
    assert whole.index("// data.js") < whole.index("// counts.js") < whole.index("// page.js")


def test_names_differ_between_modules():
    declared = re.findall(r"^(?:async )?(?:const|let|function) (\w+)", script(), re.MULTILINE)
    assert len(declared) > 100
    assert sorted(declared) == sorted(set(declared))


def test_votes_and_no_vote_differ_in_lightness():
    source = (STATIC / "charts.js").read_text()
    votes = source.partition("VOTE_COLOURS = {")[2].partition("}")[0]
    colours = re.findall("#[0-9A-F]{6}", votes) + re.findall('NO_VALUE = "(#.{6})"', source)
    assert len(colours) == 5
    lights = sorted(map(lightness, colours))
    assert min(np.diff(lights)) > 10, lights


def lightness(colour: str) -> float:
    """CIE L* of a colour of sRGB, from 0 to 100."""
    shares = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return float(116 * np.cbrt(linear @ [0.2126, 0.7152, 0.0722]) - 16)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_module_says_what_belongs_in_it(module):
    head, _, _ = module.read_text(encoding="utf-8").partition("import ")
    assert "// Belongs here: " in head and "Not here: " in head


def test_types_are_right_by_their_comments(tmp_path):
    tsc = shutil.which("tsc")
    if not tsc:
        pytest.skip("tsc is not there: the types of the explorer's modules are not checked here")
    options = dict.fromkeys(("noEmit", "allowJs", "checkJs", "strict"), True) | {
        "types": [],
        "target": "ES2023",
        "module": "ESNext",
        "moduleResolution": "bundler",
        "lib": ["ES2023", "DOM", "DOM.Iterable"],
    }
    config = {"compilerOptions": options, "files": [str(STATIC / "page.js")]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(config))
    checked = subprocess.run([tsc, "-p", tmp_path], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
