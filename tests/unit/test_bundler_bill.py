"""What goes beside the packages: nothing is missing from it, and each entry can be checked."""

from __future__ import annotations

import hashlib
import json
import re

from bundler.machine import environment, node
from bundler.packages import bill


def test_the_bill_names_each_locked_package_once_with_its_hashes_and_licence(tmp_path):
    bill.build(tmp_path, "0.1.0", [])
    document = json.loads((tmp_path / bill.BILL).read_text())
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    parts = {part["purl"]: part for part in document["components"]}
    assert len(parts) == len(document["components"])
    locked = re.findall(r"^([a-z][\w.-]*)==(\S+)", environment.lock_file("server").read_text(), re.M)
    packages = json.loads(node.LOCK.read_text())["packages"]
    expected = {f"pkg:pypi/{name}@{version}" for name, version in locked}
    for path, entry in packages.items():
        if path:
            expected.add(f"pkg:npm/{path.rpartition('node_modules/')[2].replace('@', '%40')}@{entry['version']}")
    assert parts.keys() == expected
    for purl, part in parts.items():
        assert part["licenses"][0]["license"]["name"], purl
        assert part["hashes"], purl
        for entry in part["hashes"]:
            assert len(entry["content"]) == int(entry["alg"].removeprefix("SHA-")) // 4
    rows = (tmp_path / bill.LICENCES).read_text().splitlines()[4:]
    assert len(rows) == len(parts)


def test_the_lock_beside_the_wheels_has_their_hashes_and_those_of_all_they_need(tmp_path):
    wheel = tmp_path / "tresta_server-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"content")
    bill.build(tmp_path, "0.1.0", [wheel])
    lock = (tmp_path / bill.LOCK).read_text()
    assert lock.startswith(f"tresta-server==0.1.0 \\\n    --hash=sha256:{hashlib.sha256(b'content').hexdigest()}\n")
    assert lock.endswith(environment.lock_file("server").read_text())
