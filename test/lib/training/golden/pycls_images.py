"""What pycls makes of an image in training and in testing, for pycls-images.json and pycls-images.bin.

    python pycls_images.py ../../datasets/images/golden/detail.png     # numpy, OpenCV 5.0

The two functions are those of facebookresearch/pycls (MIT), pycls/datasets/transforms.py, but for the draws of the crop.
"""

import json
import math
import sys

import cv2
import numpy as np


def scale_and_center_crop(im, scale_size, crop_size):
    h, w = im.shape[:2]
    if w < h and w != scale_size:
        w, h = scale_size, int(h / w * scale_size)
        im = cv2.resize(im, (w, h))
    elif h <= w and h != scale_size:
        w, h = int(w / h * scale_size), scale_size
        im = cv2.resize(im, (w, h))
    x = math.ceil((w - crop_size) / 2)
    y = math.ceil((h - crop_size) / 2)
    return im[y : (y + crop_size), x : (x + crop_size), :]


def sized_crop(im, size, y, x, h_crop, w_crop):
    im = im[y : (y + h_crop), x : (x + w_crop), :]
    return cv2.resize(im, (size, size))


landscape = cv2.imread(sys.argv[1])[:, :, ::-1].astype(np.float32)  # 100 high, 150 wide
images = {"landscape": landscape, "portrait": np.ascontiguousarray(landscape.transpose(1, 0, 2))}
cases, outputs = [], []
for name, im in images.items():
    for scale, size in ((64, 28), (64, 27), (100, 30), (128, 32), (33, 32)):
        cases.append({"image": name, "kind": "test", "shortSide": scale, "size": size})
        outputs.append(scale_and_center_crop(im, scale, size))
    for y, x, h, w in ((3, 5, 90, 70), (0, 0, 100, 100), (40, 11, 20, 27), (17, 42, 28, 28), (60, 20, 33, 57)):
        cases.append({"image": name, "kind": "train", "size": 28, "crop": [y, x, y + h, x + w]})
        outputs.append(sized_crop(im, 28, y, x, h, w))
json.dump(cases, open("pycls-images.json", "w"), indent=1)
# uint16: hundredths of a grey level, [size, size, 3] a case.
np.concatenate([np.round(100 * output).astype("<u2").ravel() for output in outputs]).tofile("pycls-images.bin")
