"""Shares one small data file and one short run among the tests of the training lab."""

import ast
import inspect
import sys
from pathlib import Path

import pytest
from masquerade_train.datasets.face_set import save_faces

from tests.masquerade_train.faces import small_set, tiny_recipe
from tests.masquerade_train.late import TENSORFLOW_AT_COLLECTION


def pytest_collection_finish(session: pytest.Session) -> None:
    session.config.stash[TENSORFLOW_AT_COLLECTION] = "tensorflow" in sys.modules


@pytest.fixture(scope="module", autouse=True)
def late_imports(request: pytest.FixtureRequest) -> None:
    """Does what the module leaves for now; see `late`."""
    for node in ast.parse(inspect.getsource(request.module)).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "LATE":
            imports = compile(ast.Module(node.body, []), str(request.module.__file__), "exec")
            exec(imports, vars(request.module))


@pytest.fixture(scope="session")
def small_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "faces.npz"
    save_faces(small_set(), path)
    return path


@pytest.fixture(scope="session")
def tiny_run(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of six epochs without a break."""
    from masquerade_train.fitting.fit import fit  # noqa: PLC0415 (tensorflow costs 6 s)
    from masquerade_train.fitting.run_config import RunConfig  # noqa: PLC0415

    out = tmp_path_factory.mktemp("run")
    fit(tiny_recipe(6), RunConfig(small_data, out))
    return out
