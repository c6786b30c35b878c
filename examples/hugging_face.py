"""Writes the data of hugging_face.toml, the digits, as Hugging Face's library ``datasets`` does."""

from pathlib import Path

import numpy as np
from PIL import Image as Picture
from sklearn.datasets import load_digits

from datasets import ClassLabel, Dataset, Features, Image

digits = load_digits()
pictures = [Picture.fromarray((15 * pixels).astype(np.uint8)) for pixels in digits.images]
features = Features({"image": Image(), "label": ClassLabel(num_classes=10)})
rows = Dataset.from_dict({"image": pictures, "label": digits.target.tolist()}, features=features)
rows.save_to_disk(Path(__file__).parent / "saved-digits")
