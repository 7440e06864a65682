# Small tables as other programs write them (pandas and pyarrow): the same four rows in each file.
import sys
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

folder = sys.argv[1]
frame = pd.DataFrame(
    dict(
        model=['resnet', 'vgg', 'größer', 'mobilenet'],
        imagenet=[76.1, 71.6, None, 70.5],
        sketch=[24.1, 17.5, 30.25, 20.0],
        params=pd.array([25557032, 138357544, 11689512, None], dtype='Int64'),
        pretrained=[True, False, True, False],
    )
)
for compression in ('snappy', 'gzip', 'brotli', 'zstd', 'lz4', 'none'):
    frame.to_parquet(f'{folder}/{compression}.parquet', compression=None if compression == 'none' else compression)
table = pa.Table.from_pandas(frame)
for compression in ('lz4', 'zstd', None):
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_file(f'{folder}/{compression or "plain"}.arrow', table.schema, options=options) as writer:
        writer.write_table(table)
with pa.ipc.new_stream(f'{folder}/stream.arrow', table.schema) as writer:
    writer.write_table(table)
frame.to_feather(f'{folder}/pandas.feather')
frame.to_csv(f'{folder}/table.csv', index=False)
