"""Writes tar archives of the same files with GNU tar (1.34) in each of its formats and with Python's tarfile (3.11), and one header of a
large file.

    python archives.py
"""

import io
import os
import subprocess
import tarfile
import tempfile

LONG = "folder-" + "x" * 90 + "/" + "y" * 60 + ".txt"  # longer than the 100 bytes of a name
FILES = {"a.txt": b"first\n", "b/c.bin": bytes(range(256)) * 3, "b/empty": b"", "b/\u00fcber.txt": b"umlaut\n"}

here = os.path.dirname(os.path.abspath(__file__))
with tempfile.TemporaryDirectory() as folder:
    for name, content in {**FILES, LONG: b"long name\n"}.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
    os.symlink("a.txt", os.path.join(folder, "b", "link"))
    os.link(os.path.join(folder, "a.txt"), os.path.join(folder, "hard"))
    os.mkfifo(os.path.join(folder, "pipe"))
    plain = ["--sort=name", "--owner=0", "--group=0", "--mtime=@0", "-b2", "-C", folder]
    for form in ("gnu", "oldgnu", "pax", "ustar", "v7"):
        members = ["./a.txt", "./b", "./hard", "./pipe"] if form == "v7" else ["."]
        target = os.path.join(here, f"tar-{form}.tar")
        subprocess.run(["tar", f"--format={form}", "-cf", target, *plain, *members], check=False)

with tarfile.open(os.path.join(here, "tar-python.tar"), "w", format=tarfile.PAX_FORMAT) as archive:
    for name, content in {**FILES, LONG: b"long name\n"}.items():
        info = tarfile.TarInfo(name)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))

large = tarfile.TarInfo("large.bin")
large.size = 2**33 + 12345
with open(os.path.join(here, "tar-large-header.bin"), "wb") as file:
    file.write(large.tobuf(tarfile.GNU_FORMAT))
