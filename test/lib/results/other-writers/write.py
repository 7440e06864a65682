"""Writes the files of this folder: pip install polars==2.1.0 pyarrow"""

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

frame = pl.DataFrame(
    {
        "model": pl.Series(["resnet", "vgg", "resnet"], dtype=pl.Categorical),
        "id": pl.Series([2**63 + 1, 2, 3], dtype=pl.UInt64),
        "val": [0.5, None, float("inf")],
        "n": pl.Series([1, 2, 3], dtype=pl.Int64),
    }
)
frame.write_ipc("polars.arrow", compression="lz4")
frame.write_ipc("polars-plain.arrow", compression="uncompressed")
frame.write_parquet("polars.parquet")
many = pl.DataFrame({"model": [f"m{i}" for i in range(3000)], "val": [i / 3000 for i in range(3000)]})
many.write_ipc("polars-many.arrow", compression="lz4")
nested = pa.table({"model": ["a", "b"], "sizes": pa.array([[1, 2**60], []], pa.list_(pa.int64())),
                   "extra": pa.array([[("k", 1)], [("k", 2)]], pa.map_(pa.string(), pa.int64()))})
pq.write_table(nested, "nested.parquet")
pq.write_table(pa.table([pa.array([1.0]), pa.array([2.0])], names=["x", "x"]), "repeated.parquet")
