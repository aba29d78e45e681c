"""The slim runtime's WebAssembly: read and written, trimmed, split in two, marked for a profile."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bundler.machine.errors import BuildError
from bundler.slim import code, cut, drop, exports, functions, profile, split, wasm
from bundler.slim.leb import END, Reader, constant, s32, u32
from bundler.slim.library import PYODIDE
from bundler.slim.wasm import FUNCTION, Data, Export, Import
from tests.unit.slim_modules import BOTH, COUNT, DOUBLE, INDIRECT, SQUARE, UNUSED, module, run

ALL = "say([x.double(3), x.square(3), x.both(3), x.indirect(5), x.count(1), x.counted.value])"
EXPECTED = [6, 9, 36, 25, 43, 41]
WHOLE = (
    "const x = new WebAssembly.Instance(whole, { env: { emscripten_debugger() {}, never() {}, unused() {} } }).exports;"
)
# `loads` counts how often the cold module was loaded since somebody could not wait for it.
HALVES = """
  let loads = 0, cold_imports;
  const load = () => { new WebAssembly.Instance(cold, cold_imports); x.$loaded.value = 1 };
  const env = { never() {}, load_cold() { loads += 1; load() } };
  const x = new WebAssembly.Instance(first, { env }).exports;
  cold_imports = { env, $: x };
"""


@pytest.mark.parametrize("number", [0, 1, 63, 64, 127, 128, 624485, 2**31 - 1, 2**32 - 1])
def test_numbers_are_read_as_they_were_written(number):
    assert Reader(u32(number)).u32() == number
    for signed in (number, -number):
        assert Reader(s32(signed)).s32() == signed


def test_a_module_is_written_as_it_was_read(tmp_path):
    written = wasm.emit(module())
    assert wasm.parse(written) == module()
    assert run(WHOLE + ALL, tmp_path, whole=written) == EXPECTED


def test_the_released_python_is_written_as_it_was_read():
    content = (PYODIDE / "pyodide.asm.wasm").read_bytes()
    read = wasm.parse(content)
    assert wasm.parse(wasm.emit(read)) == read
    assert len(read.bodies) > 10_000
    for body in read.bodies[::50]:
        assert list(code.names(body)) is not None  # every instruction is understood


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"\0asm\2\0\0\0", "no WebAssembly module of version 1"),
        (b"\0asm\1\0\0\0\x0e\1\0", "a section of kind 14"),
        (b"\0asm\1\0\0\0\1\2\1\x5f", "no plain functions"),
        (b"\0asm\1\0\0\0\x0b\2\1\1", "passive data"),
        (b"\0asm\1\0\0\0\5\4\1\0\1\0", "Section 5"),
    ],
)
def test_what_is_not_understood_is_said(content, complaint):
    with pytest.raises(BuildError, match=complaint):
        wasm.parse(content)


def test_code_that_is_not_understood_is_said():
    with pytest.raises(BuildError, match="0xfd"):
        list(code.names(b"\0\xfd\0" + bytes([END])))
    with pytest.raises(BuildError, match="does not end"):
        list(code.names(b"\0\x41\x0a"))


def test_what_code_names():
    body = module().bodies[COUNT]
    assert list(code.names(body)) == [(code.GLOBAL_GET, 0), (code.GLOBAL_SET, 0), (code.GLOBAL_GET, 0)]
    assert [function for _, function in code.names(module().bodies[BOTH])] == [2 + DOUBLE, 2 + SQUARE]
    assert {1, 64} <= set(code.constants(body))


def test_trimmed_it_has_what_is_needed_and_what_that_calls(tmp_path):
    trimmed = exports.trim(module(), {"both"})
    assert [export.name for export in trimmed.exports] == ["both"]
    is_left = [body != exports.UNREACHABLE for body in trimmed.bodies]
    assert is_left == [n in (DOUBLE, SQUARE, BOTH) for n in range(6)]  # the table has the first two as well
    assert exports.imported_names(trimmed) == set()  # nobody calls either
    assert run(WHOLE + "say([x.both(3), Object.keys(x)])", tmp_path, whole=wasm.emit(trimmed)) == [36, ["both"]]


def test_an_export_that_javascript_needs_and_nobody_gives_is_said():
    with pytest.raises(BuildError, match="does not export gone, which"):
        exports.trim(module(), {"both", "gone"})


def test_what_nothing_reaches_is_dropped(tmp_path):
    trimmed = exports.trim(module(), {"both", "count"})
    small = drop.drop(trimmed)
    assert len(small.bodies) == 4  # double, square, both and count, which stands last
    assert exports.UNREACHABLE not in small.bodies
    whole = wasm.emit(small)
    assert run(WHOLE + "say([x.both(3), x.count(1)])", tmp_path, whole=whole) == [36, 43]
    assert drop.drop(small) == small


@pytest.mark.parametrize("number", [2 + BOTH, 200, 20_000])
def test_a_new_number_may_be_longer(number):
    call, name = bytes([code.CALL]) + u32(2 + DOUBLE), bytes([code.REF_FUNC]) + u32(300)
    body = b"\0" + call + b"\x41\x10\x1a" + name + bytes([END])
    changed = code.renumbered(body, {2 + DOUBLE: number, 300: 7})
    assert list(code.names(changed)) == [(code.CALL, number), (code.REF_FUNC, 7)]
    assert list(code.constants(changed)) == [16]
    assert code.renumbered(changed, {number: 2 + DOUBLE, 7: 300}) == body


def test_a_number_that_a_linker_padded_is_replaced_whole():
    padded = b"\0\x10\x82\x80\x80\x80\0\x1a" + bytes([END])
    assert code.renumbered(padded, {2: 3}) == b"\0\x10\x03\x1a" + bytes([END])


@pytest.mark.parametrize("hot", [range(6), [], [BOTH], [DOUBLE, COUNT], [SQUARE, INDIRECT], [BOTH, SQUARE, UNUSED]])
def test_split_anywhere_it_does_the_same(tmp_path, hot):
    halves = split.split(module(), hot, [Data(64, b"\1")])
    both = {"first": wasm.emit(halves.first), "cold": wasm.emit(halves.cold)}
    small = {name: wasm.emit(drop.drop(wasm.parse(content))) for name, content in both.items()}
    memory = "new Uint8Array(x.memory.buffer)[64] = 1;"  # in the page, the snapshot's work
    assert run(HALVES + memory + ALL, tmp_path, **both) == EXPECTED
    assert run(HALVES + memory + "load();" + ALL, tmp_path, **both) == EXPECTED
    assert run(HALVES + memory + ALL, tmp_path, **small) == EXPECTED
    assert run(HALVES + memory + "load();" + ALL, tmp_path, **small) == EXPECTED


def test_the_cold_half_is_loaded_once_and_only_by_who_needs_it(tmp_path):
    halves = split.split(module(), [DOUBLE, COUNT])
    both = {"first": wasm.emit(halves.first), "cold": wasm.emit(halves.cold)}
    script = "const at = (call) => { call(); return loads };"
    steps = "say([at(() => x.double(1)), at(() => x.count(1)), at(() => x.both(1)), at(() => x.square(1))])"
    assert run(HALVES + script + steps, tmp_path, **both) == [0, 0, 1, 1]
    assert run(HALVES + "load();" + script + steps, tmp_path, **both) == [0, 0, 0, 0]


def test_cold_data_comes_with_the_cold_half(tmp_path):
    halves = split.split(module(), [COUNT, DOUBLE], [Data(64, b"\5")])
    both = {"first": wasm.emit(halves.first), "cold": wasm.emit(halves.cold)}
    assert run(HALVES + "say([x.count(0), x.square(1), x.count(0)])", tmp_path, **both) == [41, 1, 42 + 5]


def test_split_needs_the_import_that_it_takes_over():
    imports = [replace(each, name="other") for each in module().imports]
    with pytest.raises(BuildError, match="does not import emscripten_debugger any more"):
        split.split(replace(module(), imports=imports), [])


def test_a_profile_tells_what_was_called(tmp_path):
    marked = wasm.emit(profile.instrument(module()))
    script = "x.both(2); say(Object.keys(x).filter((name) => /^[$]p/.test(name) && x[name].value))"
    assert run(WHOLE + script, tmp_path, whole=marked) == [f"$p{n}" for n in (DOUBLE, SQUARE, BOTH)]
    assert run(WHOLE + ALL, tmp_path, whole=marked) == EXPECTED


def test_a_profile_is_of_one_module_alone(tmp_path, monkeypatch):
    assert profile.unpack(profile.pack({0, 3, 5}, 6)) == {0, 3, 5}
    file = tmp_path / "profiles.json"
    monkeypatch.setattr(profile, "PROFILES", file)
    texts = {"one": profile.pack({DOUBLE}, 6), "other": profile.pack({BOTH}, 6)}
    said = {"code": profile.fingerprint(module()), "browsers": texts, "python": ["os.py:fspath"]}
    file.write_text(json.dumps(said))
    assert profile.known(module()) == profile.Profile({DOUBLE, BOTH}, {"os.py:fspath"})
    other = module()
    other.bodies.reverse()
    assert profile.known(other) is None


def test_the_profiles_are_of_this_python():
    from bundler.slim import build

    known = profile.known(build.instrumented())
    assert known is not None
    names = {each.name for each in functions.read(build.build() / "functions.json")}
    assert len(names & set(known.python)) > 50


def naming(address: int) -> wasm.Module:
    """A module whose first function reads at this address."""
    return replace(module(), bodies=[b"\0" + constant(address)[:-1] + b"\x28\2\0" + bytes([END])])


def test_data_that_hot_code_names_is_not_cut():
    memory = bytes(range(256)) * (max(each.end for each in cut.CUTS) // 256 + 1)
    (first, *_) = cut.CUTS
    with pytest.raises(BuildError, match=rf"Function 0 runs at every visit and names 0x{first.start:x}, in the mapp"):
        cut.cut(naming(first.start), [0], memory)
    for address in (first.start - 1, first.end):
        apart = cut.cut(naming(address), [0], memory)[: len(cut.CUTS)]
        assert [(each.address, len(each.content)) for each in apart] == [(c.start, c.end - c.start) for c in cut.CUTS]
        assert apart[0].content == memory[first.start : first.end]
    assert cut.cut(naming(first.start), [], memory)  # cold code may


def test_an_import_that_is_no_function_is_said():
    imports = [*module().imports, Import("env", "memory", wasm.MEMORY, b"\0\1")]
    with pytest.raises(BuildError, match=r"imports env\.memory, which is no function"):
        exports.trim(replace(module(), imports=imports, exports=[Export("both", FUNCTION, 2 + BOTH)]), {"both"})
