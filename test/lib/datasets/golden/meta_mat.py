"""Writes MATLAB 5 files with scipy (1.17.1): meta.mat in the form of ImageNet's development kit, and values.mat with arrays of each kind.

    python meta_mat.py
"""

import numpy as np
from scipy.io import savemat

leaves, inner = 120, 5
order = [(i * 37) % leaves for i in range(leaves)]  # ids are not in the order of the WordNet ids
synsets = np.zeros((leaves + inner, 1), dtype=[(name, object) for name in (
    "ILSVRC2012_ID", "WNID", "words", "gloss", "num_children", "children", "wordnet_height", "num_train_images")])
for row in range(leaves + inner):
    is_leaf = row < leaves
    synsets[row, 0] = (
        np.array([[row + 1]], dtype=np.float64),
        f"n{1440764 + 1009 * order[row]:08d}" if is_leaf else f"n{9000000 + row:08d}",
        f"tench {row}, Tinca tinca" if row else "überfisch",
        "a thing of the world",
        np.array([[0.0 if is_leaf else 3.0]]),
        np.zeros((0, 0)) if is_leaf else np.array([[1.0, 2.0, 300.0]]),
        np.array([[0.0 if is_leaf else 1.0]]),
        np.array([[1300.0 if is_leaf else 0.0]]),
    )
savemat("meta.mat", {"synsets": synsets}, do_compression=True)

savemat("values.mat", {
    "doubles": np.array([[1.5, -2.0], [3.0, 4e300]]),
    "singles": np.array([[0.5, -0.25]], dtype=np.float32),
    "small": np.array([[1, 2, 250]], dtype=np.uint8),
    "signed": np.array([[-3], [7]], dtype=np.int16),
    "wide": np.array([[-(2**31), 2**31 - 1]], dtype=np.int32),
    "longs": np.array([[2**40]], dtype=np.int64),
    "text": "nüchtern",
    "empty": np.zeros((0, 0)),
    "nested": {"inner": {"value": np.array([[42.0]])}},
}, do_compression=False)
