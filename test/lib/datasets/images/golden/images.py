"""Writes small image files of every kind and what OpenCV (5.0) and Pillow (13.0) read and resize them to.

    python images.py PHOTO     # of at least 400 x 300 pixels: scikit-image's astronaut.png (NASA, public domain)

X.rgb is uint8 [height, width, 3]: the image as cv2.imread reads it, which is how pycls reads images. GIF is read by Pillow.
"""

import sys

import cv2
import numpy as np
from PIL import Image

photo = Image.open(sys.argv[1]).convert("RGB")
image = photo.crop((100, 0, 400, 200)).resize((45, 31), Image.LANCZOS)


def save(name, picture, **options):
    picture.save(name, **options)


exif = Image.Exif()
exif[0x112] = 6  # to be turned by 90 degrees clockwise
save("colour-420.jpg", image, quality=90)
save("colour-444.jpg", image, quality=90, subsampling=0)
save("colour-422.jpg", image, quality=90, subsampling=1)
save("progressive.jpg", image, progressive=True)
save("rotated.jpg", image, exif=exif)
save("grey.jpg", image.convert("L"))
save("cmyk.jpg", image.convert("CMYK"), quality=95)
save("colour.png", image)
save("palette.png", image.quantize(17))
save("grey-alpha.png", image.convert("LA"))
transparent = image.copy()
transparent.putalpha(Image.linear_gradient("L").resize(image.size))
save("alpha.png", transparent)
cv2.imwrite("16-bit.png", (np.asarray(image).astype(np.uint16) * 257 ^ 0x5A)[:, :, ::-1])
save("1-bit.png", image.convert("1"))
save("lossless.webp", image, lossless=True)
save("lossy.webp", image, quality=80)
save("colour.tif", image, compression="tiff_lzw")
save("grey.gif", image.convert("L"))
frames = [image.quantize(32), image.rotate(180).quantize(32)]
frames[0].save("animated.gif", save_all=True, append_images=frames[1:])
save("24-bit.bmp", image)
save("8-bit.bmp", image.quantize(200))
save("1-bit.bmp", image.convert("1"))
save("32-bit.bmp", transparent)

names = """colour-420.jpg colour-444.jpg colour-422.jpg progressive.jpg rotated.jpg grey.jpg cmyk.jpg colour.png palette.png
32-bit.bmp""".split()
for name in names:
    cv2.imread(name)[:, :, ::-1].tofile(f"{name}.rgb")
for name in ("grey.gif", "animated.gif"):
    np.asarray(Image.open(name).convert("RGB")).tofile(f"{name}.rgb")

# Resizes of a detailed photo: 150 x 100 pixels, uint8.
detail = photo.crop((150, 50, 300, 150))
save("detail.png", detail)
central = detail.crop((25, 0, 125, 100))
for size in (37, 64, 130):
    np.asarray(central.resize((size, size), Image.BILINEAR)).tofile(f"detail.square-{size}.rgb")
for size in (37, 64, 99):
    cv2.resize(np.asarray(detail), (int(150 / 100 * size), size)).tofile(f"detail.short-side-{size}.rgb")
np.asarray(central.convert("L").resize((37, 37), Image.BILINEAR)).tofile("detail.grey-37.bin")
