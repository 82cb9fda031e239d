"""Do the commands and the program that README gives to analysts do what it says?"""

import csv
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]
HERE = "http://127.0.0.1:8700"


def blocks(language):
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("## For analysts")[2].partition("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.S)


def test_the_commands(address, tmp_path):
    (block,) = blocks("sh")
    for command in block.strip().splitlines():
        assert HERE in command
        ran = subprocess.run(
            ["sh", "-c", f"{command.replace(HERE, address)} --fail"], cwd=tmp_path, capture_output=True, timeout=60
        )
        assert ran.returncode == 0, ran.stderr
    assert b'"citations"' in ran.stdout
    with (tmp_path / "workers.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows and all("domestic workers" in row["passage"].lower() for row in rows)
    assert (tmp_path / "fees.jsonl").read_text(encoding="utf-8").splitlines()[-1].startswith('{"end":')


def test_the_program(address):
    (program,) = blocks("python")
    program = program.replace(HERE, address) + "\nprint(newest)\n"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert "A/HRC/47/30" in ran.stdout and "publisher" in ran.stdout
    assert int(ran.stdout.split()[-1]) > 0
