"""The slim runtime's WebAssembly: parsing, writing, trimming, splitting, and marks for profiles."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bundler.machine.errors import BuildError
from bundler.slim import code, cold, cut, drop, exports, functions, profile, split, wasm
from bundler.slim.leb import END, Reader, constant, s32, u32
from bundler.slim.library import PYODIDE
from bundler.slim.wasm import FUNCTION, Data, Export, Import
from tests.unit.slim_modules import BOTH, COUNT, DOUBLE, HALVES, INDIRECT, SQUARE, UNUSED, module, run

pytestmark = pytest.mark.builds

ALL = "print([x.double(3), x.square(3), x.both(3), x.indirect(5), x.count(1), x.counted.value])"
EXPECTED = [6, 9, 36, 25, 43, 41]
WHOLE = (
    "const x = new WebAssembly.Instance(whole, { env: { emscripten_debugger() {}, never() {}, unused() {} } }).exports;"
)


# `loads` counts the loads of the cold module by a call.
@pytest.mark.parametrize("number", [0, 1, 63, 64, 127, 128, 624485, 2**31 - 1, 2**32 - 1])
def test_reading_a_number_reverses_writing_it(number):
    assert Reader(u32(number)).u32() == number
    for signed in (number, -number):
        assert Reader(s32(signed)).s32() == signed


def test_parsing_reverses_writing(tmp_path):
    content = wasm.emit(module())
    assert wasm.parse(content) == module()
    assert run(WHOLE + ALL, tmp_path, whole=content) == EXPECTED


def test_the_released_python_is_parsed_and_written():
    released = wasm.parse((PYODIDE / "pyodide.asm.wasm").read_bytes())
    assert wasm.parse(wasm.emit(released)) == released
    assert len(released.bodies) > 10_000
    for body in released.bodies[::50]:
        assert list(code.names(body)) is not None  # every instruction is known


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"\0asm\2\0\0\0", "not a WebAssembly module of version 1"),
        (b"\0asm\1\0\0\0\x0e\1\0", "the unknown section 14"),
        (b"\0asm\1\0\0\0\1\2\1\x5f", "types that are not functions"),
        (b"\0asm\1\0\0\0\x0b\2\1\1", "passive data"),
        (b"\0asm\1\0\0\0\5\4\1\0\1\0", "Section 5"),
    ],
)
def test_an_unsupported_feature_is_an_error(content, complaint):
    with pytest.raises(BuildError, match=complaint):
        wasm.parse(content)


def test_an_unknown_instruction_is_an_error():
    with pytest.raises(BuildError, match="0xfd"):
        list(code.names(b"\0\xfd\0" + bytes([END])))
    with pytest.raises(BuildError, match="does not end"):
        list(code.names(b"\0\x41\x0a"))


def test_code_names_functions_and_globals():
    body = module().bodies[COUNT]
    assert list(code.names(body)) == [(code.GLOBAL_GET, 0), (code.GLOBAL_SET, 0), (code.GLOBAL_GET, 0)]
    assert [function for _, function in code.names(module().bodies[BOTH])] == [2 + DOUBLE, 2 + SQUARE]
    assert {1, 64} <= set(code.constants(body))


def test_a_trimmed_module_has_the_needed_exports_and_what_they_reach(tmp_path):
    trimmed = exports.trim(module(), {"both"})
    assert [export.name for export in trimmed.exports] == ["both"]
    is_reachable = [body != exports.UNREACHABLE for body in trimmed.bodies]
    assert is_reachable == [n in (DOUBLE, SQUARE, BOTH) for n in range(6)]  # the first two are also in the table
    assert exports.imported_names(trimmed) == set()  # no function calls an import
    assert run(WHOLE + "print([x.both(3), Object.keys(x)])", tmp_path, whole=wasm.emit(trimmed)) == [36, ["both"]]


def test_a_missing_export_that_javascript_needs_is_an_error():
    with pytest.raises(BuildError, match="does not export gone, which"):
        exports.trim(module(), {"both", "gone"})


def test_unreachable_functions_are_dropped(tmp_path):
    trimmed = exports.trim(module(), {"both", "count"})
    small = drop.drop(trimmed)
    assert len(small.bodies) == 4  # double, square, both and count, the last function
    assert exports.UNREACHABLE not in small.bodies
    whole = wasm.emit(small)
    assert run(WHOLE + "print([x.both(3), x.count(1)])", tmp_path, whole=whole) == [36, 43]
    assert drop.drop(small) == small


@pytest.mark.parametrize("number", [2 + BOTH, 200, 20_000])
def test_a_new_function_number_may_be_longer(number):
    call, name = bytes([code.CALL]) + u32(2 + DOUBLE), bytes([code.REF_FUNC]) + u32(300)
    body = b"\0" + call + b"\x41\x10\x1a" + name + bytes([END])
    changed = code.renumbered(body, {2 + DOUBLE: number, 300: 7})
    assert list(code.names(changed)) == [(code.CALL, number), (code.REF_FUNC, 7)]
    assert list(code.constants(changed)) == [16]
    assert code.renumbered(changed, {number: 2 + DOUBLE, 7: 300}) == body


def test_a_padded_function_number_is_replaced_whole():
    padded = b"\0\x10\x82\x80\x80\x80\0\x1a" + bytes([END])
    assert code.renumbered(padded, {2: 3}) == b"\0\x10\x03\x1a" + bytes([END])


@pytest.mark.parametrize("hot", [range(6), [], [BOTH], [DOUBLE, COUNT], [SQUARE, INDIRECT], [BOTH, SQUARE, UNUSED]])
def test_a_module_split_anywhere_gives_the_same_results(tmp_path, hot):
    halves = split.split(module(), hot)
    both = {"first": wasm.emit(halves.first), "cold": wasm.emit(halves.cold)}
    small = {name: wasm.emit(drop.drop(wasm.parse(content))) for name, content in both.items()}
    memory = "new Uint8Array(x.memory.buffer)[64] = 1;"  # in the page, the snapshot does this
    assert run(HALVES + memory + ALL, tmp_path, **both) == EXPECTED
    assert run(HALVES + memory + "load();" + ALL, tmp_path, **both) == EXPECTED
    assert run(HALVES + memory + ALL, tmp_path, **small) == EXPECTED
    assert run(HALVES + memory + "load();" + ALL, tmp_path, **small) == EXPECTED


def test_the_cold_half_is_loaded_once_by_the_first_call_that_needs_it(tmp_path):
    halves = split.split(module(), [DOUBLE, COUNT])
    both = {"first": wasm.emit(halves.first), "cold": wasm.emit(halves.cold)}
    script = "const after = (call) => { call(); return loads };"
    steps = (
        "print([after(() => x.double(1)), after(() => x.count(1)), after(() => x.both(1)), after(() => x.square(1))])"
    )
    assert run(HALVES + script + steps, tmp_path, **both) == [0, 0, 1, 1]
    assert run(HALVES + "load();" + script + steps, tmp_path, **both) == [0, 0, 0, 0]


def test_loading_the_cold_half_writes_the_cold_data(tmp_path):
    """Both modules of the cold file; web/runtime/cold.js runs them in this order."""
    halves = split.split(module(), [COUNT, DOUBLE])
    file = cold.emit(halves.cold, [Data(64, b"\5")])
    end = 4 + int.from_bytes(file[:4], "little")
    both = {"first": wasm.emit(halves.first), "cold": file[4:end], "data": file[end:]}
    script = "x.square(1); new WebAssembly.Instance(data, { $: x }); print(x.count(0))"
    assert run(HALVES + script, tmp_path, **both) == 41 + 5
    assert cold.parse(file) == (wasm.parse(file[4:end]), [Data(64, b"\5")])


def test_a_cold_file_that_chromium_would_refuse_fails_the_build():
    halves = split.split(module(), [])
    with pytest.raises(BuildError, match="larger than 8 MB"):
        cold.emit(halves.cold, [Data(64, bytes(8 << 20))])


def test_splitting_a_module_without_the_spare_import_is_an_error():
    imports = [replace(each, name="other") for each in module().imports]
    with pytest.raises(BuildError, match="does not import emscripten_debugger any more"):
        split.split(replace(module(), imports=imports), [])


def test_an_instrumented_module_marks_the_called_functions(tmp_path):
    marked = wasm.emit(profile.instrument(module()))
    script = "x.both(2); print(Object.keys(x).filter((name) => /^[$]p/.test(name) && x[name].value))"
    assert run(WHOLE + script, tmp_path, whole=marked) == [f"$p{n}" for n in (DOUBLE, SQUARE, BOTH)]
    assert run(WHOLE + ALL, tmp_path, whole=marked) == EXPECTED


def test_profiles_are_valid_only_for_their_module(tmp_path, monkeypatch):
    assert profile.unpack(profile.pack({0, 3, 5}, 6)) == {0, 3, 5}
    file = tmp_path / "profiles.json"
    monkeypatch.setattr(profile, "PROFILES", file)
    texts = {"one": profile.pack({DOUBLE}, 6), "other": profile.pack({BOTH}, 6)}
    profiles = {"code": profile.fingerprint(module()), "browsers": texts, "python": ["os.py:fspath"]}
    file.write_text(json.dumps(profiles))
    assert profile.load(module()) == profile.Profile({DOUBLE, BOTH}, {"os.py:fspath"})
    other = module()
    other.bodies.reverse()
    assert profile.load(other) is None


def test_the_profiles_are_valid_for_this_pyodide():
    from bundler.slim import build

    profiles = profile.load(build.instrumented())
    assert profiles is not None
    names = {each.name for each in functions.read(build.build() / "functions.json")}
    assert len(names & set(profiles.python)) > 50


def module_reading(address: int) -> wasm.Module:
    """A module whose first function reads from this address."""
    return replace(module(), bodies=[b"\0" + constant(address)[:-1] + b"\x28\2\0" + bytes([END])])


def test_a_cut_range_that_hot_code_names_is_an_error():
    memory = bytes(range(256)) * (max(each.end for each in cut.CUTS) // 256 + 1)
    (first, *_) = cut.CUTS
    with pytest.raises(BuildError, match=rf"Function 0 runs at every visit and names 0x{first.start:x}, in the mapp"):
        cut.cut(module_reading(first.start), [0], memory)
    for address in (first.start - 1, first.end):
        cold_data = cut.cut(module_reading(address), [0], memory)[: len(cut.CUTS)]
        assert [(each.address, len(each.content)) for each in cold_data] == [
            (c.start, c.end - c.start) for c in cut.CUTS
        ]
        assert cold_data[0].content == memory[first.start : first.end]
    assert cut.cut(module_reading(first.start), [], memory)  # cold code may name it


def test_an_import_that_is_not_a_function_is_an_error():
    imports = [*module().imports, Import("env", "memory", wasm.MEMORY, b"\0\1")]
    with pytest.raises(BuildError, match=r"imports env\.memory, which is no function"):
        exports.trim(replace(module(), imports=imports, exports=[Export("both", FUNCTION, 2 + BOTH)]), {"both"})
