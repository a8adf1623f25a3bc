"""Tests that Kaggle's downloads are opened as they are, and damaged ones refused."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
from masquerade_train.datasets.kaggle.kaggle_csv import read_kaggle_csv
from masquerade_train.errors import TrainError

from tests.masquerade_train.kaggle import FOUR, HEADER, row

TABLE = "\n".join([HEADER, row(0), row(1, FOUR)]) + "\n"


def zip_bytes(**members: str | bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


def write(folder: Path, content: bytes) -> Path:
    path = folder / "training.zip"
    path.write_bytes(content)
    return path


def test_the_table_is_read_out_of_its_zip(tmp_path: Path) -> None:
    assert len(read_kaggle_csv(write(tmp_path, zip_bytes(training_csv=TABLE))).rows) == 2


def test_the_table_is_read_out_of_the_zip_in_the_competitions_zip(tmp_path: Path) -> None:
    whole = zip_bytes(IdLookupTable_csv="RowId", training_zip=zip_bytes(training_csv=TABLE), test_zip=zip_bytes())
    assert len(read_kaggle_csv(write(tmp_path, whole)).rows) == 2


def test_an_error_in_the_table_names_the_way_to_it(tmp_path: Path) -> None:
    whole = zip_bytes(training_zip=zip_bytes(training_csv=f"{HEADER}\n1,2\n"))
    with pytest.raises(TrainError, match=r"training\.zip/training\.zip/training\.csv: row 0 \(line 2\): cells: 2"):
        read_kaggle_csv(write(tmp_path, whole))


@pytest.mark.parametrize("kept", [0, 10, 4000, -30])
def test_a_truncated_zip_is_an_error(tmp_path: Path, kept: int) -> None:
    with pytest.raises(TrainError, match=r"training\.zip is not a complete \.zip .* Download it again"):
        read_kaggle_csv(write(tmp_path, zip_bytes(training_csv=TABLE)[:kept]))


def test_a_zip_with_a_truncated_zip_inside_is_an_error(tmp_path: Path) -> None:
    whole = zip_bytes(training_zip=zip_bytes(training_csv=TABLE)[:-30])
    with pytest.raises(TrainError, match=r"is not a complete \.zip"):
        read_kaggle_csv(write(tmp_path, whole))


def test_a_zip_with_damaged_content_is_an_error(tmp_path: Path) -> None:
    content = bytearray(zip_bytes(training_csv=TABLE))
    content[3000:3200] = bytes(200)
    with pytest.raises(TrainError, match=r"is not a complete \.zip"):
        read_kaggle_csv(write(tmp_path, bytes(content)))


def test_the_error_of_a_zip_without_the_table_lists_its_content(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match=r"contains no training\.csv and no training\.zip, but test\.csv"):
        read_kaggle_csv(write(tmp_path, zip_bytes(test_csv="ImageId,Image")))
    with pytest.raises(TrainError, match=r"training\.zip/training\.zip contains no training\.csv"):
        read_kaggle_csv(write(tmp_path, zip_bytes(training_zip=zip_bytes(test_csv="ImageId"))))


def test_a_member_that_claims_to_unpack_to_gigabytes_is_not_touched(tmp_path: Path) -> None:
    content = bytearray(zip_bytes(training_csv=TABLE))
    # The size stands 24 bytes into the entry of the archive's list.
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, 3 << 30)
    with pytest.raises(TrainError, match=r"training\.csv unpacks to 3\.0 GB"):
        read_kaggle_csv(write(tmp_path, bytes(content)))


def test_a_small_zip_that_unpacks_to_one_endless_line_is_given_up_early(tmp_path: Path) -> None:
    bomb = zip_bytes(training_csv=b"0" * (64 << 20))
    assert len(bomb) < 100_000
    with pytest.raises(TrainError, match="a line is longer than"):
        read_kaggle_csv(write(tmp_path, bomb))


def test_an_encrypted_zip_is_an_error(tmp_path: Path) -> None:
    content = bytearray(zip_bytes(training_csv=TABLE))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    with pytest.raises(TrainError, match="protected by a password"):
        read_kaggle_csv(write(tmp_path, bytes(content)))
