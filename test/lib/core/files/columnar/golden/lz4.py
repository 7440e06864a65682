"""Writes the files of this folder: pip install lz4==4.4.5"""

import lz4.frame

content = b"".join(b"row %d of a table\n" % (i % 977 % 13) for i in range(8000))
for linked in (True, False):
    for checked in (True, False):
        name = f"{'linked' if linked else 'independent'}{'-checked' if checked else ''}.lz4"
        with open(name, "wb") as file:
            file.write(
                lz4.frame.compress(
                    content,
                    block_size=lz4.frame.BLOCKSIZE_MAX64KB,
                    block_linked=linked,
                    block_checksum=checked,
                    content_checksum=checked,
                    store_size=not checked,
                )
            )
